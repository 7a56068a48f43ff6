"""Exact real numbers of the generators, a + b*sqrt(d), and how a person writes them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, sqrt


@dataclass(frozen=True, slots=True)
class Surd:
    """``a + b * sqrt(d)`` with ``b != 0`` and ``d > 1`` free of squares."""

    a: Fraction
    b: Fraction
    d: int

    def __float__(self) -> float:
        return float(self.a) + float(self.b) * sqrt(self.d)


Number = Fraction | Surd


def square_free(n: int) -> tuple[int, int]:
    """``n = k*k * d`` with ``d`` free of squares, for ``n > 0``: returns ``(k, d)``."""
    k = isqrt(n)
    while n % (k * k):
        k -= 1
    return k, n // (k * k)


def quadratic_roots(a: int, b: int, c: int) -> tuple[Number, ...]:
    """The distinct real roots of ``ax^2 + bx + c``, ascending; ``a`` may be 0, ``b`` then not."""
    if a == 0:
        return (Fraction(-c, b),)
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return ()
    middle = Fraction(-b, 2 * a)
    if discriminant == 0:
        return (middle,)
    k, d = square_free(discriminant)
    spread = abs(Fraction(k, 2 * a))
    if d == 1:
        return (middle - spread, middle + spread)
    return (Surd(middle, -spread, d), Surd(middle, spread, d))


def number_text(value: Number) -> str:
    """``5``, ``-3/2``, ``2 + √3``, ``1/2 - 3√5/2``."""
    if isinstance(value, Fraction):
        return str(value)
    sign = "-" if value.b < 0 else "+"
    tail = _root_text(abs(value.b), value.d)
    if value.a == 0:
        return tail if sign == "+" else f"-{tail}"
    return f"{value.a} {sign} {tail}"


def numbers_text(values: tuple[Number, ...]) -> str:
    """An answer: ``no real solution``, ``3``, ``2, 3``, and ``2 ± √3`` for a conjugate pair."""
    if not values:
        return "no real solution"
    ordered = sorted(values, key=float)
    last = ordered[-1]
    if len(ordered) == 2 and isinstance(last, Surd):
        tail = _root_text(last.b, last.d)
        return f"{last.a} ± {tail}" if last.a else f"±{tail}"
    return ", ".join(number_text(value) for value in ordered)


def add_up(values: tuple[Number, ...]) -> Fraction:
    """The sum of rationals and of whole conjugate pairs (the only surds that the families have)."""
    return sum((v.a if isinstance(v, Surd) else v for v in values), start=Fraction(0))


def _root_text(b: Fraction, d: int) -> str:
    factor = "" if b.numerator == 1 else str(b.numerator)
    return f"{factor}√{d}" + ("" if b.denominator == 1 else f"/{b.denominator}")
