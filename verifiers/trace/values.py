"""Whether values solve the problem, may be rejected, and answer the question."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from verifiers.algebra.evaluate import Undefined
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import EMPTY, REALS
from verifiers.solve import holds_at
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names
from verifiers.trace.facts import Facts, Judged, shown, truth_if
from verifiers.trace.numbers import holds, solved
from verifiers.trace.records import Truth
from verifiers.trace.statement import Statement
from verifiers.types import Ask, Decision, Verdict
from verifiers.verify import verify


def judge_candidate(facts: Facts, statement: Statement) -> Judged:
    wrong_sum = len(statement.sides) > 2 and not all(
        holds(left, "=", right)
        for left, right in pairwise(statement.sides[1:])
        if not free_names(left) | free_names(right)
    )
    if not statement.values:
        is_right = facts.solutions == EMPTY
        found = f"There are: {shown(facts, facts.solutions)}."
        evidence = "There is none." if is_right else found
        return Judged(statement=statement, truth=truth_if(is_right), evidence=evidence)
    wrong = [value for value in statement.values if value not in facts.solutions]
    evidence = " ".join(_why_wrong(facts, value) for value in wrong) or (
        f"{facts.solution.unknown} = {', '.join(map(str, statement.values))} solves the problem."
    )
    return Judged(
        statement=statement, truth=truth_if(not wrong), evidence=evidence, sum_is_wrong=wrong_sum
    )


def _why_wrong(facts: Facts, value: Real) -> str:
    name = facts.solution.unknown
    if value not in facts.domain:
        return f"{name} = {value} is outside the domain."
    holds = holds_at(facts.solution.equation, value)
    if isinstance(holds, Undefined):
        return f"{name} = {value} is outside the domain."
    return f"{name} = {value} makes the two sides different."


def judge_exclusion(facts: Facts, statement: Statement) -> Judged:
    if statement.values:
        kept = [value for value in statement.values if value in facts.solutions]
        evidence = (
            f"{facts.solution.unknown} = {kept[0]} is a solution."
            if kept
            else " ".join(_why_wrong(facts, value) for value in statement.values)
        )
        return Judged(statement=statement, truth=truth_if(not kept), evidence=evidence)
    allowed = REALS
    for (left, right), operator in zip(pairwise(statement.sides), statement.operators, strict=True):
        numbers = solved(to_text(left), operator, to_text(right), facts.problem.unknown or "x")
        if numbers is None:
            return Judged(statement=statement, truth=Truth.UNDECIDED,
                          evidence="Where it holds is not decided.")  # fmt: skip
        allowed = allowed & numbers
    if (facts.domain & ~allowed) == EMPTY:
        evidence = "It holds on the whole domain."
        return Judged(statement=statement, truth=Truth.TRUE, evidence=evidence, numbers=allowed)
    is_true = (facts.solutions & ~allowed) == EMPTY
    evidence = "No solution breaks it." if is_true else "A solution breaks it."
    return Judged(statement=statement, truth=truth_if(is_true), evidence=evidence, numbers=allowed)


def judge_conclusion(facts: Facts, statement: Statement, ask: Ask) -> Judged:
    assert statement.box is not None
    verdict = verify(replace(facts.problem, ask=ask), statement.box)
    return Judged(
        statement=statement, truth=truth_of(verdict), evidence=" ".join(verdict.evidence)[:300]
    )


def truth_of(verdict: Verdict) -> Truth:
    return {
        Decision.CORRECT: Truth.TRUE,
        Decision.INCORRECT: Truth.FALSE,
        Decision.UNDECIDED: Truth.UNDECIDED,
    }[verdict.verdict]
