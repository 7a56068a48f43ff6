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
OTHER_NAMES = ("m",)  # that no other family trains on


def draw(rng: Random, ranges: Ranges) -> Equation:
    """Forms ``plain`` (x + b = c), ``one`` (ax + b = c), ``two`` (ax + b = cx + d) and
    ``bracket`` (a(x + b) = cx + d, where c may be 0)."""
    unknown = rng.choice((*ranges.unknowns, *OTHER_NAMES))
    form = rng.choice(("plain", "one", "two", "bracket"))
    largest = ranges.largest_coefficient - 1  # products of them stay in two digits
    slope = 1 if form == "plain" else _signed(rng, 2, largest - (form == "bracket"))
    c = 0
    if form == "two" or (form == "bracket" and rng.random() < 0.5):
        c = _signed(rng, 1, 2 if form == "bracket" else largest)
    if abs(slope + c) < (2 if form == "bracket" else 1):
        c = -c
    a, b = slope + c, _signed(rng, 1, largest - 2 if form == "bracket" else largest + 1)
    if form == "plain":  # where all sums and differences are met that the other families need
        b, right = _signed(rng, 1, 3 * largest), _signed(rng, 1, 5 * largest)
    elif form != "bracket" and rng.random() < 0.1:
        right = b + _signed(rng, 1, largest)  # mostly a fraction
    else:
        right = slope * ranges.root(rng) + (a * b if form == "bracket" else b)
    if form == "bracket":
        lhs = f"{a}({write.linear(1, b, unknown)})"
        solution = Fraction(right - a * b, slope)
        polynomial = (0, slope, a * b - right)
    else:
        lhs = write.linear(a, b, unknown)
        solution = Fraction(right - b, slope)
        polynomial = (0, slope, b - right)
    rhs = write.linear(c, right, unknown)
    if ranges.swapped:
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
    """Careful: the moved number is written down. Hasty: not, and a sign may be lost."""
    a, b, c, d = equation.parts
    unknown = equation.unknown
    lines = []
    if equation.form == "bracket":
        b = b if habit.slips_move else a * b  # the slip multiplies the first term only
        lines.append(f"Expand: {write.linear(a, b, unknown)} = {write.linear(c, d, unknown)}")
    slipped = habit.slips_move and equation.form != "bracket"
    slope, right = a - c, d + b if slipped else d - b
    moved = str(right) if habit.is_hasty else write.difference(d, b)
    lines.append(f"Move: {write.linear(slope, 0, unknown)} = {moved}")
    return "\n".join(lines + answer_lines(ask, (Fraction(right, slope),)))
