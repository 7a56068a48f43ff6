"""Logarithms: combined under one logarithm, or all as multiples of one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from flint import fmpz_poly

from verifiers.algebra.eliminate import CannotEliminateError, Tower
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import exponential
from verifiers.algebra.roots import NoExactRootsError, poly_text
from verifiers.solve.kernels import (
    ONE,
    ZERO,
    E,
    factors_of,
    minus,
    number_expr,
    terms_of,
    value_of,
)
from verifiers.syntax.ast import Abs, Add, Expr, Log, Mul, Neg, Num, Pow
from verifiers.syntax.parser import parse_expression
from verifiers.syntax.walk import children, free_names, rebuild, subexpressions

MAX_TIMES = 12


@dataclass(frozen=True, slots=True)
class LogTerms:
    """``sum of weights[j] * ln(args[j]) + rest``; no log of the unknown in ``rest``."""

    weights: list[Real]
    args: list[Expr]
    rest: Expr


def has_log(expr: Expr) -> bool:
    return any(isinstance(part, Log) and free_names(part.arg) for part in subexpressions(expr))


def linear_in_logs(expr: Expr) -> LogTerms | None:
    """The tree as such a sum, or None where a log stands in another place."""
    found = LogTerms([], [], ZERO)
    rest: list[Expr] = []
    for term in terms_of(expr):
        if not has_log(term):
            rest.append(term)
            continue
        weight: Real = Real.of(1)
        arg: Expr | None = None
        for factor in factors_of(term):
            if isinstance(factor, Log) and arg is None:
                arg = factor.arg
                continue
            value = None if free_names(factor) else value_of(factor)
            if value is None:
                return None
            weight = weight * value
        if arg is None or weight.sign() == 0:
            return None
        found.weights.append(weight)
        found.args.append(arg)
    if not found.args:
        return None
    return LogTerms(found.weights, found.args, Add(tuple(rest)) if rest else ZERO)


def without_logs(terms: LogTerms) -> tuple[Expr, Expr] | None:
    """Two sides whose equality is that of the sum with 0, wherever the logarithms exist.

    None where the weights are not rational multiples of one.
    """
    times = []
    for weight in terms.weights:
        ratio = (weight / terms.weights[0]).rational
        if ratio is None:
            return None
        times.append(ratio)
    common = lcm(*(each.denominator for each in times))
    sides: tuple[list[Expr], list[Expr]] = ([], [])
    for ratio, arg in zip(times, terms.args, strict=True):
        whole = int(ratio * common)
        if abs(whole) > MAX_TIMES:
            return None
        side = sides[0] if whole > 0 else sides[1]
        side.append(arg if abs(whole) == 1 else Pow(arg, Num(Fraction(abs(whole)))))
    scale = Real.of(common) / terms.weights[0]
    if free_names(terms.rest):
        exponent = Neg(Mul((number_expr(scale), terms.rest)))
        sides[1].append(Pow(E, exponent))
    else:
        rest = value_of(terms.rest)
        if rest is None:
            return None
        sides[1].append(number_expr(exponential(-(scale * rest))))
    left, right = (Mul(tuple(side)) if side else ONE for side in sides)
    return left, right


def with_split_logs(expr: Expr, unknown: str) -> Expr:
    """ln(6x^3) as ln 6 + 3 ln|x|: over the irreducible factors of each argument."""
    if isinstance(expr, Log) and free_names(expr.arg):
        return _split(expr, unknown)
    if not children(expr):
        return expr
    return rebuild(expr, tuple(with_split_logs(child, unknown) for child in children(expr)))


def _split(log: Log, unknown: str) -> Expr:
    tower = Tower(unknown)
    try:
        quotient = tower.quotient(log.arg)
    except (CannotEliminateError, ValueError):
        return log
    if set(quotient.num) != {0} or tower.generators:
        return log
    terms: list[Expr] = []
    constant = Fraction(1)
    for poly, sign in ((quotient.num[0], 1), (quotient.den, -1)):
        content, factors = poly.numer().factor()
        lead = Fraction(int(content), int(poly.denom()))
        constant *= lead**sign
        for factor, times in factors:
            terms.append(_weighted(factor, sign * times, unknown))
    if constant == 0:
        return log
    if abs(constant) != 1:
        terms.insert(0, Log(number_expr(Real.of(abs(constant))), E))
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO


def _weighted(factor: fmpz_poly, times: int, unknown: str) -> Expr:
    arg = parse_expression(poly_text(factor, unknown), [unknown])
    return Mul((Num(Fraction(times)), Log(Abs(arg), E)))


def logs_of_sides(left: Expr, right: Expr) -> Expr:
    """``ln|left| - ln|right|`` with products and powers taken apart.

    What stands in a logarithm, or under an exponent with names, is positive as it is.
    """
    positive = set()
    for part in (*subexpressions(left), *subexpressions(right)):
        if isinstance(part, Log):
            positive.add(part.arg)
        elif isinstance(part, Pow) and free_names(part.exponent):
            positive.add(part.base)
    return minus(_log_sum(left, positive), _log_sum(right, positive))


def _log_sum(expr: Expr, positive: set[Expr]) -> Expr:
    terms: list[Expr] = []
    for factor in factors_of(expr):
        match factor:
            case Pow(base, exponent):
                terms.append(Mul((exponent, _log_sum(base, positive))))
            case _ if not free_names(factor):
                value = value_of(factor)
                if value is None or value.sign() == 0:
                    raise NoExactRootsError("the logarithm of a side that is 0 or undefined")
                terms.append(Log(number_expr(abs(value)), E))
            case _:
                terms.append(Log(factor if factor in positive else Abs(factor), E))
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO
