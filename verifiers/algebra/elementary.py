"""The values of powers, logarithms and trigonometric functions, or why they have none."""

from __future__ import annotations

from verifiers.algebra.angles import arccosine, arcsine, arctangent, direction
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import E_NUMBER, PI_NUMBER, logarithm, real_power
from verifiers.algebra.undefined import Undefined, UndefinedError
from verifiers.syntax.ast import Const, Expr, Func

_ONE = Real.of(1)


def constant(const: Const) -> Real:
    return PI_NUMBER if const.name == "pi" else E_NUMBER


def power_value(base_expr: Expr, base: Real, exponent: Real) -> Real:
    """A power, one of base and exponent being no algebraic or rational number."""
    sign, rational = base.sign(), exponent.rational
    if rational is None:
        if sign < 0:
            raise UndefinedError(Undefined("negative base", base_expr))
        if sign == 0 and exponent.sign() > 0:
            return Real.of(0)
    if sign == 0 and (rational is None or rational <= 0):
        raise UndefinedError(Undefined("zero to a power that is not positive", base_expr))
    if sign < 0 and rational is not None and rational.denominator % 2 == 0:
        raise UndefinedError(Undefined("negative radicand", base_expr))
    return real_power(base, exponent)


def log_value(arg_expr: Expr, arg: Real, base_expr: Expr, base: Real) -> Real:
    if base.sign() <= 0 or base == _ONE:
        raise UndefinedError(Undefined("no base of logarithms", base_expr))
    if arg.sign() <= 0:
        raise UndefinedError(Undefined("logarithm of a number that is not positive", arg_expr))
    return logarithm(arg) / logarithm(base)


def function_value(func: Func, arg: Real) -> Real:
    name = func.name
    if name in ("arcsin", "arccos"):
        if abs(arg) > _ONE:
            raise UndefinedError(Undefined("arc of a number beyond 1", func.arg))
        return arcsine(arg) if name == "arcsin" else arccosine(arg)
    if name == "arctan":
        return arctangent(arg)
    cosine, sine = direction(arg)
    if name in ("tan", "sec") and cosine.sign() == 0:
        raise UndefinedError(Undefined("zero cosine", func.arg))
    if name in ("cot", "csc") and sine.sign() == 0:
        raise UndefinedError(Undefined("zero sine", func.arg))
    match name:
        case "sin":
            return sine
        case "cos":
            return cosine
        case "tan":
            return sine / cosine
        case "cot":
            return cosine / sine
        case "sec":
            return _ONE / cosine
    return _ONE / sine
