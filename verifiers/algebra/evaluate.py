"""The exact value of an unevaluated tree at a point, or why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from verifiers.algebra.exact import Real
from verifiers.algebra.radicals import power, root
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, PlusMinus, Pow, Root, Sym


@dataclass(frozen=True, slots=True)
class Undefined:
    """``part`` (a denominator, a radicand, a base) has a value at which nothing is defined."""

    cause: Literal["zero denominator", "negative radicand", "zero to a power that is not positive"]
    part: Expr


class _UndefinedError(Exception):
    def __init__(self, undefined: Undefined) -> None:
        super().__init__(undefined.cause)
        self.undefined = undefined


class NotAlgebraicError(ValueError):
    """An exponent that is not rational."""


def evaluate(expr: Expr, values: Mapping[str, Real]) -> Real | Undefined:
    """The value of ``expr`` with every name given a value; strict, so 0*(1/0) is undefined.

    Raises ``ValueError`` for a name without a value or a ``±``, ``NotAlgebraicError`` for an
    exponent that is not rational, ``OverBudgetError`` for numbers beyond the budgets.
    """
    try:
        return _value(expr, values)
    except _UndefinedError as error:
        return error.undefined


def _value(expr: Expr, values: Mapping[str, Real]) -> Real:
    match expr:
        case Num(value):
            return Real.of(value)
        case Sym(name):
            if name not in values:
                raise ValueError(f"the name {name} has no value")
            return values[name]
        case Neg(arg):
            return -_value(arg, values)
        case Add(terms):
            total = _value(terms[0], values)
            for term in terms[1:]:
                total = total + _value(term, values)
            return total
        case Mul(factors):
            product = _value(factors[0], values)
            for factor in factors[1:]:
                product = product * _value(factor, values)
            return product
        case Div(numerator, denominator):
            above, below = _value(numerator, values), _value(denominator, values)
            try:
                return above / below
            except ZeroDivisionError:
                raise _UndefinedError(Undefined("zero denominator", denominator)) from None
        case Root(radicand, index):
            return _root(radicand, _value(radicand, values), index)
        case Pow(base, exponent):
            return _power(base, _value(base, values), _value(exponent, values))
        case Abs(arg):
            return abs(_value(arg, values))
        case PlusMinus():
            raise ValueError("± has two values: take plus_minus_choices first")


def _root(radicand: Expr, value: Real, index: int) -> Real:
    if index % 2 == 0 and value.sign() < 0:
        raise _UndefinedError(Undefined("negative radicand", radicand))
    return root(value, index)


def _power(base_expr: Expr, base: Real, exponent: Real) -> Real:
    rational = exponent.rational
    if rational is None:
        raise NotAlgebraicError("an exponent that is not rational")
    if rational <= 0 and base.sign() == 0:
        raise _UndefinedError(Undefined("zero to a power that is not positive", base_expr))
    if rational.denominator % 2 == 0 and base.sign() < 0:
        raise _UndefinedError(Undefined("negative radicand", base_expr))
    return power(base, rational)
