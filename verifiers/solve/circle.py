"""Polynomials in the cosine and the sine of one angle, and their shapes in one unknown."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from verifiers.algebra.exact import Real
from verifiers.algebra.real_poly import RealPoly, add, multiply
from verifiers.syntax.errors import OverBudgetError

MAX_TERMS = 60

Circle: TypeAlias = dict[tuple[int, int], Real]
"""A polynomial in cos t and sin t: coefficients by (power of cos, power of sin)."""

_ZERO, _ONE, _TWO = Real.of(0), Real.of(1), Real.of(2)


def sign_at_pi(powers: tuple[int, int]) -> Real:
    cosine, sine = powers
    return _ZERO if sine else Real.of((-1) ** cosine)


def reduced(poly: Circle, index: int) -> tuple[RealPoly, RealPoly]:
    """A, B with the polynomial = A(c) + s*B(c); c is cos for index 1, sin for index 0."""
    square: RealPoly = (_ONE, _ZERO, -_ONE)
    halves: list[RealPoly] = [(), ()]
    for powers, coefficient in poly.items():
        gone, kept = powers[index], powers[1 - index]
        part: RealPoly = (*(_ZERO,) * kept, coefficient)
        for _ in range(gone // 2):
            part = multiply(part, square)
        halves[gone % 2] = add(halves[gone % 2], part)
    return halves[0], halves[1]


def in_double_angle(poly: Circle) -> Circle:
    """Even powers, by cos(t)^2 = (1 + cos 2t)/2 and cos(t)*sin(t) = sin(2t)/2."""
    half: Real = Real.of(Fraction(1, 2))
    total: Circle = {}
    for (cosine, sine), coefficient in poly.items():
        part = constant(coefficient)
        steps: tuple[tuple[Circle, int], ...] = (
            ({(0, 1): half}, cosine % 2),
            ({(0, 0): half, (1, 0): half}, cosine // 2),
            ({(0, 0): half, (1, 0): -half}, sine // 2),
        )
        for each, times in steps:
            for _ in range(times):
                part = product(part, each)
        total = plus(total, part)
    return total


def in_half_angle(poly: Circle) -> RealPoly:
    """cos t = (1 - u^2)/(1 + u^2), sin t = 2u/(1 + u^2), u = tan(t/2); denominators cleared."""
    degree = max(map(sum, poly))
    total: RealPoly = ()
    for (cosine, sine), coefficient in poly.items():
        part: RealPoly = (coefficient,)
        for each, times in (
            ((_ONE, _ZERO, -_ONE), cosine),
            ((_ZERO, _TWO), sine),
            ((_ONE, _ZERO, _ONE), degree - cosine - sine),
        ):
            for _ in range(times):
                part = multiply(part, each)
        total = add(total, part)
    return total


def constant(value: Real) -> Circle:
    return {(0, 0): value} if value.sign() else {}


def plus(left: Circle, right: Circle) -> Circle:
    result = dict(left)
    for powers, coefficient in right.items():
        total = result[powers] + coefficient if powers in result else coefficient
        if total.sign():
            result[powers] = total
        else:
            del result[powers]
    return result


def product(left: Circle, right: Circle) -> Circle:
    result: Circle = {}
    for (a, b), coefficient in left.items():
        for (c, d), factor in right.items():
            result = plus(result, {(a + c, b + d): coefficient * factor})
    if len(result) > MAX_TERMS:
        raise OverBudgetError("a trigonometric polynomial of too many terms")
    return result
