"""How the claimed answer moves through a trace: from the first to the last, and what turned it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import RealSet
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.records import ClaimKind, Correction, Transition, Truth
from verifiers.trace.words import REFLECTION

_TURN = re.compile(
    rf"{REFLECTION.pattern}|</think>|\b(?:final )?answers?\b|\bconclusion\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The candidates of one go, or a conclusion; ``claims`` are their indices, ``values`` what
    is answered, None for a conclusion in a box."""

    claims: tuple[int, ...]
    is_right: bool
    values: tuple[Real, ...] | None = None


def turns(
    facts: Facts, judged: Sequence[Judged], answers: Sequence[Answer]
) -> tuple[Transition | None, Correction | None]:
    """The transition from the first claimed answer to the last, and the correction, if any."""
    if not answers:
        return None, None
    first, last = answers[0].is_right, answers[-1].is_right
    transition = {
        (True, True): Transition.RIGHT_RIGHT,
        (False, True): Transition.WRONG_RIGHT,
        (True, False): Transition.RIGHT_WRONG,
        (False, False): Transition.WRONG_WRONG,
    }[first, last]
    return transition, _correction(facts, judged, answers) if last else None


def answers_of(facts: Facts, judged: Sequence[Judged], completion: str) -> list[Answer]:
    """A go ends with a conclusion, a rejected value, a word of reflection, or where the thinking
    ends and the solution is written down."""
    answers: list[Answer] = []
    claims: list[int] = []
    values: list[Real] = []
    nothing: list[int] = []  # "no solution", perhaps said of one case only

    def close() -> None:
        if claims or (nothing and not values):
            is_right = RealSet.points_only(values) == facts.solutions
            answers.append(Answer(tuple(claims or nothing), is_right, tuple(values)))
        claims.clear()
        nothing.clear()

    at = 0
    for index, each in enumerate(judged):
        statement = each.statement
        if _TURN.search(completion, at, statement.start):
            close()
            values.clear()
        at = statement.end
        match statement.kind:
            case ClaimKind.CANDIDATE:
                if not statement.values and _is_of_case(judged, index):
                    nothing.append(index)
                    continue
                claims.append(index)
                values += [value for value in statement.values if value not in values]
            case ClaimKind.EXCLUSION if statement.values:
                if any(value in statement.values for value in values):
                    close()
                    values = [value for value in values if value not in statement.values]
            case ClaimKind.SUBSTITUTION if each.refuted in values:
                close()
                values = [value for value in values if value != each.refuted]
            case ClaimKind.CONCLUSION:
                close()
                values = []
                answers.append(Answer((index,), each.truth is Truth.TRUE))
    close()
    return answers


def _is_of_case(judged: Sequence[Judged], index: int) -> bool:
    for each in reversed(judged[:index]):
        if each.statement.kind is ClaimKind.EQUATION:
            return each.numbers is not None and each.numbers.points == ()
    return False


def _correction(
    facts: Facts, judged: Sequence[Judged], answers: Sequence[Answer]
) -> Correction | None:
    """The wrong claim whose value the trace refutes; else the first wrong one."""
    right = answers[-1].claims[0]
    found = None
    for answer in answers[:-1]:
        if answer.is_right:
            continue
        for wrong in answer.claims:
            if judged[wrong].truth is not Truth.FALSE or wrong >= right:
                continue
            refuted_by = _refutation(facts, judged, wrong, right)
            if refuted_by is not None:
                return Correction(wrong=wrong, right=right, refuted_by=refuted_by)
            found = found or Correction(wrong=wrong, right=right)
    return found


def _refutation(facts: Facts, judged: Sequence[Judged], wrong: int, right: int) -> int | None:
    claimed = judged[wrong].statement
    values = [value for value in claimed.values if value not in facts.solutions]
    for index in range(wrong + 1, right):
        each = judged[index]
        if each.truth is Truth.TRUE and any(
            value in each.statement.values and _refutes(facts, each, value) for value in values
        ):
            return index
    return None


def _refutes(facts: Facts, judged: Judged, value: Real) -> bool:
    """A truly excluded value that is rejected, or both sides' true values, which differ."""
    statement = judged.statement
    if judged.refuted is not None:
        return judged.refuted == value
    if statement.kind is ClaimKind.EXCLUSION:
        return value not in facts.domain
    if statement.kind is not ClaimKind.SUBSTITUTION:
        return False
    unknown = facts.solution.unknown
    sides = [evaluate(side, {unknown: value}) for side in facts.solution.equation.sides]
    said = [_number(side) for side in statement.sides]
    if any(isinstance(side, Undefined) for side in sides):  # "2 - 2 = 0", below a fraction bar
        return statement.operators == ("=",) and said[-1] is not None and said[-1].sign() == 0
    left, right = sides
    assert isinstance(left, Real)
    assert isinstance(right, Real)
    if left == right:
        return False
    ends = [number for number in said if number is not None]
    if judged.differs:
        return any(left == number for number in ends) and any(right == number for number in ends)
    return False


def _number(expr: Expr) -> Real | None:
    try:
        if free_names(expr):
            return None
        value = evaluate(expr, {})
    except (ValueError, OverBudgetError):
        return None
    return None if isinstance(value, Undefined) else value
