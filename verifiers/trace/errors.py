"""The first step at which the solution set changes, and the likely cause."""

from __future__ import annotations

from collections.abc import Sequence

from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.answer import parse_answer
from verifiers.read_value import AnswerError
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError
from verifiers.trace.causes import both_vanish, candidate_cause, cause_kept, cause_of
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.records import Cause, Change, ClaimKind, StepError, Truth
from verifiers.trace.turns import Answer
from verifiers.trace.words import REFLECTION, Mood
from verifiers.types import Ask


def first_error(
    facts: Facts, judged: Sequence[Judged], answers: Sequence[Answer], completion: str, ask: Ask
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
                    cause = cause_of(facts, before, now, each, wrong_sum)
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
                cause = candidate_cause(facts, before, each, wrong_sum)
                return _error(index, cause, found, lost, each.evidence)
            case ClaimKind.CONCLUSION if each.truth is Truth.FALSE:
                return _conclusion_error(facts, judged, index, ask, before, wrong_sum)
            case ClaimKind.EXCLUSION if each.truth is Truth.FALSE and statement.values:
                lost = RealSet.points_only(statement.values) & facts.solutions
                if not _comes_back(judged[index + 1 :], lost):
                    cause = Cause.ARITHMETIC if wrong_sum else Cause.UNKNOWN
                    return _error(index, cause, EMPTY, lost, each.evidence)
    if ask is Ask.SOLUTIONS and answers and answers[-1].values is not None:
        return _last_error(facts, judged, answers[-1], before, wrong_sum)
    return None


def _comes_back(judged: Sequence[Judged], values: RealSet) -> bool:
    """A value that one case throws out may be the solution of another."""
    kinds = (ClaimKind.CANDIDATE, ClaimKind.CONCLUSION)
    return any(
        each.truth is Truth.TRUE
        and each.statement.kind in kinds
        and (
            each.statement.box is not None
            or values & RealSet.points_only(each.statement.values) != EMPTY
        )
        for each in judged
    )  # fmt: skip


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
        return _error(index, cause_kept(facts, gained, wrong_sum), gained, lost, concluded.evidence)
    cause = Cause.DIVISION if both_vanish(facts, before, lost) else Cause.UNKNOWN
    at = _where_lost(judged[:index], lost)
    return _error(index if at is None else at, cause, gained, lost, concluded.evidence)


def _where_lost(judged: Sequence[Judged], lost: RealSet) -> int | None:
    """The last candidate that says anything new, where none says what is lost."""
    claimed, at = EMPTY, None
    for index, each in enumerate(judged):
        if each.statement.kind is not ClaimKind.CANDIDATE or not each.statement.values:
            continue
        now = claimed | RealSet.points_only(each.statement.values)
        if now != claimed:
            claimed, at = now, index
    return at if (claimed & lost) == EMPTY else None


def _last_error(
    facts: Facts,
    judged: Sequence[Judged],
    last: Answer,
    before: tuple[Expr, Expr],
    wrong_sum: bool,
) -> StepError | None:
    """Where no box concludes, the last candidates do."""
    answered = RealSet.points_only(last.values or ())
    gained, lost = answered & ~facts.solutions, facts.solutions & ~answered
    if gained != EMPTY:
        said_last = {
            str(value): i
            for i in last.claims
            for value in judged[i].statement.values
            if value in gained
        }
        at = min(said_last.values(), default=last.claims[-1])
        cause = cause_kept(facts, gained, wrong_sum)
        return _error(at, cause, gained, lost, judged[at].evidence)
    if lost == EMPTY:
        return None
    cause = Cause.DIVISION if both_vanish(facts, before, lost) else Cause.UNKNOWN
    found = _where_lost(judged, lost)
    at = last.claims[-1] if found is None else found
    return _error(at, cause, gained, lost, "Not all solutions are answered.")
