"""The sign of a number by balls of rising precision, down to a separation bound.

The sign shows at some precision, or the ball is smaller than every non-zero number of that shape
can be. The bound (Burnikel, Fleischer, Mehlhorn, Schirra, "A strong and easily computable
separation bound for arithmetic expressions involving radicals", 2000): write the number as U/L with
algebraic integers U and L of a field of degree at most D, the product of the indices of its
radicals; if every conjugate of U is at most u in size, then U = 0 or |U| >= u^(1-D), because the
norm of U is a non-zero integer.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from flint import arb, ctx

from verifiers.syntax.errors import OverBudgetError

MAX_SEPARATION_BITS = 50_000

Key: TypeAlias = tuple[object, ...]


class Enclosed(Protocol):
    """What a number says of itself for its sign to be found."""

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        """log2 of u, log2 of a bound on L, and the index of each radical (see the module)."""

    def ball(self) -> arb:
        """An enclosure at flint's working precision."""


def approximate(number: Enclosed, precision: int = 53) -> arb:
    with ctx.workprec(precision):
        return number.ball()


def separation_bits(number: Enclosed) -> int:
    """A non-zero number of this shape exceeds 2 to minus this in size."""
    upper, lower, radicals = number.bounds()
    degree = 1
    for index in radicals.values():
        degree *= index
    return (degree - 1) * upper + lower + 1


def sign_by_balls(number: Enclosed) -> int:
    separation = separation_bits(number)
    precision = 64
    while True:
        with ctx.workprec(precision):
            ball = number.ball()
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            if separation <= precision and ball.is_finite() and abs(ball) < arb(2) ** -separation:
                return 0
        if precision > MAX_SEPARATION_BITS:
            raise OverBudgetError("a number too entangled to compare exactly")
        precision *= 2
