"""Inequalities with exponentials, logarithms and trigonometric functions: sign by cells.

All these functions are continuous wherever they exist, so the order of the two sides changes only
at a zero of their difference or at an end of the domain. Of an inequality that repeats, one period
is looked at, or the interval that the problem states.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifiers.algebra.bands import ends_within, repeating_by_rule
from verifiers.algebra.eliminate import CannotEliminateError
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import PI_NUMBER
from verifiers.algebra.multiples import floor
from verifiers.algebra.periodic import MAX_RESIDUES, PeriodicSet
from verifiers.algebra.repeating import RepeatingSet
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import EMPTY, RealSet, ascending
from verifiers.domain import Condition, domain_set
from verifiers.solve.equation import Equation, UndecidedError, equation_conditions, holds_at
from verifiers.solve.kernels import minus
from verifiers.solve.solution import Solution
from verifiers.solve.transcendental import refuse_powers_of_negatives
from verifiers.solve.trigonometric import common_rate
from verifiers.solve.zeros import Search
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Reason

_CONTINUOUS = (
    "Both sides are continuous where they exist, so their order changes only at those numbers and "
    "at the ends of the domain."
)


def solve_transcendental_inequality(read: Equation) -> Solution:
    """Raises ``UndecidedError`` where the zeros or the domain cannot be found."""
    for relation in read.relations:
        refuse_powers_of_negatives(relation)
    try:
        found = equation_conditions(read)
        domain = domain_set(found)
        if domain is None:
            raise CannotEliminateError("a domain without exact description")
        if domain == EMPTY:
            return _solution(read, found, EMPTY, ("The two sides exist together nowhere.",))
        sentences: list[str] = []
        zeros = []
        for relation in read.relations:
            search = Search([f"Where the two sides of {to_text(relation)} are equal:"])
            zeros.append(search.zeros(minus(relation.lhs, relation.rhs), read.unknown))
            sentences += search.sentences
        if any(isinstance(each, PeriodicSet | RepeatingSet) for each in (domain, *zeros)):
            solutions, how = _of_a_period(read, [domain, *zeros])
        else:
            breaks = ascending(point for each in (domain, *zeros) for point in each.breaks)
            solutions, how = _by_cells(read, breaks)
    except (NoExactRootsError, CannotEliminateError, OverBudgetError, ValueError) as error:
        if isinstance(error, UndecidedError):
            raise
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    return _solution(read, found, solutions, (*sentences, _CONTINUOUS, how))


def _solution(
    read: Equation, found: tuple[Condition, ...], solutions: RealSet, certificate: tuple[str, ...]
) -> Solution:
    return Solution(
        equation=read,
        solutions=solutions,
        conditions=found,
        certificate=tuple(dict.fromkeys(certificate)),
    )


def _by_cells(read: Equation, breaks: Sequence[Real]) -> tuple[RealSet, str]:
    """The solutions, where the order of the sides changes at the breaks only, and how."""
    solutions = RealSet.from_rule(breaks, lambda number: holds_at(read, number) is True)
    listed = ", ".join(map(str, breaks)) or "no number"
    return solutions, (
        f"Those are {listed}. They and one number of each interval between them were put in: "
        f"it holds for {solutions.describe(read.unknown)}."
    )


def _of_a_period(read: Equation, changes: Sequence[RealSet]) -> tuple[RealSet, str]:
    """Where both sides repeat: all cells of one period, or of the interval that is stated."""
    period = _period(read)
    low, high = _hull(read)
    if low is not None and high is not None:
        residues = ascending(x for each in changes for x in ends_within(each, period))
        first, last = floor(low / period), floor(high / period)
        if (last - first + 1) * len(residues) > MAX_RESIDUES:
            raise OverBudgetError(f"more than {MAX_RESIDUES} changes of order")
        shifts = [period * Real.of(times) for times in range(first, last + 1)]
        breaks = [x for x in (r + s for r in residues for s in shifts) if low <= x <= high]
        assert read.within is not None
        solutions, how = _by_cells(read, ascending([low, *breaks, high]))
        return solutions & read.within, how
    solutions = repeating_by_rule(period, changes, lambda number: holds_at(read, number) is True)
    return solutions, (
        f"They were put in, with one number of each interval between them, over one period "
        f"{period}: it holds for {solutions.describe(read.unknown)}."
    )


def _period(read: Equation) -> Real:
    """A period of all sides together."""
    rates = [common_rate(minus(each.lhs, each.rhs), read.unknown) for each in read.relations]
    full = PI_NUMBER + PI_NUMBER
    period: Real | None = None
    for rate in rates:
        if rate is None:
            raise NoExactRootsError("a repeating function beside one that does not repeat")
        own = full / rate
        ratio = Real.of(1).rational if period is None else (period / own).rational
        if ratio is None:
            raise NoExactRootsError("periods without a common multiple")
        period = own if period is None else period * Real.of(ratio.denominator)
    assert period is not None
    return period


def _hull(read: Equation) -> tuple[Real | None, Real | None]:
    """The ends of the interval that the problem states; None where it has none."""
    within = read.within
    if within is None or isinstance(within, PeriodicSet | RepeatingSet) or not within.breaks:
        return None, None
    low = None if within.inside[0] else within.breaks[0]
    return low, None if within.inside[-1] else within.breaks[-1]
