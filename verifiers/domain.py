"""The real-domain conditions of an UNEVALUATED tree: what must hold before anything is simplified.

x/x asks for x != 0 although it "is" 1. Denominators are not zero, radicands of even roots are not
negative, bases of powers that are not positive are not zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from verifiers.algebra.eliminate import CannotEliminateError, Tower, ZeroDenominatorError
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.number_field import Algebraic
from verifiers.algebra.roots import NoExactRootsError, factor
from verifiers.algebra.sets import EMPTY, REALS, RealSet, ascending
from verifiers.syntax.ast import Add, Const, Div, Expr, Func, Log, Neg, Num, Pow, Root
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, subexpressions

_ONE, _TWO = Num(Fraction(1)), Num(Fraction(2))


@dataclass(frozen=True)
class Condition:
    """``part op 0`` for every value of the unknown at which ``part`` exists."""

    part: Expr
    op: Literal["!=", ">=", ">"]
    unknown: str

    @cached_property
    def holds(self) -> RealSet | None:
        """Where it holds (or ``part`` does not exist), or None where that cannot be computed."""
        try:
            points = _turning_points(self.part, self.unknown)
            if points is None:
                return REALS if self.op == ">=" else EMPTY
            if self.op == "!=":
                return ~RealSet.points_only(x for x in points if not self._holds_at(x))
            return RealSet.from_rule(points, self._holds_at)
        except ZeroDenominatorError:
            return EMPTY
        except (CannotEliminateError, NoExactRootsError, OverBudgetError):
            from verifiers.solve.signs import where  # above this file: it solves part = 0

            return where(self.part, self.op, self.unknown)

    @property
    def texts(self) -> tuple[str, ...]:
        """Solved for the unknown, such as ``x != 2``; none where it always holds.

        A condition on roots without a short form, as ``x^3 - x - 1 != 0``, is shown as it stands.
        """
        holds = self.holds
        if holds is None or any(isinstance(point, Algebraic) for point in holds.breaks):
            return (f"{to_text(self.part)} {self.op} 0",)
        if holds.missing_points is not None:
            return tuple(f"{self.unknown} != {point}" for point in holds.missing_points)
        return (holds.describe(self.unknown),)

    def _holds_at(self, number: Real) -> bool:
        value = evaluate(self.part, {self.unknown: number})
        if isinstance(value, Undefined):
            return True
        sign = value.sign()
        return sign != 0 if self.op == "!=" else sign >= 0 if self.op == ">=" else sign > 0


def conditions(expr: Expr, unknown: str) -> tuple[Condition, ...]:
    """Each condition once, those that involve the unknown or fail outright."""
    found = dict.fromkeys(_collect(expr, unknown))
    return tuple(
        condition
        for condition in found
        if free_names(condition.part) or not condition._holds_at(Real.of(0))
    )


def condition_texts(found: tuple[Condition, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for condition in found for text in condition.texts))


def domain_set(found: tuple[Condition, ...]) -> RealSet | None:
    """The numbers at which all conditions hold, or None where one cannot be computed."""
    domain = REALS
    for condition in found:
        holds = condition.holds
        if holds is None:
            return None
        domain = domain & holds
    return domain


def _collect(expr: Expr, unknown: str) -> Iterator[Condition]:
    for part in subexpressions(expr):
        match part:
            case Div(_, denominator):
                yield Condition(denominator, "!=", unknown)
            case Root(radicand, index) if index % 2 == 0:
                yield Condition(radicand, ">=", unknown)
            case Pow(base, exponent):
                yield from _power_conditions(base, exponent, unknown)
            case Log(arg, base):
                yield Condition(arg, ">", unknown)
                if not (base is None or isinstance(base, Const) or _is_usual_base(base)):
                    yield Condition(base, ">", unknown)
                    yield Condition(Add((base, Neg(_ONE))), "!=", unknown)
            case Func("tan" | "sec", arg):
                yield Condition(Func("cos", arg), "!=", unknown)
            case Func("cot" | "csc", arg):
                yield Condition(Func("sin", arg), "!=", unknown)
            case Func("arcsin" | "arccos", arg):
                yield Condition(Add((_ONE, Neg(Pow(arg, _TWO)))), ">=", unknown)


def _power_conditions(base: Expr, exponent: Expr, unknown: str) -> Iterator[Condition]:
    if free_names(exponent):
        if not (isinstance(base, Const) or (isinstance(base, Num) and base.value > 0)):
            yield Condition(base, ">", unknown)
        return
    value = evaluate(exponent, {})
    if isinstance(value, Real) and value.rational is None:
        yield Condition(base, ">=" if value.sign() > 0 else ">", unknown)
        return
    rational = None if isinstance(value, Undefined) else value.rational
    if rational is not None and rational.denominator % 2 == 0:
        yield Condition(base, ">=", unknown)
    if rational is not None and rational <= 0:
        yield Condition(base, "!=", unknown)


def _is_usual_base(base: Expr) -> bool:
    return isinstance(base, Num) and base.value > 0 and base.value != 1


def _turning_points(expr: Expr, unknown: str) -> list[Real] | None:
    """Numbers between which the sign of ``expr``, or its absence, does not change.

    A continuous tree changes sign at a zero, or at an end of an interval on which it exists.
    None: it is 0 wherever it exists.
    """
    tower = Tower(unknown)
    quotient = tower.quotient(expr)
    if not quotient.num:
        return None
    radicands = [power for index, power, _ in tower.generators if index == 2]
    polys = [quotient.den, *(tower.norm(num) for num in (quotient.num, *radicands))]
    if not all(polys):
        raise CannotEliminateError("zeros that cannot be counted")
    return ascending(root for poly in polys for each in factor(poly) for root in each.roots)
