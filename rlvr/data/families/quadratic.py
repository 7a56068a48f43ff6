"""Quadratic equations: integer, fractional, irrational and no real roots."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.novice import Habit
from rlvr.data.numbers import quadratic_roots
from rlvr.data.working import polynomial_working
from verifiers import Ask

ASKS: tuple[Ask, ...] = (Ask.SOLUTIONS,) * 4 + (Ask.SUM, Ask.COUNT)


def draw(rng: Random, ranges: Ranges) -> Equation:
    """Forms ``standard``, ``zero`` (0 on the left) and ``moved`` (some terms on the right);
    with ``swapped`` only the last, its sides exchanged."""
    unknown = rng.choice(ranges.unknowns)
    a, b, c = draw_polynomial(rng, ranges)
    while ranges.swapped and b == c == 0:
        a, b, c = draw_polynomial(rng, ranges)
    form = "moved" if ranges.swapped else rng.choice(("standard", "standard", "zero", "moved"))
    # What stands on the right, of what there is; at least one of the two terms.
    right_b, right_c = rng.choice([(x, y) for x in (0, b) for y in (0, c) if x or y] or [(0, 0)])
    if form != "moved":
        right_b = right_c = 0
    lhs = write.quadratic(a, b - right_b, c - right_c, unknown)
    rhs = write.linear(-right_b, -right_c, unknown)
    if ranges.swapped or form == "zero":
        lhs, rhs = rhs, lhs
    standard = f"{write.quadratic(a, b, c, unknown)} = 0"
    return Equation(
        family="quadratic",
        form=form,
        lhs=lhs,
        rhs=rhs,
        unknown=unknown,
        solutions=quadratic_roots(a, b, c),
        polynomial=(a, b, c),
        reduction=() if standard == f"{lhs} = {rhs}" else (f"Move: {standard}",),
    )


def draw_polynomial(rng: Random, ranges: Ranges) -> tuple[int, int, int]:
    """60 % integer roots, 10 % a fractional one, 15 % irrational, 15 % none."""
    kind = rng.random()
    if kind < 0.6:
        r, s = ranges.root(rng), ranges.root(rng)
        return 1, -(r + s), r * s
    if kind < 0.7:
        q = rng.choice((2, 3))
        fraction = Fraction(rng.choice([n for n in range(-5, 6) if n % q]), q)
        s = rng.randint(-4, 4)
        return q, int(-q * (fraction + s)), int(q * fraction * s)
    while True:
        b, c = 2 * rng.randint(-4, 4), rng.randint(-9, 12)
        discriminant = b * b - 4 * c
        if kind >= 0.85 and discriminant < 0:
            return 1, b, c
        if kind < 0.85 and discriminant > 0 and isqrt(discriminant) ** 2 != discriminant:
            return 1, b, c


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    return polynomial_working(equation, ask, habit)
