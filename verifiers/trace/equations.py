"""Whether an equation still has the solutions of the problem."""

from __future__ import annotations

from collections.abc import Sequence

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import EMPTY, REALS
from verifiers.syntax.ast import Abs, Expr, Root
from verifiers.syntax.walk import subexpressions
from verifiers.trace.facts import Facts, Judged, shown, truth_if
from verifiers.trace.numbers import chain_set
from verifiers.trace.records import Truth
from verifiers.trace.statement import Statement
from verifiers.trace.words import Mood


def judge_equation(facts: Facts, statement: Statement, before: tuple[Expr, Expr]) -> Judged:
    numbers, sum_is_wrong = chain_set(facts, statement.sides)
    unknown = facts.solution.unknown
    if numbers is None:
        return Judged(
            statement=statement, truth=Truth.UNDECIDED, evidence="Its solutions are not decided."
        )
    if statement.mood is Mood.REJECTED:
        is_out = (numbers & facts.solutions) == EMPTY
        word = "no solution satisfies it" if is_out else "a solution satisfies it"
        return Judged(
            statement=statement, truth=truth_if(is_out), evidence=f"It is rejected; {word}."
        )
    if numbers == REALS and len(statement.sides) > 1 and not sum_is_wrong:
        return Judged(
            statement=statement, truth=Truth.TRUE, evidence="Both sides are the same.",
            numbers=REALS,
        )  # fmt: skip
    gained = numbers & facts.domain & ~facts.solutions
    lost = facts.solutions & ~numbers
    if sum_is_wrong:
        evidence = "A number in it is not the next one."
        return Judged(
            statement=statement, truth=Truth.FALSE, evidence=evidence, numbers=numbers,
            gained=gained, lost=lost, sum_is_wrong=True,
        )  # fmt: skip
    if gained == EMPTY and lost == EMPTY:
        evidence = f"On the domain it has the problem's solutions, {shown(facts, facts.solutions)}."
        return Judged(statement=statement, truth=Truth.TRUE, evidence=evidence, numbers=numbers)
    extra = gained.points
    if lost == EMPTY and extra and all(may_be_gained(facts, each, before) for each in extra):
        values = ", ".join(map(str, extra))
        evidence = f"It also holds at {unknown} = {values}, to be shut out later."
        return Judged(statement=statement, truth=Truth.TRUE, evidence=evidence, numbers=numbers)
    evidence = (
        f"Its solutions are {shown(facts, numbers)}, the problem's {shown(facts, facts.solutions)}."
    )
    return Judged(
        statement=statement, truth=Truth.FALSE, evidence=evidence, numbers=numbers,
        gained=gained, lost=lost,
    )  # fmt: skip


def may_be_gained(facts: Facts, value: Real, before: tuple[Expr, Expr]) -> bool:
    """Whether the elimination itself brings the value in, or squaring the equation before does."""
    if value in facts.impostors:
        return True
    left, right = (evaluate(side, {facts.solution.unknown: value}) for side in before)
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return True
    return left == -right and has_part(before, (Root, Abs))


def has_part(sides: Sequence[Expr], kinds: tuple[type, ...]) -> bool:
    return any(isinstance(part, kinds) for side in sides for part in subexpressions(side))
