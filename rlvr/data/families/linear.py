"""``ax + b = cx + d``: one solution, an integer or a small fraction."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.novice import Habit
from rlvr.data.working import answer_lines
from verifiers import Ask

ASKS: tuple[Ask, ...] = (Ask.SOLUTIONS,)


def draw(rng: Random, ranges: Ranges) -> Equation:
    """Forms ``one`` (ax + b = c), ``two`` (ax + b = cx + d), ``bracket`` (a(x + b) = c)."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(("one", "two", "two", "bracket"))
    largest = ranges.largest_coefficient - 2  # sums and products of them stay in two digits
    slope = _signed(rng, 2, largest)
    c = _signed(rng, 1, largest) if form == "two" else 0
    if slope + c == 0:
        c = -c
    a, b = slope + c, _signed(rng, 1, largest)
    if form != "bracket" and rng.random() < 0.1:
        right = b + _signed(rng, 1, largest)  # mostly a fraction
    else:
        right = slope * ranges.root(rng) + (a * b if form == "bracket" else b)
    if form == "bracket":
        lhs = f"{a}({write.linear(1, b, unknown)})"
        solution = Fraction(right, a) - b
        polynomial = (0, a, a * b - right)
    else:
        lhs = write.linear(a, b, unknown)
        solution = Fraction(right - b, slope)
        polynomial = (0, slope, b - right)
    rhs = write.linear(c, right, unknown)
    if ranges.shifted:
        lhs, rhs = rhs, lhs
    return Equation(
        family="linear",
        form=form,
        lhs=lhs,
        rhs=rhs,
        unknown=unknown,
        solutions=(solution,),
        polynomial=polynomial,
        parts=(a, b, c, right),
    )


def _signed(rng: Random, smallest: int, largest: int) -> int:
    return rng.choice((-1, 1)) * rng.randint(smallest, largest)


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    """Careful: the moved terms are written down. Hasty: not, and a sign may be lost."""
    a, b, c, d = equation.parts
    unknown = equation.unknown
    lines = []
    if equation.form == "bracket":
        b = b if habit.slips_move else a * b  # the slip multiplies the first term only
        lines.append(f"Expand: {write.linear(a, b, unknown)} = {d}")
    if not habit.is_hasty:
        left = write.signed_sum([(a, unknown), (-c, unknown)])
        lines.append(f"Move: {left} = {write.signed_sum([(d, ''), (-b, '')])}")
    slipped = habit.slips_move and equation.form != "bracket"
    slope, right = a - c, d + b if slipped else d - b
    lines.append(f"{write.linear(slope, 0, unknown)} = {right}")
    return "\n".join(lines + answer_lines(ask, (Fraction(right, slope),)))
