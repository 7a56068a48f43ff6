"""Polynomials in one unknown with rational coefficients."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_poly

from verifiers.algebra.evaluate import rational_value
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

MAX_DEGREE = 32


def polynomial_form(expr: Expr, unknown: str) -> tuple[Fraction, ...] | None:
    """Coefficients of ``expr`` from the constant up, without trailing zeros (0 is ``()``).

    None where ``expr`` is no polynomial in ``unknown`` over the rationals as it is written:
    nothing is cancelled, so x^2/x is none. Raises ``OverBudgetError``.
    """
    poly = to_poly(expr, unknown)
    if poly is None:
        return None
    return tuple(Fraction(int(c.p), int(c.q)) for c in poly.coeffs())


def to_poly(expr: Expr, unknown: str) -> fmpq_poly | None:
    """``polynomial_form`` as a flint polynomial."""
    names = free_names(expr)
    if not names:
        return _constant(expr)
    if names != {unknown}:
        return None
    match expr:
        case Sym():
            return fmpq_poly([0, 1])
        case Neg(arg):
            inner = to_poly(arg, unknown)
            return None if inner is None else -inner
        case Add(terms):
            return _fold(terms, unknown, add=True)
        case Mul(factors):
            return _fold(factors, unknown, add=False)
        case Div(numerator, denominator):
            above, below = to_poly(numerator, unknown), to_poly(denominator, unknown)
            if above is None or below is None or below.degree() != 0:
                return None
            return above / below[0]
        case Pow(base, exponent):
            inner, times = to_poly(base, unknown), _exponent(exponent)
            if inner is None or times is None:
                return None
            if inner.degree() * times > MAX_DEGREE:
                raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
            return inner**times
        case Abs() | Root():
            return None
    return None


def _constant(expr: Expr) -> fmpq_poly | None:
    value = rational_value(expr)
    return None if value is None else fmpq_poly([fmpq(value.numerator, value.denominator)])


def _fold(parts: tuple[Expr, ...], unknown: str, *, add: bool) -> fmpq_poly | None:
    result = fmpq_poly([0 if add else 1])
    for part in parts:
        poly = to_poly(part, unknown)
        if poly is None:
            return None
        result = result + poly if add else result * poly
        if result.degree() > MAX_DEGREE:
            raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    return result


def _exponent(expr: Expr) -> int | None:
    value = _constant(expr) if not free_names(expr) else None
    if value is None or value.degree() > 0:
        return None
    exponent = value[0]
    return int(exponent.p) if exponent.q == 1 and exponent > 0 else None
