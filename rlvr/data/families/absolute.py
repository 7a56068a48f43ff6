"""``|ax + b| = cx + d``: the case split gains roots at which the right side is negative."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.families.quadratic import ASKS as ASKS  # the same questions
from rlvr.data.novice import Habit
from rlvr.data.working import conclude
from verifiers import Ask


def draw(rng: Random, ranges: Ranges) -> Equation:
    """Forms ``line`` (|ax + b| = cx + d), ``moved`` (d on the left) and ``constant``
    (|ax + b| = d, d of either sign)."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(("line", "moved", "constant"))
    if form == "constant":
        a, c, d = rng.choice((1, 2)), 0, ranges.coefficient(rng)
        b = 2 * ranges.coefficient(rng) + rng.randint(-1, 1)
        b += (b + d) % a  # integer roots
    else:
        a, b, c, d = _from_roots(rng, ranges)
    absolute = f"|{write.linear(a, b, unknown)}|"
    lhs, rhs = absolute, write.linear(c, d, unknown)
    if form == "moved":
        lhs, rhs = write.signed_sum([(1, absolute), (-d, "")]), write.linear(c, 0, unknown)
    candidates = (Fraction(d - b, a - c), Fraction(-d - b, a + c))
    return Equation(
        family="absolute",
        form=form,
        lhs=rhs if ranges.swapped else lhs,
        rhs=lhs if ranges.swapped else rhs,
        unknown=unknown,
        solutions=tuple(sorted({x for x in candidates if c * x + d >= 0})),
        sides=_sides(a, b, c, d, moved=form == "moved"),
        parts=(a, b, c, d),
    )


def _from_roots(rng: Random, ranges: Ranges) -> tuple[int, int, int, int]:
    """a, b, c, d such that both cases have an integer root."""
    r, s = ranges.root(rng), ranges.root(rng)
    a, c = rng.choice(((1, 2), (2, 1), (1, 3), (3, 1)))
    if a + c == 3:
        s += (r + s) % 2
    # d - b = (a - c) r and d + b = -(a + c) s
    difference, total = (a - c) * r, -(a + c) * s
    return a, (total - difference) // 2, c, (total + difference) // 2


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    """Both cases on a line each. The hasty slip negates only the first term of the right side."""
    a, b, c, d = equation.parts
    unknown = equation.unknown
    negated = d if habit.slips_move and c else -d
    lines, candidates = [], set()
    for slope, right in ((c, d), (-c, negated)):
        root = Fraction(right - b, a - slope)
        moved = f"{write.linear(a - slope, 0, unknown)} = {write.difference(right, b)}"
        case = f"{write.linear(a, b, unknown)} = {write.linear(slope, right, unknown)}"
        lines.append(f"{case}: {moved}" + ("" if a - slope == 1 else f", {unknown} = {root}"))
        candidates.add(root)
    return "\n".join(lines + conclude(equation, ask, habit, tuple(sorted(candidates))))


def _sides(
    a: int, b: int, c: int, d: int, moved: bool
) -> Callable[[Fraction], tuple[str, str, bool]]:
    """Both sides at a value, as ``|-3| - 1`` and ``2``; ``moved`` has d on the left."""

    def sides(value: Fraction) -> tuple[str, str, bool]:
        inner, right = a * value + b, c * value + d
        absolute = f"|{inner}|"
        if not moved:
            return absolute, str(right), abs(inner) == right
        left = write.signed_sum([(1, absolute), (-d, "")])
        return left, str(right - d), abs(inner) == right

    return sides
