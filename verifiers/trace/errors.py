"""The first step at which the solution set changes, and the likely cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifiers.algebra.evaluate import evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.polynomial import to_poly
from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.answer import parse_answer
from verifiers.read_value import AnswerError
from verifiers.solve.kernels import ZERO
from verifiers.syntax.ast import Add, Expr, Mul, Neg, Num, Pow, Root
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.trace.equations import may_be_gained
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.numbers import solution_set
from verifiers.trace.records import Cause, Change, ClaimKind, StepError, Truth
from verifiers.trace.words import REFLECTION, Mood
from verifiers.types import Ask

MAX_FLIPS = 12


def first_error(
    facts: Facts, judged: Sequence[Judged], completion: str, ask: Ask
) -> StepError | None:
    """A candidate that the equation before it has, but the domain or a check shuts out, is no
    error; to conclude with it is one, and it stands where it is concluded."""
    before = facts.solution.equation.sides
    allowed = facts.solutions | RealSet.points_only(facts.impostors)
    wrong_sum = False
    for index, each in enumerate(judged):
        statement = each.statement
        match statement.kind:
            case ClaimKind.ARITHMETIC | ClaimKind.SUBSTITUTION:
                wrong_sum = wrong_sum or each.truth is Truth.FALSE
            case ClaimKind.EQUATION if statement.mood is Mood.CLAIMED:
                if each.truth is Truth.FALSE and (each.gained != EMPTY or each.lost != EMPTY):
                    now = (statement.sides[0], statement.sides[-1])
                    cause = _cause(facts, before, now, each, wrong_sum)
                    return _error(index, cause, each.gained, each.lost, each.evidence)
                if each.numbers is not None and each.truth is Truth.TRUE:
                    allowed = allowed | each.numbers if each.numbers.points is not None else allowed
                    before = (statement.sides[0], statement.sides[-1])
            case ClaimKind.CANDIDATE if each.truth is Truth.FALSE:
                found = RealSet.points_only(statement.values) & ~allowed
                if statement.values and found == EMPTY:
                    continue
                if not statement.values and _was_case(judged, index):
                    continue
                lost = facts.solutions & ~_listed_with(judged, index, completion)
                cause = _candidate_cause(facts, each, wrong_sum)
                return _error(index, cause, found, lost, each.evidence)
            case ClaimKind.CONCLUSION if each.truth is Truth.FALSE:
                return _conclusion_error(facts, judged, index, ask, before, wrong_sum)
    return None


def _error(index: int, cause: Cause, gained: RealSet, lost: RealSet, evidence: str) -> StepError:
    if gained != EMPTY and lost == EMPTY:
        change = Change.GAINED
    else:
        change = Change.LOST if gained == EMPTY and lost != EMPTY else Change.OTHER
    return StepError(
        claim=index, change=change, cause=cause, gained=_texts(gained), lost=_texts(lost),
        evidence=evidence,
    )  # fmt: skip


def _texts(numbers: RealSet) -> tuple[str, ...]:
    points = numbers.points
    return (str(numbers),) if points is None else tuple(map(str, points))


def _was_case(judged: Sequence[Judged], index: int) -> bool:
    """ "No solution" said of a case that has none."""
    for each in reversed(judged[:index]):
        if each.statement.kind is ClaimKind.EQUATION:
            return each.numbers == EMPTY
    return False


def _listed_with(judged: Sequence[Judged], index: int, completion: str) -> RealSet:
    """The values of the candidates that stand in one list with this one."""
    said = RealSet.points_only(judged[index].statement.values)
    for step in (-1, 1):
        at, last = index + step, index
        while 0 <= at < len(judged) and judged[at].statement.kind is ClaimKind.CANDIDATE:
            first, second = sorted((at, last))
            between = completion[judged[first].statement.end : judged[second].statement.start]
            if REFLECTION.search(between):
                break
            said = said | RealSet.points_only(judged[at].statement.values)
            at, last = at + step, at
    return said


# Causes


def _cause(
    facts: Facts,
    before: tuple[Expr, Expr],
    now: tuple[Expr, Expr],
    judged: Judged,
    wrong_sum: bool,
) -> Cause:
    """In the order in which a reader would think of them."""
    if wrong_sum or judged.sum_is_wrong:
        return Cause.ARITHMETIC
    if _is_factored(now) and not _is_factored(before):
        return Cause.WRONG_FACTORS
    if any(_repairs(facts, flipped) for flipped in _flipped(now)) or any(
        solution_set(facts, *flipped) == judged.numbers
        for sides in dict.fromkeys((before, facts.solution.equation.sides))
        for flipped in _flipped(sides)
    ):
        return Cause.SIGN
    if judged.gained == EMPTY:
        is_divided = _divides(facts, before, now) or _both_vanish(facts, before, judged.lost)
        return Cause.DIVISION if is_divided else Cause.UNKNOWN
    if _roots(before) and not _roots(now):
        return Cause.SQUARING
    return Cause.ARITHMETIC


def _is_factored(sides: tuple[Expr, Expr]) -> bool:
    return any(
        (isinstance(side, Mul) and sum(bool(free_names(factor)) for factor in side.factors) > 1)
        or isinstance(side, Pow)
        for side, other in (sides, sides[::-1])
        if other == ZERO
    )


def _roots(sides: tuple[Expr, Expr]) -> bool:
    return any(isinstance(part, Root) for side in sides for part in subexpressions(side))


def _divides(facts: Facts, before: tuple[Expr, Expr], now: tuple[Expr, Expr]) -> bool:
    """Whether the polynomial now divides the one before, by a factor with the unknown."""
    unknown = facts.solution.unknown
    try:
        polys = [to_poly(Add((left, Neg(right))), unknown) for left, right in (before, now)]
    except OverBudgetError:
        return False
    if polys[0] is None or polys[1] is None or not polys[1]:
        return False
    return polys[1].degree() < polys[0].degree() and not polys[0] % polys[1]


def _both_vanish(facts: Facts, sides: tuple[Expr, Expr], lost: RealSet) -> bool:
    """Whether both sides are 0 at all that was lost: their common factor was divided out."""
    points = lost.points
    if not points:
        return False
    values = [evaluate(side, {facts.solution.unknown: point}) for point in points for side in sides]
    is_zero = all(isinstance(value, Real) and value.sign() == 0 for value in values)
    return is_zero and not any(isinstance(side, Num) for side in sides)


def _flipped(sides: tuple[Expr, Expr]) -> Iterator[tuple[Expr, Expr]]:
    """The equation with the sign of one term changed."""
    count = 0
    for place, side in enumerate(sides):
        terms = side.terms if isinstance(side, Add) else (side,)
        for index, term in enumerate(terms):
            if isinstance(term, Num) and term.value == 0:
                continue
            count += 1
            if count > MAX_FLIPS:
                return
            other = term.arg if isinstance(term, Neg) else Neg(term)
            changed: Expr = Add((*terms[:index], other, *terms[index + 1 :]))
            if len(terms) == 1:
                changed = other
            yield (changed, sides[1]) if place == 0 else (sides[0], changed)


def _repairs(facts: Facts, sides: tuple[Expr, Expr]) -> bool:
    try:
        numbers = solution_set(facts, *sides)
    except (OverBudgetError, ValueError):
        return False
    if numbers is None or (facts.solutions & ~numbers) != EMPTY or numbers.points is None:
        return False
    gained = numbers & facts.domain & ~facts.solutions
    return all(point in facts.impostors for point in gained.points or ())


def _candidate_cause(facts: Facts, judged: Judged, wrong_sum: bool) -> Cause:
    values = judged.statement.values
    if not values:
        return Cause.UNKNOWN
    if not judged.sum_is_wrong and all(
        -value in facts.solutions or value in facts.solutions or -value in facts.impostors
        for value in values
    ):
        return Cause.SIGN
    return Cause.ARITHMETIC


def _conclusion_error(
    facts: Facts,
    judged: Sequence[Judged],
    index: int,
    ask: Ask,
    before: tuple[Expr, Expr],
    wrong_sum: bool,
) -> StepError:
    """What was lost was lost with the candidates, if there were any."""
    concluded = judged[index]
    assert concluded.statement.box is not None
    if ask is not Ask.SOLUTIONS:
        cause = Cause.ARITHMETIC if wrong_sum else Cause.UNKNOWN
        return _error(index, cause, EMPTY, EMPTY, concluded.evidence)
    try:
        answered = parse_answer(concluded.statement.box, facts.solution.unknown).numbers
    except (AnswerError, OverBudgetError):
        answered = None
    if answered is None:
        return _error(index, Cause.UNKNOWN, EMPTY, EMPTY, concluded.evidence)
    gained, lost = answered & ~facts.solutions, facts.solutions & ~answered
    if gained != EMPTY:
        return _error(index, _kept(facts, gained, wrong_sum), gained, lost, concluded.evidence)
    cause = Cause.DIVISION if _both_vanish(facts, before, lost) else Cause.UNKNOWN
    candidates = [
        i for i in range(index)
        if judged[i].statement.kind is ClaimKind.CANDIDATE and judged[i].statement.values
    ]  # fmt: skip
    claimed = EMPTY
    for i in candidates:
        claimed = claimed | RealSet.points_only(judged[i].statement.values)
    at = candidates[-1] if candidates and (claimed & lost) == EMPTY else index
    return _error(at, cause, gained, lost, concluded.evidence)


def _kept(facts: Facts, gained: RealSet, wrong_sum: bool) -> Cause:
    """Why a conclusion has too much."""
    points = gained.points or ()
    if any(point not in facts.domain or point in facts.solution.excluded for point in points):
        return Cause.DROPPED_RESTRICTION
    sides = facts.solution.equation.sides
    if any(may_be_gained(facts, point, sides) for point in points):
        return Cause.SQUARING if _roots(sides) else Cause.DROPPED_RESTRICTION
    if points and all(-point in facts.solutions for point in points):
        return Cause.SIGN
    return Cause.ARITHMETIC if wrong_sum else Cause.UNKNOWN
