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
    """Forms ``standard``, ``moved`` (the linear or the constant term on the right), and,
    only where ``shifted``, ``swapped`` (0 on the left)."""
    unknown = rng.choice(ranges.unknowns)
    a, b, c = draw_polynomial(rng, ranges)
    form = "swapped" if ranges.shifted else rng.choice(("standard", "standard", "moved"))
    lhs, rhs = write.quadratic(a, b, c, unknown), "0"
    if form == "swapped":
        lhs, rhs = rhs, lhs
    elif form == "moved" and b and (not c or rng.random() < 0.5):
        lhs, rhs = write.signed_sum([(a, f"{unknown}^2"), (c, "")]), write.linear(-b, 0, unknown)
    elif form == "moved" and c:
        lhs, rhs = write.quadratic(a, b, 0, unknown), str(-c)
    return Equation(
        family="quadratic",
        form=form,
        lhs=lhs,
        rhs=rhs,
        unknown=unknown,
        solutions=quadratic_roots(a, b, c),
        polynomial=(a, b, c),
    )


def draw_polynomial(rng: Random, ranges: Ranges) -> tuple[int, int, int]:
    """60 % integer roots, 10 % a fractional one, 15 % irrational, 15 % none."""
    kind = rng.random()
    if kind < 0.6:
        r, s = ranges.root(rng), ranges.root(rng)
        a = rng.choice((1, 1, 1, 2))
        return a, -a * (r + s), a * r * s
    if kind < 0.7:
        q = rng.choice((2, 3))
        fraction = Fraction(rng.choice([n for n in range(-5, 6) if n % q]), q)
        s = ranges.root(rng)
        return q, int(-q * (fraction + s)), int(q * fraction * s)
    while True:
        b, c = 2 * rng.randint(-4, 4), rng.randint(-9, 12)
        discriminant = b * b - 4 * c
        if kind >= 0.85 and discriminant < 0:
            return 1, b, c
        if kind < 0.85 and discriminant > 0 and isqrt(discriminant) ** 2 != discriminant:
            return 1, b, c


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    return polynomial_working(equation, ask, habit, "Move: ")
