"""Transcendental trees in one normal form, and what in them depends on the unknown."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
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
    Pow,
    Root,
    Sym,
)
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.parser import parse_expression
from verifiers.syntax.walk import children, free_names, rebuild, subexpressions

E = Const("e")
ZERO, ONE = Num(Fraction(0)), Num(Fraction(1))


def number_expr(number: Real) -> Expr:
    """The tree of an exact number: their texts are of our grammar."""
    return parse_expression(str(number))


def value_of(expr: Expr) -> Real | None:
    """The value of an expression without names; None where it has none."""
    value = evaluate(expr, {})
    return None if isinstance(value, Undefined) else value


def minus(left: Expr, right: Expr) -> Expr:
    return left if right == ZERO else Add((left, Neg(right)))


def is_transcendental(expr: Expr) -> bool:
    """Whether logs, exponentials, trigonometric functions, pi or e stand in it."""
    pending = [expr]  # every problem comes through here
    while pending:
        part = pending.pop()
        if isinstance(part, Num | Sym):
            continue
        if isinstance(part, Func | Log | Const):
            return True
        if isinstance(part, Pow) and _is_unusual(part.exponent):
            return True
        pending += children(part)
    return False


def _is_unusual(exponent: Expr) -> bool:
    """Whether an exponent has a name in it or is irrational."""
    if isinstance(exponent, Num):
        return False
    if free_names(exponent):
        return True
    if not any(isinstance(part, Root | Pow) for part in subexpressions(exponent)):
        return False
    try:
        value = value_of(exponent)
    except OverBudgetError:
        return False
    return value is not None and value.rational is None


def normal(expr: Expr) -> Expr:
    """All logs natural; ln of roots and powers taken apart; x^x as e^(x ln x); 2^(log_2 x) as x.

    Equal to ``expr`` wherever that has a value.
    """
    if not children(expr):
        return expr
    expr = rebuild(expr, tuple(normal(child) for child in children(expr)))
    match expr:
        case Add(terms):
            return _sum_of([term for term in terms if free_names(term) or not _is_zero(term)])
        case Neg(arg) if arg == ZERO:
            return ZERO
        case Mul(factors) if any(not free_names(each) and _is_zero(each) for each in factors):
            return ZERO
        case Log(arg, base):
            if base != E:
                ten = Num(Fraction(10))
                return Div(_natural_log(arg), _natural_log(ten if base is None else base))
            return _natural_log(arg)
        case Pow(base, exponent) if free_names(exponent):
            return _normal_power(base, exponent)
        case Func("sec", arg):
            return Div(ONE, Func("cos", arg))
        case Func("csc", arg):
            return Div(ONE, Func("sin", arg))
        case Func("arccos", arg):
            return Add((Div(Const("pi"), Num(Fraction(2))), Neg(Func("arcsin", arg))))
    return expr


def _sum_of(terms: list[Expr]) -> Expr:
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO


def _is_zero(constant: Expr) -> bool:
    value = value_of(constant)
    return value is not None and value.sign() == 0


def _natural_log(arg: Expr) -> Expr:
    match arg:
        case Root(radicand, index):
            return Div(_natural_log(radicand), Num(Fraction(index)))
        case Pow(Const() | Num() as base, exponent) if free_names(exponent):
            return Mul((exponent, _natural_log(base)))
        case Pow(base, exponent) if free_names(base) and not free_names(exponent):
            value = value_of(exponent)
            if value is not None and value.rational is not None and value.rational.numerator % 2:
                return Mul((exponent, _natural_log(base)))
    return ONE if arg == E else Log(arg, E)


def _normal_power(base: Expr, exponent: Expr) -> Expr:
    if free_names(base):
        return Pow(E, Mul((exponent, _natural_log(base))))
    found = None if base == ONE else _as_multiple_of_log(exponent)
    if found is not None:
        factor, arg = found
        value, log = value_of(factor), value_of(Log(base, E))
        if value is not None and log is not None and (value * log).rational is not None:
            return Pow(arg, number_expr(value * log))
    return Pow(base, exponent)


def _as_multiple_of_log(expr: Expr) -> tuple[Expr, Expr] | None:
    """``c, g`` with ``expr = c*ln g`` and no unknown in c."""
    match expr:
        case Log(arg, _):
            return ONE, arg
        case Neg(arg):
            inner = _as_multiple_of_log(arg)
            return None if inner is None else (Neg(inner[0]), inner[1])
        case Div(numerator, denominator) if not free_names(denominator):
            inner = _as_multiple_of_log(numerator)
            return None if inner is None else (Div(inner[0], denominator), inner[1])
        case Mul(factors):
            varying = [each for each in factors if free_names(each)]
            inner = _as_multiple_of_log(varying[0]) if len(varying) == 1 else None
            if inner is None:
                return None
            constants = [each for each in factors if not free_names(each)]
            return Mul((*constants, inner[0])), inner[1]
    return None


def kernels(expr: Expr) -> Iterator[Expr]:
    """The largest transcendental functions of the unknown in a tree, and the bare unknown."""
    match expr:
        case Sym() | Log() | Func():
            if free_names(expr):
                yield expr
        case Pow(_, exponent) if free_names(exponent):
            yield expr
        case _:
            for child in children(expr):
                yield from kernels(child)


def outer_shells(expr: Expr) -> Iterator[Expr]:
    """The largest absolute values and roots of the unknown, and the bare unknown outside them."""
    if isinstance(expr, Sym | Abs | Root):
        if free_names(expr):
            yield expr
    else:
        for child in children(expr):
            yield from outer_shells(child)


def replaced(expr: Expr, part: Expr, by: Expr) -> Expr:
    """``expr`` with every occurrence of ``part`` replaced."""
    if expr == part:
        return by
    if not children(expr):
        return expr
    return rebuild(expr, tuple(replaced(child, part, by) for child in children(expr)))


def with_its_scale(expr: Expr, kernel: Expr) -> Expr:
    """ln(x)/ln(2) as one function where it stands in no other place."""
    scaled = {
        part
        for part in subexpressions(expr)
        if isinstance(part, Div) and part.numerator == kernel and not free_names(part.denominator)
    }
    if len(scaled) != 1:
        return kernel
    (whole,) = scaled
    return kernel if kernel in subexpressions(replaced(expr, whole, ZERO)) else whole


def factors_of(expr: Expr) -> list[Expr]:
    """The factors of the tree, those of a numerator; a quotient's denominator as a power -1."""
    match expr:
        case Neg(arg):
            return [Num(Fraction(-1)), *factors_of(arg)]
        case Mul(factors):
            return [part for each in factors for part in factors_of(each)]
        case Div(numerator, denominator):
            return [*factors_of(numerator), Pow(denominator, Num(Fraction(-1)))]
    return [expr]


def terms_of(expr: Expr) -> list[Expr]:
    """The terms of a sum, signs and sums in it taken apart."""
    match expr:
        case Add(terms):
            return [part for each in terms for part in terms_of(each)]
        case Neg(arg):
            return [part.arg if isinstance(part, Neg) else Neg(part) for part in terms_of(arg)]
        case Div(Add(terms), denominator) if not free_names(denominator):
            return [part for each in terms for part in terms_of(Div(each, denominator))]
        case Mul((first, Add(terms))) if not free_names(first):
            return [part for each in terms for part in terms_of(Mul((first, each)))]
    return [expr]
