"""Whether a worked solution states the domain, and states it first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from verifiers.algebra.evaluate import evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.polynomial import to_poly
from verifiers.algebra.roots import NoExactRootsError, factor
from verifiers.algebra.sets import REALS, RealSet
from verifiers.solve import Solution
from verifiers.steps import Claim, Line
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, plus_minus_choices


def domain_stated(solution: Solution, lines: Sequence[Line]) -> int | None:
    """The offset at which the last missing restriction is stated; None where one is missing, or
    where anything false is stated."""
    domain = solution.domain
    if domain is None:
        return None
    stated = REALS
    complete_at = None
    for line in lines:
        for claim in line.claims:
            restriction = _restriction(claim, solution.unknown)
            if restriction is None:
                continue
            stated = stated & restriction
            if complete_at is None and stated == domain:
                complete_at = line.start
    return complete_at if stated == domain else None


def _restriction(claim: Claim, unknown: str) -> RealSet | None:
    """The set that ``x != 2``, ``2 - x >= 0``, ``x != ±2`` leaves; None for other claims."""
    if len(claim.operators) != 1 or claim.operators[0] == "=":
        return None
    (left, right), operator = claim.sides, claim.operators[0]
    if free_names(left) | free_names(right) != {unknown}:
        return None
    choices = list(product(plus_minus_choices(left), plus_minus_choices(right)))
    # Both values of one ± are excluded; which of them bounds, or goes with another ±, is not said.
    if len(choices) > (2 if operator == "!=" else 1):
        return None
    left_over = REALS
    for sides in choices:
        each = _compared(*sides, operator, unknown)
        if each is None:
            return None
        left_over = left_over & each
    return left_over


def _compared(left: Expr, right: Expr, operator: str, unknown: str) -> RealSet | None:
    """The numbers for which polynomial sides compare so; None for other sides."""
    try:
        polys = to_poly(left, unknown), to_poly(right, unknown)
        if polys[0] is None or polys[1] is None:
            return None
        difference = polys[0] - polys[1]
        breaks = [root for each in factor(difference) for root in each.roots]
        holds = SIGNS[operator]

        def rule(number: Real) -> bool:
            above, below = (evaluate(side, {unknown: number}) for side in (left, right))
            assert isinstance(above, Real)
            assert isinstance(below, Real)
            return (above - below).sign() in holds

        return RealSet.from_rule(breaks, rule)
    except (NoExactRootsError, OverBudgetError):
        return None


SIGNS = {"!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


def comes_first(stated_at: int | None, lines: Sequence[Line], unknown: str) -> bool:
    """Before the first equation in the unknown."""
    if stated_at is None:
        return False
    steps = [
        line.start
        for line in lines
        for claim in line.claims
        if "=" in claim.operators and unknown in frozenset().union(*map(free_names, claim.sides))
    ]
    return not steps or stated_at < min(steps)
