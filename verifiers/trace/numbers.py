"""Where relations hold: between numbers, and in the unknown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.identity import NoProofError, identical
from verifiers.algebra.sets import REALS, RealSet
from verifiers.solve import Solution, UndecidedError, solve
from verifiers.solve.equation import compared
from verifiers.syntax.ast import Expr, Operator
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names
from verifiers.trace.facts import Facts
from verifiers.types import Problem


def holds(left: Expr, operator: Operator, right: Expr) -> bool:
    values = evaluate(left, {}), evaluate(right, {})
    if isinstance(values[0], Undefined) or isinstance(values[1], Undefined):
        return False
    return compared(values[0], operator, values[1])


def chain_set(facts: Facts, sides: Sequence[Expr]) -> tuple[RealSet | None, bool]:
    """The numbers at which every link of a chain of equal sides holds; and whether a link between
    numbers alone is false, in which case only the two ends count."""
    result: RealSet | None = REALS
    for left, right in pairwise(sides):
        if not free_names(left) | free_names(right):
            if not holds(left, "=", right):
                return solution_set(facts, sides[0], sides[-1]), True
            continue
        numbers = solution_set(facts, left, right)
        if numbers is None or result is None:
            return None, False
        result = result & numbers
    return result, False


def solution_set(facts: Facts, left: Expr, right: Expr) -> RealSet | None:
    """None where it is not decided."""
    try:
        if identical(left, right):
            return REALS
    except (NoProofError, OverBudgetError, ValueError):
        pass
    return solved(to_text(left), "=", to_text(right), facts.problem.unknown or "x")


@lru_cache(maxsize=8192)
def solved(left: str, operator: Operator, right: str, unknown: str) -> RealSet | None:
    try:
        found = solve(Problem(equation=f"{left} {operator} {right}", unknown=unknown))
    except UndecidedError:
        return None
    return found.solutions if isinstance(found, Solution) else None
