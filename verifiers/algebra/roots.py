"""The exact real roots of a polynomial with rational coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from flint import acb, fmpq, fmpq_poly, fmpz_poly

from verifiers.algebra.exact import Real, Surd
from verifiers.algebra.integers import square_part
from verifiers.algebra.radicals import root


class NoExactRootsError(ValueError):
    """A factor has real roots that cannot be written with square roots and powers here."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An irreducible factor over the rationals, and all its real roots."""

    poly: fmpz_poly
    multiplicity: int
    roots: tuple[Real, ...]


def factor(poly: fmpq_poly) -> tuple[Factor, ...]:
    """The irreducible factors of a non-zero polynomial with every real root of each.

    Complete: a factor of degree n is handled only where its n complex roots are accounted for.
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
    complex_roots: list[tuple[acb, int]] = poly.complex_roots()  # type: ignore[assignment]
    if any(value.imag.is_zero() for value, _ in complex_roots):
        raise NoExactRootsError(f"the factor {poly_text(poly, 'x')} has real roots of high degree")
    return ()


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


def poly_text(poly: fmpz_poly | fmpq_poly, unknown: str) -> str:
    """``2*x^2 - x + 3``."""
    text = ""
    for power in range(poly.degree(), -1, -1):
        coefficient = poly[power]
        if coefficient == 0:
            continue
        size = abs(coefficient)
        letters = "" if power == 0 else unknown if power == 1 else f"{unknown}^{power}"
        term = f"{size}*{letters}" if letters and str(size) != "1" else letters or str(size)
        sign = ("-" if coefficient < 0 else "") if not text else " - " if coefficient < 0 else " + "
        text += sign + term
    return text or "0"
