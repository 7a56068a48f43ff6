"""What ``log x`` means: the natural logarithm beside e or ln, else that to the base 10."""

from __future__ import annotations

from verifiers.syntax.ast import Const, Expr, Log, Relation
from verifiers.syntax.walk import children, rebuild, subexpressions

_E = Const("e")


def natural_log(relation: Relation) -> bool:
    """Whether a log without a base is natural in a problem, and so in its answers.

    It is where e or ln stands in the equation, but not where ln and log stand side by side.
    """
    parts = [each for side in (relation.lhs, relation.rhs) for each in subexpressions(side)]
    if _E not in parts:  # ln x has the base e
        return False
    logs = [each.base for each in parts if isinstance(each, Log)]
    return not (_E in logs and None in logs)


def with_natural_log(relation: Relation) -> Relation:
    """The relation with ln for each log without a base."""
    return Relation(relation.op, _natural(relation.lhs), _natural(relation.rhs))


def _natural(expr: Expr) -> Expr:
    if not children(expr):
        return expr
    expr = rebuild(expr, tuple(_natural(child) for child in children(expr)))
    return Log(expr.arg, _E) if isinstance(expr, Log) and expr.base is None else expr
