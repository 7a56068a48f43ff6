"""Sine and cosine of rational multiples of pi: algebraic numbers, short ones as radicals.

2*cos(2*pi*k/n) is an algebraic integer of degree phi(n)/2, and no conjugate of it exceeds 2: that
is all that exact.py needs to compare it with other numbers.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from flint import arb, fmpq

from verifiers.algebra.exact import Key, Real
from verifiers.algebra.radicals import root
from verifiers.syntax.errors import OverBudgetError

MAX_DENOMINATOR = 400


class Cosine(Real):
    """``cos(angle*pi)`` for 0 < angle < 1/2."""

    __slots__ = ("angle",)

    def __init__(self, angle: Fraction) -> None:
        self.angle = angle

    @property
    def key(self) -> Key:
        return ("cosine", self.angle)

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        turn = self.angle / 2  # cos(2*pi*turn)
        degree = sum(gcd(k, turn.denominator) == 1 for k in range(turn.denominator)) // 2
        return 2, 2, {("cosine", turn.denominator): degree}

    def ball(self) -> arb:
        return arb.cos_pi_fmpq(fmpq(self.angle.numerator, self.angle.denominator))

    def sign(self) -> int:
        return 1

    def __str__(self) -> str:
        p, q = self.angle.numerator, self.angle.denominator
        return f"cos({'' if p == 1 else f'{p}*'}pi/{q})"


def cosine_of_turn(angle: Fraction) -> Real:
    """``cos(angle*pi)``."""
    angle = abs(angle) % 2
    if angle > 1:
        angle = 2 - angle
    if angle > Fraction(1, 2):
        return -cosine_of_turn(1 - angle)
    if angle.denominator > MAX_DENOMINATOR:
        raise OverBudgetError(f"a part of pi smaller than pi/{MAX_DENOMINATOR}")
    p, q = angle.numerator, angle.denominator
    if (p, q) in _RATIONAL:
        return Real.of(_RATIONAL[p, q])
    if q in (4, 6):
        return _sqrt(q // 2) * _HALF
    if q == 5:
        return (_sqrt(5) + Real.of(3 - 2 * p)) * _QUARTER
    if q == 12:
        return (_sqrt(6) + _sqrt(2) * Real.of(1 if p == 1 else -1)) * _QUARTER
    if q == 8:
        return root(Real.of(2) + _sqrt(2) * Real.of(2 - p), 2) * _HALF
    if q == 10:
        return root(Real.of(10) + _sqrt(5) * Real.of(2 * (2 - p)), 2) * _QUARTER
    return Cosine(angle)


def sine_of_turn(angle: Fraction) -> Real:
    """``sin(angle*pi)``."""
    return cosine_of_turn(Fraction(1, 2) - angle)


def _sqrt(n: int) -> Real:
    return root(Real.of(n), 2)


_HALF, _QUARTER = Real.of(Fraction(1, 2)), Real.of(Fraction(1, 4))
_RATIONAL = {(0, 1): Fraction(1), (1, 2): Fraction(0), (1, 3): Fraction(1, 2)}
