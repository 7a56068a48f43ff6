"""The exact value of an unevaluated tree at a point, or why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verifiers.algebra.elementary import constant, function_value, log_value, power_value
from verifiers.algebra.exact import Real
from verifiers.algebra.radicals import power, root
from verifiers.algebra.undefined import Undefined as Undefined
from verifiers.algebra.undefined import UndefinedError
from verifiers.syntax.ast import (
    Abs,
    Add,
    Const,
    Div,
    Expr,
    Func,
    Log,
    Mul,
    Neg,
    Num,
    PlusMinus,
    Pow,
    Root,
    Sym,
)
from verifiers.syntax.walk import free_names

BARE_LOG = "log"
"""The name under which ``values`` may hold the base of logarithms that are written without one."""

_TEN = Real.of(10)


class TwoValuesError(ValueError):
    """A ``±`` stands where one number is asked for."""


def rational_value(expr: Expr) -> Fraction | None:
    """The value of an expression without names, where its form shows that it is rational.

    None also for a ``±``, which has two values.
    """
    try:
        value = evaluate(expr, {})
    except TwoValuesError:
        return None
    return None if isinstance(value, Undefined) else value.rational


def evaluate(expr: Expr, values: Mapping[str, Real]) -> Real | Undefined:
    """The value of ``expr`` with every name given a value; strict, so 0*(1/0) is undefined.

    Raises ``ValueError`` for a name without a value, ``TwoValuesError`` for a ``±``,
    ``OverBudgetError`` for numbers beyond the budgets.
    """
    try:
        return _value(expr, values)
    except UndefinedError as error:
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
                raise UndefinedError(Undefined("zero denominator", denominator)) from None
        case Root(radicand, index):
            return _root(radicand, _value(radicand, values), index)
        case Pow(base, exponent):
            below = _value(base, values)
            if below.sign() <= 0 and free_names(exponent):
                raise UndefinedError(Undefined("negative base", base))
            return _power(base, below, _value(exponent, values))
        case Abs(arg):
            return abs(_value(arg, values))
        case Const():
            return constant(expr)
        case Log(arg, None):
            return log_value(arg, _value(arg, values), expr, values.get(BARE_LOG, _TEN))
        case Log(arg, below):
            assert below is not None
            return log_value(arg, _value(arg, values), below, _value(below, values))
        case Func(_, arg):
            return function_value(expr, _value(arg, values))
        case PlusMinus():
            raise TwoValuesError("± has two values: take plus_minus_choices first")


def _root(radicand: Expr, value: Real, index: int) -> Real:
    if index % 2 == 0 and value.sign() < 0:
        raise UndefinedError(Undefined("negative radicand", radicand))
    if not value.algebraic:
        return power_value(radicand, value, Real.of(Fraction(1, index)))
    return root(value, index)


def _power(base_expr: Expr, base: Real, exponent: Real) -> Real:
    rational = exponent.rational
    if rational is None or not base.algebraic:
        return power_value(base_expr, base, exponent)
    if rational <= 0 and base.sign() == 0:
        raise UndefinedError(Undefined("zero to a power that is not positive", base_expr))
    if rational.denominator % 2 == 0 and base.sign() < 0:
        raise UndefinedError(Undefined("negative radicand", base_expr))
    return power(base, rational)
