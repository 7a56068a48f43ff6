"""``√(ax + b) = x + q``: squaring gains the roots at which the right side is negative."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.families.quadratic import ASKS as ASKS  # the same questions
from rlvr.data.novice import Habit
from rlvr.data.numbers import Number, Surd, number_text, quadratic_roots, square_free
from rlvr.data.working import polynomial_working
from verifiers import Ask


def draw(rng: Random, ranges: Ranges) -> Equation:
    """Forms ``line`` (√(ax + b) = x + q), ``moved`` (q on the left) and ``constant``
    (√(ax + b) = k, k of either sign)."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(("line", "moved", "constant"))
    if form != "constant":
        r, s = ranges.root(rng), ranges.root(rng)
        a = rng.choice((2, 4) if (r + s) % 2 == 0 else (1, 1, 3))
        slope, q = 1, (a - r - s) // 2
        b = q * q - r * s
        polynomial = (1, -(r + s), r * s)
    else:
        a, slope, q = rng.randint(1, 5), 0, ranges.coefficient(rng)
        root = ranges.root(rng)
        b = q * q - a * root
        polynomial = (0, a, -a * root)
    root_text = f"√({write.linear(a, b, unknown)})"
    lhs, rhs = root_text, write.linear(slope, q, unknown)
    if form == "moved":
        lhs, rhs = write.signed_sum([(1, root_text), (-q, "")]), unknown
    candidates = [root for root in quadratic_roots(*polynomial) if isinstance(root, Fraction)]
    return Equation(
        family="radical",
        form=form,
        lhs=rhs if ranges.shifted else lhs,
        rhs=lhs if ranges.shifted else rhs,
        unknown=unknown,
        solutions=tuple(root for root in candidates if slope * root + q >= 0),
        polynomial=polynomial,
        domain=f"{unknown} >= {Fraction(-b, a)}",
        sides=_sides(a, b, slope, q, moved=form == "moved"),
    )


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    return polynomial_working(equation, ask, habit, "Square: ")


def _sides(
    a: int, b: int, slope: int, q: int, moved: bool
) -> Callable[[Fraction], tuple[str, str]]:
    """Both sides at a value, as text; ``moved`` has q on the left."""

    def sides(value: Fraction) -> tuple[str, str]:
        root = _square_root(a * value + b)
        if not moved:
            return root, number_text(slope * value + q)
        if "√" not in root:
            return number_text(Fraction(root) - q), number_text(value)
        return write.signed_sum([(1, root), (-q, "")]), number_text(value)

    return sides


def _square_root(value: Fraction) -> str:
    """Exact text; only a slipped candidate makes the radicand negative or no square."""
    if value <= 0:
        return "0" if value == 0 else f"√({value})"
    k, d = square_free(value.numerator * value.denominator)
    size = Fraction(k, value.denominator)
    number: Number = size if d == 1 else Surd(Fraction(0), size, d)
    return number_text(number)
