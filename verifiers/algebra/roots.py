"""The exact real roots of a polynomial with rational coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from flint import fmpq, fmpq_poly, fmpz_poly

from verifiers.algebra.exact import Real, Surd
from verifiers.algebra.integers import square_part
from verifiers.algebra.number_field import algebraic_roots
from verifiers.algebra.poly_text import poly_text
from verifiers.algebra.radicals import root
from verifiers.syntax.errors import OverBudgetError

__all__ = ["Factor", "NoExactRootsError", "factor", "poly_text"]


class NoExactRootsError(ValueError):
    """The real roots of a factor are beyond the budgets."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An irreducible factor over the rationals, and all its real roots."""

    poly: fmpz_poly
    multiplicity: int
    roots: tuple[Real, ...]


def factor(poly: fmpq_poly) -> tuple[Factor, ...]:
    """The irreducible factors of a non-zero polynomial with every real root of each.

    Complete: by the formula up to degree 2, else by isolating every real root (isolate.py).
    Raises ``NoExactRootsError``.
    """
    _, factors = poly.numer().factor()
    return tuple(Factor(part, times, _real_roots(part)) for part, times in factors)


def _real_roots(poly: fmpz_poly) -> tuple[Real, ...]:
    if poly.degree() == 1:
        return (Real.of(fmpq(-poly[0], poly[1])),)
    if poly.degree() == 2:
        return _quadratic_roots(int(poly[2]), int(poly[1]), int(poly[0]))
    inner, gap = _deflate(poly)
    if inner.degree() <= 2:
        return tuple(x for y in _real_roots(inner) for x in _nth_roots(y, gap))
    try:
        return algebraic_roots(poly)
    except OverBudgetError as error:
        raise NoExactRootsError(f"the factor {poly_text(poly, 'x')}: {error}") from error


def _quadratic_roots(a: int, b: int, c: int) -> tuple[Real, ...]:
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return ()
    s, d = square_part(discriminant)  # d > 1: the factor is irreducible
    return tuple(Surd(fmpq(-b, 2 * a), fmpq(sign * s, 2 * a), d) for sign in (-1, 1))


def _deflate(poly: fmpz_poly) -> tuple[fmpz_poly, int]:
    """``q, n`` with ``poly(x) = q(x^n)`` and n as large as can be."""
    coefficients = poly.coeffs()
    gap = 0
    for power, coefficient in enumerate(coefficients):
        if coefficient:
            gap = gcd(gap, power)
    return fmpz_poly(coefficients[::gap]), gap


def _nth_roots(value: Real, index: int) -> tuple[Real, ...]:
    if index % 2:
        return (root(value, index),)
    if value.sign() < 0:
        return ()
    positive = root(value, index)
    return (-positive, positive) if value.sign() else (positive,)
