"""Isolating intervals of the real roots of a polynomial, by bisection and Descartes' rule of signs.

The number of sign changes of (1+x)^n p(1/(1+x)) exceeds the number of roots of p between 0 and 1 by
an even number: 0 and 1 are exact. Bisection reaches one of them everywhere, for p has no double
root (Vincent's theorem; Collins, Akritas, "Polynomial real root isolation using Descartes' rule of
signs", 1976).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from flint import fmpq, fmpz_poly

from verifiers.syntax.errors import OverBudgetError

MAX_WORK = 5 * 10**10  # bit operations, about: half a second

_SHIFT = fmpz_poly([1, 1])


def isolate(poly: fmpz_poly) -> list[tuple[fmpq, fmpq]]:
    """Disjoint open intervals, ascending, one for each real root; no end is a root.

    ``poly`` is irreducible of degree 2 or more, so no rational number is a root of it. Raises
    ``OverBudgetError`` for roots that lie too close to each other.
    """
    return list(_isolated(tuple(map(int, poly.coeffs()))))


# A number is shown between its neighbours, which are found again for that.
@lru_cache(maxsize=256)
def _isolated(coefficients: tuple[int, ...]) -> tuple[tuple[fmpq, fmpq], ...]:
    poly = fmpz_poly(list(coefficients))
    width = _bound(poly)
    mirrored = fmpz_poly([-c if power % 2 else c for power, c in enumerate(poly.coeffs())])
    negative = [(-high, -low) for low, high in _positive(mirrored, width)]
    return (*negative[::-1], *_positive(poly, width))


def _bound(poly: fmpz_poly) -> int:
    """k such that every complex root is below 2^k in size (Cauchy)."""
    lead = abs(int(poly[poly.degree()]))
    size = max(abs(int(c)) for c in poly.coeffs())
    return (size // lead + 1).bit_length()


def _positive(poly: fmpz_poly, width: int) -> list[tuple[fmpq, fmpq]]:
    """Isolating intervals in (0, 2^width), ascending."""
    found = []
    # (q, low, k): q on (0, 1) is the polynomial on (low, low + 2^k)
    pending = [(_stretched(poly, width), fmpq(0), width)]
    work = 0
    while pending:
        part, low, k = pending.pop()
        work += part.degree() ** 2 * (part.height_bits() + 64)
        if work > MAX_WORK:
            raise OverBudgetError("roots that lie too close to each other")
        changes = _sign_changes(fmpz_poly(part.coeffs()[::-1])(_SHIFT))
        if changes == 1:
            found.append((low, low + _power_of_two(k)))
        elif changes:
            left = _halved(part)
            pending += [
                (left(_SHIFT), low + _power_of_two(k - 1), k - 1),
                (left, low, k - 1),
            ]
    return found


def _stretched(poly: fmpz_poly, width: int) -> fmpz_poly:
    """p(2^width * x)."""
    return fmpz_poly([c << (width * power) for power, c in enumerate(poly.coeffs())])


def _halved(poly: fmpz_poly) -> fmpz_poly:
    """2^n * p(x/2)."""
    degree = poly.degree()
    return fmpz_poly([c << (degree - power) for power, c in enumerate(poly.coeffs())])


def _power_of_two(k: int) -> fmpq:
    return fmpq(1 << k) if k >= 0 else fmpq(1, 1 << -k)


def _sign_changes(poly: fmpz_poly) -> int:
    signs = [c > 0 for c in poly.coeffs() if c]
    return sum(a != b for a, b in pairwise(signs))
