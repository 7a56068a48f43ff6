"""Polynomials with exact real coefficients, transcendental ones too, and their real roots."""

from __future__ import annotations

from typing import TypeAlias

from flint import fmpq, fmpq_poly

from verifiers.algebra.exact import Real
from verifiers.algebra.functions import real_power
from verifiers.algebra.roots import NoExactRootsError, factor
from verifiers.algebra.sets import ascending
from verifiers.syntax.errors import OverBudgetError

MAX_DEGREE = 32

RealPoly: TypeAlias = tuple[Real, ...]
"""Coefficients from the constant up, the last one not 0; () is 0."""

ZERO: Real = Real.of(0)
ONE: Real = Real.of(1)


def trimmed(coefficients: list[Real]) -> RealPoly:
    while coefficients and coefficients[-1].sign() == 0:
        coefficients.pop()
    if len(coefficients) > MAX_DEGREE + 1:
        raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    return tuple(coefficients)


def add(left: RealPoly, right: RealPoly) -> RealPoly:
    size = max(len(left), len(right))
    padded = [(*poly, *(ZERO,) * (size - len(poly))) for poly in (left, right)]
    return trimmed([a + b for a, b in zip(*padded, strict=True)])


def multiply(left: RealPoly, right: RealPoly) -> RealPoly:
    if not left or not right:
        return ()
    result: list[Real] = [ZERO] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            result[i + j] = result[i + j] + a * b
    return trimmed(result)


def scale(poly: RealPoly, factor_: Real) -> RealPoly:
    return trimmed([factor_ * each for each in poly])


def derivative(poly: RealPoly) -> RealPoly:
    return trimmed([Real.of(power) * each for power, each in enumerate(poly)][1:])


def ratio(left: RealPoly, right: RealPoly) -> Real | None:
    """The c with left = c*right, both not 0; None where there is none."""
    if len(left) != len(right):
        return None
    quotient = left[-1] / right[-1]
    return quotient if all(a == quotient * b for a, b in zip(left, right, strict=True)) else None


def rational(poly: RealPoly) -> fmpq_poly | None:
    """The polynomial divided by its last coefficient, where that makes it rational."""
    coefficients = []
    for each in poly:
        value = (each / poly[-1]).rational
        if value is None:
            return None
        coefficients.append(fmpq(value.numerator, value.denominator))
    return fmpq_poly(coefficients)


def real_roots(poly: RealPoly) -> list[Real]:
    """All real roots of a polynomial that is not 0, ascending.

    Raises ``NoExactRootsError`` where they cannot all be given exactly.
    """
    if len(poly) > 1 and poly[0].sign() == 0:
        return ascending([ZERO, *real_roots(poly[1:])])
    over_rationals = rational(poly)
    if over_rationals is not None:
        return ascending(x for part in factor(over_rationals) for x in part.roots)
    if len(poly) == 2:
        return [-poly[0] / poly[1]]
    if len(poly) == 3:
        return _quadratic_roots(poly)
    step = len(poly) - 1
    if all(each.sign() == 0 for each in poly[1:-1]):
        return _binomial_roots(-poly[0] / poly[-1], step)
    raise NoExactRootsError("a polynomial of degree 3 or more with irrational coefficients")


def _quadratic_roots(poly: RealPoly) -> list[Real]:
    c, b, a = poly
    discriminant = b * b - Real.of(4) * a * c
    sign = discriminant.sign()
    if sign < 0:
        return []
    middle, width = -b / (Real.of(2) * a), ZERO
    if sign:
        width = real_power(discriminant, Real.of(fmpq(1, 2))) / (Real.of(2) * a)
    return ascending([middle - width, middle + width])


def _binomial_roots(value: Real, index: int) -> list[Real]:
    if index % 2 == 0 and value.sign() < 0:
        return []
    root = real_power(value, Real.of(fmpq(1, index)))
    return ascending([root, -root]) if index % 2 == 0 else [root]
