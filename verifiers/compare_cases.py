"""An answer by cases against the solutions on each region of the parameters."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from verifiers.algebra.eliminate import CannotEliminateError
from verifiers.algebra.exact import Real
from verifiers.algebra.fields import BeyondFieldError, Field, NoValueError, PointField
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import RealSet
from verifiers.guard import guarded
from verifiers.read_cases import Case, CaseReader
from verifiers.read_claim import Claim
from verifiers.read_value import AnswerError
from verifiers.solve.by_cases import CaseSolution, refine, solutions_on
from verifiers.solve.on_region import Found, asked_on, holds_on
from verifiers.solve.parametric import Parametric
from verifiers.solve.regions import Witness
from verifiers.syntax.text import to_text
from verifiers.types import Ask, Reason

E = TypeVar("E")
Seen = dict[int, bool]
"""Whether an expression, by its id, had a value on some region where it was claimed."""

_SHOWN = 100


def read_case_answer(text: str, read: Parametric, ask: Ask) -> tuple[Case, ...]:
    """Raises ``AnswerError``."""
    reader = CaseReader(read.unknown, read.names, read.values, ask)
    return guarded(text, partial(reader.read, text))


def no_answer_exists(solution: CaseSolution, ask: Ask) -> str | None:
    """Why the asked number does not exist, whatever the answer is."""
    if ask in (Ask.SOLUTIONS, Ask.COUNT):
        return None
    regions = [region for region in solution.regions if region.witness is not None]
    if any(solution.found[id(region)].all_but for region in regions):
        return f"For some parameters there are infinitely many solutions: no {ask}."
    return None


def compare_cases(
    solution: CaseSolution, ask: Ask, cases: tuple[Case, ...]
) -> tuple[Reason, tuple[str, ...]]:
    """``EQUAL`` with the certificate, or what is wrong for which parameters.

    Raises ``AnswerError`` for an answer that is no function the regions can be compared on.
    """

    seen: Seen = {}

    def judge(found: Found, own: Field[E]) -> bool:
        return is_right(found, cases, ask, own, seen)

    for region in solution.regions:
        if region.witness is not None and not _right_at(solution, cases, ask, region.witness):
            return _evidence(solution, cases, ask, region.witness)
    try:
        verdicts = refine(solution.regions, solution, judge)
    except (
        BeyondFieldError, CannotEliminateError, NoExactRootsError,
    ) as error:  # fmt: skip
        raise AnswerError(Reason.WRONG_KIND, f"The answer cannot be compared: {error}.") from error
    wrong = [region for region, right in verdicts if not right]
    if not wrong:
        _refuse_never_defined(cases, seen)
        return Reason.EQUAL, solution.certificate
    for region in wrong:
        if region.witness is not None:
            return _evidence(solution, cases, ask, region.witness)
    raise AnswerError(Reason.WRONG_KIND, "The answer's cases do not match the solutions'.")


def _right_at(solution: CaseSolution, cases: tuple[Case, ...], ask: Ask, witness: Witness) -> bool:
    """False where one value of the parameters shows that the answer is wrong."""
    own = PointField(witness, solution.read.variables)
    try:
        return is_right(solutions_on(solution, own), cases, ask, own, {})
    except BeyondFieldError:
        return True


def _refuse_never_defined(cases: tuple[Case, ...], seen: Seen) -> None:
    for case in cases:
        for expr in case.claim.values:
            if not seen.get(id(expr), True):
                shown = to_text(expr)[:_SHOWN]
                raise AnswerError(Reason.WRONG_KIND, f"{shown} is no real number where it is said.")


def is_right(found: Found, cases: tuple[Case, ...], ask: Ask, own: Field[E], seen: Seen) -> bool:
    """Whether every case that applies on a region of the parameters says what holds there."""
    active = [case for case in cases if _applies(case, own)]
    if not active:
        active = [case for case in cases if case.condition == ()]
    if found.nowhere:  # nothing is asked there, but what is said of such a value must be right
        active = [case for case in active if case.is_special]
        return all(_agrees(found, case.claim, ask, own, seen) for case in active)
    if not active:
        return _agrees(found, Claim(), ask, own, seen)
    return all(_agrees(found, case.claim, ask, own, seen) for case in active)


def _applies(case: Case, own: Field[E]) -> bool:
    if case.condition is None:
        return True
    return any(all(holds_on(each, own) for each in ands) for ands in case.condition)


def _agrees(found: Found, claim: Claim, ask: Ask, own: Field[E], seen: Seen) -> bool:
    values: list[E] = list(found.values)  # type: ignore[arg-type]
    if ask is Ask.SOLUTIONS:
        if claim.all_but != found.all_but:
            return False
        answered = _values(claim, own, seen)
        return _covers(answered, values, own) and _covers(values, answered, own)
    if ask is Ask.COUNT and (claim.infinite or found.all_but):
        return claim.infinite and found.all_but
    given = _values(claim, own, seen)
    if ask is Ask.COUNT and not given:
        return not values
    expected = asked_on(found, ask, own)
    if expected is None or not given:
        return expected is None and not given
    return own.same(given[0], expected)


def _values(claim: Claim, own: Field[E], seen: Seen) -> list[E]:
    """What the claimed expressions are worth; one without a real value claims nothing."""
    result = []
    for expr in claim.values:
        seen.setdefault(id(expr), False)
        try:
            result.append(own.value(expr))
            seen[id(expr)] = True
        except NoValueError:
            continue
    return result


def _covers(larger: list[E], smaller: list[E], own: Field[E]) -> bool:
    return all(any(own.same(x, y) for y in larger) for x in smaller)


def _evidence(
    solution: CaseSolution, cases: tuple[Case, ...], ask: Ask, witness: Witness
) -> tuple[Reason, tuple[str, ...]]:
    """What is wrong at one value of the parameters."""
    own, seen = PointField(witness, solution.read.variables), Seen()
    found = solutions_on(solution, own)
    at = "For " + " and ".join(f"{name} = {value}" for name, value in witness.items())
    right = _shown(found)
    active = [case for case in cases if _applies(case, own)] or [
        case for case in cases if case.condition == ()
    ]
    claim = next(
        (case.claim for case in active if not _agrees(found, case.claim, ask, own, seen)), Claim()
    )
    try:
        answered = _values(claim, own, seen)
    except BeyondFieldError:
        answered = []
    if ask is not Ask.SOLUTIONS:
        value = str(answered[0])[:_SHOWN] if answered else "nothing"
        return Reason.WRONG_VALUE, (f"{at} the solution set is {right}, the answer {value}.",)
    text = _shown(Found(tuple(answered), all_but=claim.all_but))
    sentence = f"{at} the solution set is {right}; the answer gives {text}."
    values: list[Real] = list(found.values)  # type: ignore[arg-type]
    if claim.all_but or found.all_but:
        reason = Reason.NOT_A_SOLUTION if claim.all_but else Reason.MISSING_SOLUTION
        return reason, (sentence,)
    invented = [x for x in answered if x not in values]
    if any(_is_forbidden(solution, own, x) for x in invented):
        return Reason.OUTSIDE_DOMAIN, (sentence,)
    return Reason.NOT_A_SOLUTION if invented else Reason.MISSING_SOLUTION, (sentence,)


def _is_forbidden(solution: CaseSolution, own: PointField, number: Real) -> bool:
    values = {**own.values, solution.unknown: number}
    at = PointField(values, solution.read.variables)
    return any(at.polynomial(poly).sign() == 0 for poly in solution.shape.domain)


def _shown(found: Found) -> str:
    values: list[Real] = list(found.values)  # type: ignore[arg-type]
    points = RealSet.points_only(values)
    return str(~points if found.all_but else points)[:_SHOWN]
