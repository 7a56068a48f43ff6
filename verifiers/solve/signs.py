"""Where a transcendental tree is not 0, positive, or not negative."""

from __future__ import annotations

from verifiers.algebra.eliminate import CannotEliminateError
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.periodic import PeriodicSet
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.domain import conditions
from verifiers.solve.kernels import is_transcendental
from verifiers.solve.zeros import Search
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError


def where(part: Expr, op: str, unknown: str) -> RealSet | None:
    """The numbers of the domain of ``part`` at which ``part op 0`` holds; None where unknown.

    For ``!=`` also the numbers at which it does not exist.
    A continuous tree changes sign only at its zeros and at the ends of its domain.
    """
    if not is_transcendental(part):
        return None
    try:
        zeros = Search().zeros(part, unknown)
        if op == "!=":
            return ~zeros
        if zeros == REALS:
            return REALS if op == ">=" else EMPTY
        if zeros.points is None:
            return None
        points = list(zeros.points)
        for condition in conditions(part, unknown):
            holds = condition.holds
            if holds is None or isinstance(holds, PeriodicSet):
                return None
            points += holds.breaks
        return RealSet.from_rule(points, lambda number: _holds(part, op, unknown, number))
    except (NoExactRootsError, CannotEliminateError, OverBudgetError, ValueError):
        return None


def _holds(part: Expr, op: str, unknown: str, number: Real) -> bool:
    value = evaluate(part, {unknown: number})
    if isinstance(value, Undefined):
        return False
    return value.sign() >= 0 if op == ">=" else value.sign() > 0
