"""Two equations in two unknowns: lines that meet, are parallel or the same, or meet a curve."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from random import Random

from rlvr.data import write
from rlvr.data.equation import Ranges
from rlvr.data.novice import CAREFUL, Habit
from rlvr.data.numbers import Number
from rlvr.data.relations import Relation, Relations, boxed, exchanged
from rlvr.data.relations import work as work
from rlvr.data.working import find_roots
from verifiers import Ask

ASKS: tuple[Ask, ...] = (Ask.SOLUTIONS,)
FORMS = ("meet", "meet", "meet", "parallel", "same", "parabola", "parabola", "product")
SECOND = {"x": "y", "y": "z", "z": "w", "t": "s", "n": "k", "m": "n"}  # the other unknown
LARGEST = 4  # coefficient of an unknown: products of two, times a root, stay in two digits

_Steps = Callable[[Habit], list[str]]
_Line = tuple[int, int, int]  # a, b, c of ax + by = c


def draw(rng: Random, ranges: Ranges) -> Relations:
    """One of ``FORMS``; what is shifted is the numbers, the names or the sides."""
    x = rng.choice(ranges.unknowns)
    y, form = SECOND[x], rng.choice(FORMS)
    relations, steps = _DRAWS[form](rng, ranges, x, y)
    return Relations(
        family="system",
        form=form,
        relations=exchanged(relations) if ranges.swapped else relations,
        unknowns=(x, y),
        answer=steps(CAREFUL)[-1].removeprefix("\\boxed{")[:-1],
        steps=steps,
    )


def _meet(rng: Random, ranges: Ranges, x: str, y: str) -> tuple[tuple[Relation, ...], _Steps]:
    r, s = ranges.root(rng), ranges.root(rng)
    a, b, c, d = (_small(rng) for _ in range(4))
    while a * d == b * c:
        d = _small(rng)
    return _lines((a, b, a * r + b * s), (c, d, c * r + d * s), x, y)


def _parallel(rng: Random, ranges: Ranges, x: str, y: str) -> tuple[tuple[Relation, ...], _Steps]:
    return _multiples(rng, ranges, x, y, off=ranges.coefficient(rng))


def _same(rng: Random, ranges: Ranges, x: str, y: str) -> tuple[tuple[Relation, ...], _Steps]:
    return _multiples(rng, ranges, x, y, off=0)


def _multiples(
    rng: Random, ranges: Ranges, x: str, y: str, off: int
) -> tuple[tuple[Relation, ...], _Steps]:
    """A line and a multiple of it, whose right side is ``off`` by so much."""
    a, b, c = _small(rng), rng.choice((-1, 1)), ranges.root(rng)
    k = rng.choice((-3, -2, 2, 3))
    return _lines((a, b, c), (k * a, k * b, k * c + off), x, y)


def _small(rng: Random) -> int:
    return rng.choice((-1, 1)) * rng.randint(1, LARGEST)


def _lines(one: _Line, two: _Line, x: str, y: str) -> tuple[tuple[Relation, ...], _Steps]:
    relations = tuple((_sum(line, x, y), "=", str(line[2])) for line in (one, two))
    return relations, lambda habit: _eliminate(one, two, x, y, habit)


def _sum(line: _Line, x: str, y: str) -> str:
    return write.signed_sum([(line[0], x), (line[1], y)])


def _eliminate(one: _Line, two: _Line, x: str, y: str, habit: Habit) -> list[str]:
    """Multiplied until x drops out of the difference. The slip adds the right sides."""
    common = gcd(one[0], two[0])
    times = two[0] // common, one[0] // common
    first, second = (
        tuple(k * number for number in line) for k, line in zip(times, (one, two), strict=True)
    )
    lines = []
    if times != (1, 1):
        shown = (f"{_sum((a, b, c), x, y)} = {c}" for a, b, c in (first, second))
        lines.append(f"Multiply: {', '.join(shown)}")
    right = first[2] + second[2] if habit.slips_move else first[2] - second[2]
    moved = str(right) if habit.is_hasty else write.difference(first[2], second[2])
    below = first[1] - second[1]
    lines.append(f"Subtract: {write.signed_sum([(below, y)])} = {moved}")
    if below == 0:
        if right:
            return [*lines, boxed("no solution")]
        a, b, c = one  # b is 1 or -1
        free = write.signed_sum([(c * b, ""), (-a * b, x)])
        return [*lines, f"Free: {y} = {free}", boxed(f"({x}, {free})")]
    found = Fraction(right, below)
    lines.append(f"{y} = {found}")
    a, b, c = one
    left = write.signed_sum([(a, x)])
    lines.append(f"Put in: {left} = {write.difference(c, b * found)}")
    other = Fraction(c - b * found) / a
    if habit.checks:
        terms = write.signed_sum([(two[0] * other, ""), (two[1] * found, "")])
        value = two[0] * other + two[1] * found
        lines.append(f"Check: {terms} {'=' if value == two[2] else '!='} {two[2]}")
    return [*lines, boxed(f"({other}, {found})")]


def _parabola(rng: Random, ranges: Ranges, x: str, y: str) -> tuple[tuple[Relation, ...], _Steps]:
    """``y = x^2 + bx + c`` and ``y = mx + k``: two points, one, or in a fifth none."""
    m, k = _small(rng), ranges.root(rng)
    if rng.random() < 0.2:
        half = rng.randint(-3, 3)
        polynomial = (1, 2 * half, half * half + rng.randint(1, 4))
    else:
        r, s = ranges.root(rng), ranges.root(rng)
        polynomial = (1, -(r + s), r * s)
    curve = write.quadratic(1, polynomial[1] + m, polynomial[2] + k, x)
    line = write.linear(m, k, x)

    def steps(habit: Habit) -> list[str]:
        more, roots = find_roots(polynomial, x, habit)
        points = []
        lines = [f"Equal: {curve} = {line}", f"Move: {write.quadratic(*polynomial, x)} = 0", *more]
        for root in _rationals(roots):
            lines.append(f"{x} = {root}: {y} = {write.difference(m * root, -k)}")
            points.append((root, m * root + k))
        return [*lines, boxed(_points(points))]

    return ((y, "=", curve), (y, "=", line)), steps


def _product(rng: Random, ranges: Ranges, x: str, y: str) -> tuple[tuple[Relation, ...], _Steps]:
    """``x + y = s, xy = p``: the two numbers in either order."""
    r, s = ranges.root(rng), ranges.root(rng)
    total, product = r + s, r * s
    polynomial = (1, -total, product)

    def steps(habit: Habit) -> list[str]:
        more, roots = find_roots(polynomial, x, habit)
        put_in = f"{x}({write.signed_sum([(total, ''), (-1, x)])}) = {product}"
        move = f"Move: {write.quadratic(*polynomial, x)} = 0"
        lines, points = [f"Put in: {put_in}", move, *more], []
        for root in _rationals(roots):
            lines.append(f"{x} = {root}: {y} = {write.difference(total, root)}")
            points.append((root, total - root))
        return [*lines, boxed(_points(points))]

    return ((f"{x} + {y}", "=", str(total)), (f"{x}{y}", "=", str(product))), steps


def _rationals(roots: tuple[Number, ...]) -> list[Fraction]:
    """The roots: these forms have no others."""
    return [root for root in roots if isinstance(root, Fraction)]


def _points(points: list[tuple[Fraction, Fraction]]) -> str:
    return ", ".join(f"({first}, {second})" for first, second in points) or "no real solution"


_DRAWS = {
    "meet": _meet,
    "parallel": _parallel,
    "same": _same,
    "parabola": _parabola,
    "product": _product,
}
