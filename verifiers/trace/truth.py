"""What of a trace is true: each statement against the problem's own solution set."""

from __future__ import annotations

from collections.abc import Sequence

from verifiers.algebra.sets import REALS
from verifiers.solve import UndecidedError
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError
from verifiers.trace.arithmetic import judge_numbers
from verifiers.trace.cases import with_cases
from verifiers.trace.equations import judge_equation
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.put_back import with_put_back
from verifiers.trace.records import ClaimKind, Truth
from verifiers.trace.statement import Statement
from verifiers.trace.values import judge_candidate, judge_conclusion, judge_exclusion
from verifiers.types import Ask


def judge_all(
    facts: Facts, statements: Sequence[Statement], completion: str, ask: Ask
) -> tuple[Judged, ...]:
    """Each statement judged; an equation also by those around it, since a case of several is
    right though it has not all solutions."""
    judged: list[Judged] = []
    before: tuple[Expr, Expr] = facts.solution.equation.sides
    for statement in statements:
        found = _judge(facts, statement, completion, ask, before)
        judged.append(found)
        if statement.kind is ClaimKind.EQUATION and found.numbers not in (None, REALS):
            before = (statement.sides[0], statement.sides[-1])
    return tuple(with_put_back(facts, with_cases(facts, judged, completion), completion))


def _judge(
    facts: Facts, statement: Statement, completion: str, ask: Ask, before: tuple[Expr, Expr]
) -> Judged:
    try:
        match statement.kind:
            case ClaimKind.EQUATION:
                return judge_equation(facts, statement, before)
            case ClaimKind.CANDIDATE:
                return judge_candidate(facts, statement)
            case ClaimKind.EXCLUSION:
                return judge_exclusion(facts, statement)
            case ClaimKind.CONCLUSION:
                return judge_conclusion(facts, statement, ask)
        return judge_numbers(statement, completion[statement.end : statement.end + 60])
    except (OverBudgetError, UndecidedError, ValueError) as error:
        return Judged(statement=statement, truth=Truth.UNDECIDED, evidence=str(error)[:200])
