"""Solutions among the integers, the rational or the positive numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifiers.algebra.exact import Real, approximate
from verifiers.algebra.periodic import INTEGERS, PeriodicSet, progression
from verifiers.algebra.rationality import check_rationality, without_families
from verifiers.algebra.repeating import RepeatingSet
from verifiers.algebra.sets import EMPTY, RealSet, rational_between
from verifiers.solve.equation import UndecidedError
from verifiers.solve.solution import Solution
from verifiers.syntax.errors import OverBudgetError
from verifiers.types import Domain, Reason

MAX_LISTED = 1_000  # integers in an interval

_POSITIVE = RealSet.compared(">", Real.of(0))


def restrict(solution: Solution, domain: Domain) -> Solution:
    """The solutions within the domain; finitely many integers are listed.

    Roots that factoring found are rational only where they are so in their form: those of an
    irreducible factor of degree 2 or more are not. Of other numbers a theorem has to say so. Raises
    ``UndecidedError``.
    """
    if domain is Domain.REAL:
        return solution
    real = solution.solutions
    try:
        kept = _restricted(real, domain)
        dropped = () if isinstance(real, PeriodicSet) else (real & ~kept).points or ()
    except OverBudgetError as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    name = {"integer": "integers", "rational": "rational numbers", "positive": "positive numbers"}
    return replace(
        solution,
        solutions=kept,
        among=domain,
        excluded=(*solution.excluded, *dropped),
        certificate=(
            *solution.certificate,
            f"Over the reals the set is: {real.as_answer(solution.unknown)}; "
            f"only {name[domain]} are asked for.",
        ),
    )


def _restricted(real: RealSet, domain: Domain) -> RealSet:
    """Raises ``UndecidedError``, ``OverBudgetError``."""
    if domain is Domain.POSITIVE:
        return real & _POSITIVE
    if isinstance(real, RepeatingSet):
        raise OverBudgetError("the integers or rationals of intervals that repeat")
    if isinstance(real, PeriodicSet):
        if real.period.rational is not None:
            return _on_rational_period(real, domain)
        real = without_families(real)
    if domain is Domain.RATIONAL:
        for point in real.breaks:
            check_rationality(point)
    kept = without_strangers(real, domain)
    if domain is Domain.INTEGER and _is_bounded(kept):
        return RealSet.points_only(Real.of(n) for n in _integers(kept))
    return kept


def _on_rational_period(real: PeriodicSet, domain: Domain) -> RealSet:
    """A family with an irrational start has no rational member."""
    if domain is Domain.INTEGER:
        return real & INTEGERS
    if real.base != EMPTY:
        raise OverBudgetError("rational numbers of intervals and families together")
    kept: RealSet = real
    for residue, _ in real.residues:
        check_rationality(residue)
        if residue.rational is None:
            kept = kept & ~progression(residue, real.period)
    return kept


def belongs(number: Real, domain: Domain, known: Sequence[Real] = ()) -> bool:
    """Whether a number is in the domain.

    A number that no form shows to be rational counts as irrational, unless it equals one of
    ``known``, the numbers that factoring found.
    """
    if domain is Domain.POSITIVE:
        return number.sign() > 0
    if domain is Domain.INTEGER:
        return _whole(number) is not None
    if number.rational is None:
        number = next((other for other in known if other == number), number)
    return number.rational is not None


def members(numbers: RealSet, domain: Domain, limit: int, known: Sequence[Real]) -> list[Real]:
    """Up to ``limit`` members in the domain, of each interval one; none only if there is none.

    Single points of ``numbers`` are among ``known`` or rational in their form.
    """
    found: list[Real] = []
    for k, point in enumerate(numbers.breaks):
        if numbers.inside[2 * k + 1] and belongs(point, domain, known):
            found.append(point)
    for low, high in _intervals(numbers):
        if domain is Domain.INTEGER:
            between = _integer_between(low, high)
            found += [Real.of(between)] if between is not None else []
        else:
            found.append(Real.of(rational_between(low, high)))
    return found[:limit]


def without_strangers(numbers: RealSet, domain: Domain, known: Sequence[Real] = ()) -> RealSet:
    """Without the single points that are not in the domain."""
    single = [
        point
        for k, point in enumerate(numbers.breaks)
        if not numbers.inside[2 * k] and not numbers.inside[2 * k + 2]
    ]
    return numbers & ~RealSet.points_only(p for p in single if not belongs(p, domain, known))


def _intervals(numbers: RealSet) -> Iterator[tuple[Real | None, Real | None]]:
    """The open cells of the set; None is infinity."""
    ends = [None, *numbers.breaks, None]
    for k, inside in enumerate(numbers.inside[::2]):
        if inside:
            yield ends[k], ends[k + 1]


def _is_bounded(numbers: RealSet) -> bool:
    return not (numbers.inside[0] or numbers.inside[-1])


def _integers(numbers: RealSet) -> list[int]:
    """The integers of a bounded set, ascending."""
    points = [_whole(p) for p in numbers.breaks if p in numbers]
    found = {n for n in points if n is not None}
    for low, high in _intervals(numbers):
        assert low is not None
        assert high is not None
        first, last = _floor(low) + 1, -_floor(-high) - 1
        if last - first >= MAX_LISTED:
            raise UndecidedError(
                Reason.UNSUPPORTED_EQUATION, f"more than {MAX_LISTED} integers are solutions"
            )
        found.update(range(first, last + 1))
    return sorted(found)


def _integer_between(low: Real | None, high: Real | None) -> int | None:
    if low is None:
        return 0 if high is None else -_floor(-high) - 1
    first = _floor(low) + 1
    return first if high is None or Real.of(first) < high else None


def _whole(number: Real) -> int | None:
    """The integer that the number is."""
    below = _floor(number)
    return below if number == Real.of(below) else None


def _floor(number: Real) -> int:
    rational = number.rational
    if rational is not None:
        return rational.numerator // rational.denominator
    precision = 64
    while not (ball := approximate(number, precision)).rad() < 0.25:
        precision *= 2
    middle = ball.mid().fmpq()
    below = int(middle.p) // int(middle.q)  # at most one off
    while Real.of(below + 1) <= number:
        below += 1
    while number < Real.of(below):
        below -= 1
    return below
