"""Linear, quadratic and rational inequalities, answered by intervals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Ranges
from rlvr.data.families.quadratic import draw_polynomial
from rlvr.data.novice import CAREFUL, Habit
from rlvr.data.numbers import Number, number_text, quadratic_roots
from rlvr.data.relations import FLIPPED, Relation, Relations, boxed, exchanged
from rlvr.data.relations import work as work
from verifiers import Ask

ASKS: tuple[Ask, ...] = (Ask.SOLUTIONS,)
FORMS = ("linear", "linear", "quadratic", "quadratic", "quadratic", "quotient", "quotient")
OPERATORS = ("<", "<=", ">", ">=")

_Steps = Callable[[Habit], list[str]]


def draw(rng: Random, ranges: Ranges) -> Relations:
    """One of ``FORMS``; what is shifted is the numbers, the names or the sides."""
    unknown, form = rng.choice(ranges.unknowns), rng.choice(FORMS)
    relation, steps = _DRAWS[form](rng, ranges, unknown)
    return Relations(
        family="inequality",
        form=form,
        relations=exchanged((relation,)) if ranges.swapped else (relation,),
        unknowns=(unknown,),
        answer=steps(CAREFUL)[-1].removeprefix("\\boxed{")[:-1],
        steps=steps,
    )


def _linear(rng: Random, ranges: Ranges, x: str) -> tuple[Relation, _Steps]:
    """``ax + b < cx + d``. Slips: a sign is lost, or the sense stays when a negative divides."""
    operator = rng.choice(OPERATORS)
    slope = ranges.coefficient(rng)
    c = rng.choice((0, 0, ranges.coefficient(rng)))
    a, b = slope + c, ranges.coefficient(rng)
    if a == 0:
        a, c = slope, 0
    d = slope * ranges.root(rng) + b if rng.random() < 0.8 else ranges.coefficient(rng)
    relation = (write.linear(a, b, x), operator, write.linear(c, d, x))

    def steps(habit: Habit) -> list[str]:
        right = d + b if habit.slips_move else d - b
        moved = str(right) if habit.is_hasty else write.difference(d, b)
        lines = [f"Move: {write.linear(slope, 0, x)} {operator} {moved}"]
        end = Fraction(right, slope)
        keeps = slope > 0 or (habit.uses_formula and habit.slips_sign)
        sense = operator if keeps else FLIPPED[operator]
        if slope != 1:
            lines.append(f"Divide: {x} {sense} {end}")
        return [*lines, boxed(_outside((end,), sense))]

    return relation, steps


def _quadratic(rng: Random, ranges: Ranges, x: str) -> tuple[Relation, _Steps]:
    """``ax^2 + bx + c < 0``, a quarter of them with a negative lead, some with terms moved."""
    operator = rng.choice(OPERATORS)
    a, b, c = draw_polynomial(rng, ranges)
    is_negative = rng.random() < 0.25
    right_b, right_c = rng.choice(((0, 0), (0, 0), (0, c), (b, 0))) if not is_negative else (0, 0)
    sign = -1 if is_negative else 1
    left = write.quadratic(sign * a, sign * b - right_b, sign * c - right_c, x)
    relation = (left, operator, write.linear(-right_b, -right_c, x))
    sense = FLIPPED[operator] if is_negative else operator
    standard = write.quadratic(a, b, c, x)

    def steps(habit: Habit) -> list[str]:
        lines = []
        if is_negative:
            lines.append(f"Multiply: {standard} {sense} 0")
        elif right_b or right_c:
            lines.append(f"Move: {standard} {sense} 0")
        more, ends = _ends((a, b, c), x, sense, habit)
        lines += more
        if habit.checks and ends:
            lines.append(_check((a, b, c), ends))
        return [*lines, boxed(_outside(ends * 2 if len(ends) == 1 else ends, sense))]

    return relation, steps


def _ends(
    polynomial: tuple[int, int, int], x: str, sense: str, habit: Habit
) -> tuple[list[str], tuple[Number, ...]]:
    """The zeros, by factors where they are rational, else (or out of habit) by the formula."""
    a, b, c = polynomial
    roots = quadratic_roots(a, b, c)
    rational = [root for root in roots if isinstance(root, Fraction)]
    if rational and not habit.uses_formula:
        pair = (rational[0], rational[-1])
        lines = [f"Factor: {write.factored(a, pair, x)} {sense} 0"]
    else:
        square, product = b * b, 4 * a * c
        lines = [f"Formula: D = {write.difference(square, product)}"]
        if square < product:
            return [f"{lines[0]} < 0"], ()
        if rational and habit.slips_sign:
            roots = quadratic_roots(a, -b, c)
    return [*lines, f"Ends: {', '.join(map(number_text, roots))}"], roots


def _check(polynomial: tuple[int, int, int], ends: tuple[Number, ...]) -> str:
    """The sign at a whole number between the ends, or above them where there is none."""
    a, b, c = polynomial
    at = int(float(ends[0]) // 1) + 1
    if at >= float(ends[-1]):
        at = int(float(ends[-1]) // 1) + 1
    terms = write.signed_sum([(a * at * at, ""), (b * at, ""), (c, "")])
    value = a * at * at + b * at + c
    shown = terms if terms == str(value) else f"{terms} = {value}"
    return f"Check {at}: {shown} {'>' if value > 0 else '<' if value < 0 else '='} 0"


def _quotient(rng: Random, ranges: Ranges, x: str) -> tuple[Relation, _Steps]:
    """``(ax + b)/(x - q) < 0``: the zero of the denominator is never in the answer."""
    operator = rng.choice(OPERATORS)
    a, zero, q = rng.choice((1, 1, 1, 2, -1)), ranges.root(rng), ranges.root(rng)
    while zero == q:
        q = ranges.root(rng)
    top = write.linear(a, -a * zero, x)
    above = f"({top})" if " " in top or top.startswith("-") else top
    below = f"({write.linear(1, -q, x)})" if q else x

    def steps(habit: Habit) -> list[str]:
        lines = [f"Domain: {x} != {q}"] if habit.states_domain else []
        slipped = habit.slips_move and -zero != q
        ends = sorted((Fraction(-zero if slipped else zero), Fraction(q)))
        lines.append(f"Ends: {', '.join(map(str, ends))}")
        lines.append(f"Signs: {'+ - +' if a > 0 else '- + -'}")
        sense = operator if a > 0 else FLIPPED[operator]
        out = None if habit.forgets_domain else Fraction(q)
        return [*lines, boxed(_outside(tuple(ends), sense, out))]

    return (f"{above}/{below}", operator, "0"), steps


def _outside(ends: tuple[Number, ...], sense: str, out: Fraction | None = None) -> str:
    """Where what is positive above its last end, and changes its sign at each, is ``sense`` 0.

    One end is that of ``x - end``; two may be equal, as one number, and then the sign is the same
    on both sides; none are a square that is never 0. ``out`` is an end that never belongs.
    """
    is_closed, wants_above = "=" in sense, sense.startswith(">")

    def left(end: Number) -> str:
        return ("[" if is_closed and end != out else "(") + number_text(end)

    def right(end: Number) -> str:
        return number_text(end) + ("]" if is_closed and end != out else ")")

    if not ends:
        return "all real numbers" if wants_above else "no real solution"
    first, last = ends[0], ends[-1]
    if len(ends) == 1:
        return f"{left(first)}, ∞)" if wants_above else f"(-∞, {right(first)}"
    if wants_above:
        if first == last and is_closed:
            return "all real numbers"
        return f"(-∞, {right(first)} ∪ {left(last)}, ∞)"
    if first == last:
        return number_text(first) if is_closed else "no real solution"
    return f"{left(first)}, {right(last)}"


_DRAWS = {"linear": _linear, "quadratic": _quadratic, "quotient": _quotient}
