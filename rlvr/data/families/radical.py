"""``√(ax + b) = x + q``: squaring gains the roots at which the right side is negative."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.families.quadratic import ASKS as ASKS  # the same questions
from rlvr.data.novice import Habit
from rlvr.data.numbers import quadratic_roots
from rlvr.data.working import polynomial_working
from verifiers import Ask

LARGEST_NUMBER = 30  # under the root


def draw(rng: Random, ranges: Ranges) -> Equation:
    """Forms ``line`` (√(ax + b) = x + q), ``moved`` (q on the left) and ``constant``
    (√(ax + b) = q, q of either sign)."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(("line", "moved", "constant"))
    slope = 0 if form == "constant" else 1
    draw_numbers = _constant if form == "constant" else _line
    a, b, q, polynomial = draw_numbers(rng, ranges)
    while abs(b) > LARGEST_NUMBER or abs(q) > ranges.largest_coefficient:
        a, b, q, polynomial = draw_numbers(rng, ranges)
    radicand = write.linear(a, b, unknown)
    lhs, rhs = f"√({radicand})", write.linear(slope, q, unknown)
    if form == "moved":
        lhs, rhs = write.signed_sum([(1, lhs), (-q, "")]), unknown
    candidates = [root for root in quadratic_roots(*polynomial) if isinstance(root, Fraction)]
    return Equation(
        family="radical",
        form=form,
        lhs=rhs if ranges.swapped else lhs,
        rhs=lhs if ranges.swapped else rhs,
        unknown=unknown,
        solutions=tuple(root for root in candidates if slope * root + q >= 0),
        polynomial=polynomial,
        reduction=(
            f"Square: {radicand} = {write.quadratic(slope, 2 * slope * q, q * q, unknown)}",
            *_moved(a, b, q, slope, polynomial, unknown),
        ),
        domain=f"{radicand} >= 0",
        sides=_sides(a, b, slope, q, moved=form == "moved"),
    )


_Numbers = tuple[int, int, int, tuple[int, int, int]]  # a, b, q, polynomial


def _line(rng: Random, ranges: Ranges) -> _Numbers:
    """q is drawn first, so that its larger values are not rare."""
    while True:
        # Squares of q, and the sums with them, stay small enough to be learned.
        q = rng.randint(-ranges.largest_coefficient + 2, ranges.largest_coefficient - 2)
        a, r = rng.randint(1, 3), ranges.root(rng)
        s = a - 2 * q - r
        if abs(s) <= ranges.largest_root:
            return a, q * q - r * s, q, (1, -(r + s), r * s)


def _constant(rng: Random, ranges: Ranges) -> _Numbers:
    a, q, root = rng.randint(1, 5), ranges.coefficient(rng), ranges.root(rng)
    return a, q * q - a * root, q, (0, a, -a * root)


def _moved(
    a: int, b: int, q: int, slope: int, polynomial: tuple[int, int, int], x: str
) -> list[str]:
    """From ``ax + b = (slope x + q)^2``, multiplied out, to the polynomial: the two differences
    of coefficients are worked out first."""
    if not slope:
        return [f"Move: {write.linear(a, 0, x)} = {write.difference(q * q, b)}"]
    sums = [write.difference(first, second) for first, second in ((2 * q, a), (q * q, b))]
    shown = [text for text in sums if "=" in text]
    return [*([", ".join(shown)] if shown else []), f"Move: {write.quadratic(*polynomial, x)} = 0"]


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    return polynomial_working(equation, ask, habit)


def _sides(
    a: int, b: int, slope: int, q: int, moved: bool
) -> Callable[[Fraction], tuple[str, str, bool]]:
    """Both sides at a value, as ``√9 - 1`` and ``2``; ``moved`` has q on the left."""

    def sides(value: Fraction) -> tuple[str, str, bool]:
        radicand, right = a * value + b, slope * value + q
        root = f"√{radicand}" if radicand.denominator == 1 and radicand >= 0 else f"√({radicand})"
        equal = right >= 0 and right * right == radicand
        if not moved:
            return root, str(right), equal
        return write.signed_sum([(1, root), (-q, "")]), str(value), equal

    return sides
