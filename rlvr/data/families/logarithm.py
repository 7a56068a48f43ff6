"""Logarithms and exponentials: the domain shuts out roots that removing the logarithms gains."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Ranges
from rlvr.data.novice import CAREFUL, Habit
from rlvr.data.numbers import Number, numbers_text
from rlvr.data.relations import Relation, Relations, boxed, exchanged
from rlvr.data.relations import work as work
from rlvr.data.working import find_roots
from verifiers import Ask

ASKS: tuple[Ask, ...] = (Ask.SOLUTIONS,)
FORMS = ("single", "sum", "sum", "equal", "equal", "power", "squared", "base")
POWERS = ((2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 0), (3, 1), (3, 2), (3, 3), (5, 1),
          (5, 2))  # fmt: skip
# A base, its exponent, and two different factors of the power, the smaller one first. Larger ones
# than 16 would make it an exercise in numbers of three digits.
FACTORS = tuple(
    (base, exponent, small, base**exponent // small)
    for base, exponent in (
        (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 1), (3, 2), (3, 3), (4, 1), (4, 2), (5, 1),
        (6, 1), (6, 2), (7, 1), (8, 1), (9, 1), (10, 1), (12, 1),
    )
    for small in range(1, base**exponent)
    if base**exponent % small == 0 and small * small < base**exponent <= 16 * small
)  # fmt: skip

_Steps = Callable[[Habit], list[str]]


def draw(rng: Random, ranges: Ranges) -> Relations:
    """One of ``FORMS``; what is shifted is the numbers, the names or the sides."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(FORMS)
    left, right, steps = _DRAWS[form](rng, ranges, unknown)
    relations: tuple[Relation, ...] = ((left, "=", right),)
    return Relations(
        family="logarithm",
        form=form,
        relations=exchanged(relations) if ranges.swapped else relations,
        unknowns=(unknown,),
        answer=steps(CAREFUL)[-1].removeprefix("\\boxed{")[:-1],
        steps=steps,
    )


def _single(rng: Random, ranges: Ranges, x: str) -> tuple[str, str, _Steps]:
    """``log_b(ax + c) = k``: any root is in the domain."""
    base, exponent = rng.choice(POWERS)
    a, c = _slope_and_constant(rng, ranges, base**exponent)
    inner = write.linear(a, c, x)

    def steps(habit: Habit) -> list[str]:
        lines = [f"Domain: {inner} > 0"] if habit.states_domain else []
        power = f"{base}^{exponent}"
        lines.append(f"Power: {inner} = {power} = {base**exponent}")
        more, root = _solve_linear(a, c, base**exponent, x, habit)
        return [*lines, *more, boxed(str(root))]

    return f"log_{base}({inner})", str(exponent), steps


def _power(rng: Random, ranges: Ranges, x: str) -> tuple[str, str, _Steps]:
    """``b^(ax + c) = b^k``, the right side as a number."""
    base, exponent = rng.choice(POWERS)
    a, c = _slope_and_constant(rng, ranges, exponent)
    inner = write.linear(a, c, x)
    raised = f"{base}^{inner}" if inner == x else f"{base}^({inner})"

    def steps(habit: Habit) -> list[str]:
        lines = [f"Power: {raised} = {base}^{exponent}"]
        if inner != x:
            lines.append(f"Equal: {inner} = {exponent}")
        more, root = _solve_linear(a, c, exponent, x, habit)
        return [*lines, *more, boxed(str(root))]

    return raised, str(base**exponent), steps


def _slope_and_constant(rng: Random, ranges: Ranges, right: int) -> tuple[int, int]:
    """a and c of ``ax + c = right`` with an integer root."""
    a = rng.choice((1, 1, 2, 3, -1, -2))
    return a, right - a * ranges.root(rng)


def _solve_linear(a: int, c: int, right: int, x: str, habit: Habit) -> tuple[list[str], Fraction]:
    """``ax + c = right``. The slip moves c without turning its sign."""
    value = right + c if habit.slips_move else right - c
    moved = str(value) if habit.is_hasty else write.difference(right, c)
    is_solved = c == 0 and a == 1
    return [] if is_solved else [f"Move: {write.linear(a, 0, x)} = {moved}"], Fraction(value, a)


def _sum(rng: Random, ranges: Ranges, x: str) -> tuple[str, str, _Steps]:
    """``log_b(x + p) + log_b(x + q) = k``: of the two roots one is outside the domain."""
    base, exponent, small, large = rng.choice(FACTORS)
    root, value = ranges.root(rng), base**exponent
    shifts = [small - root, large - root]
    least = min(shifts)
    if rng.random() < 0.5:
        shifts.reverse()
    p, q = shifts
    polynomial = (1, p + q, p * q - value)
    insides = [write.linear(1, shift, x) for shift in shifts]
    product = "".join(
        inside if shift == 0 else f"({inside})"
        for shift, inside in sorted(
            zip(shifts, insides, strict=True), key=lambda each: each[0] != 0
        )
    )
    # Term by term: one line for the products, and the next for what they come to.
    terms = write.signed_sum([(1, f"{x}^2"), (q, x), (p, x), (p * q, "")])
    reduction = [
        f"Power: {product} = {base}^{exponent} = {value}",
        f"Expand: {terms} = {value}",
        f"Move: {write.quadratic(*polynomial, x)} = 0",
    ]

    def steps(habit: Habit) -> list[str]:
        domain = ", ".join(f"{inside} > 0" for inside in insides)
        return _by_domain(polynomial, x, domain, reduction, (1, least), habit)

    return " + ".join(f"log_{base}({inside})" for inside in insides), str(exponent), steps


def _equal(rng: Random, ranges: Ranges, x: str) -> tuple[str, str, _Steps]:
    """``log(x^2 + bx + c) = log(px + q)``: a root counts where px + q is positive."""
    name = rng.choice(("log_2", "log_3", "ln"))
    r, s = ranges.root(rng), ranges.root(rng)
    p, q = rng.choice((1, 1, 2, 3, -1, -2)), ranges.coefficient(rng)
    polynomial = (1, -(r + s), r * s)
    curve = write.quadratic(1, p - (r + s), q + r * s, x)
    line = write.linear(p, q, x)
    reduction = [f"Equal: {curve} = {line}", f"Move: {write.quadratic(*polynomial, x)} = 0"]

    def steps(habit: Habit) -> list[str]:
        domain = f"{curve} > 0, {line} > 0"
        return _by_domain(polynomial, x, domain, reduction, (p, q), habit)

    return f"{name}({curve})", f"{name}({line})", steps


def _by_domain(
    polynomial: tuple[int, int, int],
    x: str,
    domain: str,
    reduction: list[str],
    argument: tuple[int, int],
    habit: Habit,
) -> list[str]:
    """The roots at which ``px + q`` is positive, ``argument`` being p and q; all of them where the
    domain is forgotten."""
    p, q = argument
    more, roots = find_roots(polynomial, x, habit)
    lines = [f"Domain: {domain}"] if habit.states_domain else []
    lines += [*reduction, *more]
    kept: list[Number] = []
    for root in roots:
        assert isinstance(root, Fraction)
        value = p * root + q
        if habit.states_domain:
            shown = write.difference(p * root, -q)
            lines.append(f"{shown} {'>' if value > 0 else '<' if value < 0 else '='} 0")
        if value > 0 or habit.forgets_domain:
            kept.append(root)
    return [*lines, boxed(numbers_text(tuple(kept)))]


def _squared(rng: Random, ranges: Ranges, x: str) -> tuple[str, str, _Steps]:
    """``b^(2x) - S b^x + P = 0``: a quadratic in ``u = b^x``, whose negative roots are dropped."""
    base = rng.choice((2, 3, 5))
    first = base ** rng.randint(0, {2: 3, 3: 2, 5: 1}[base])
    second = base ** rng.randint(0, 2) if rng.random() < 0.4 else -rng.randint(1, 9)
    if rng.random() < 0.15:
        first = -rng.randint(1, 6)
    polynomial = (1, -(first + second), first * second)
    middle = abs(first + second)
    term = f"{base}^{x}" if middle == 1 else f"{middle}*{base}^{x}"
    left = f"{base}^(2{x})"
    if middle:
        left += f" {'-' if first + second > 0 else '+'} {term}"
    left += f" {'-' if first * second < 0 else '+'} {abs(first * second)}"

    def steps(habit: Habit) -> list[str]:
        more, roots = find_roots(polynomial, "u", habit)
        lines = [f"Let u = {base}^{x}: {write.quadratic(*polynomial, 'u')} = 0", *more]
        answers = []
        for root in roots:
            assert isinstance(root, Fraction)
            exponent = _exponent(base, root)
            lines.append(f"u = {root}: {x} = {exponent}" if exponent else f"u = {root} < 0")
            answers += [exponent] if exponent else []
        return [*lines, boxed(", ".join(answers) or "no real solution")]

    return left, "0", steps


def _base(rng: Random, ranges: Ranges, x: str) -> tuple[str, str, _Steps]:
    """``b^x + p = q``: a logarithm, now and then a whole number, or none."""
    base, p = rng.choice((2, 3, 5, 7)), ranges.root(rng)
    value = rng.choice((-3, -1, base, base * base, *range(2, 10), *range(2, 10)))
    power = f"{base}^{x}"
    left = f"{power} {'-' if p < 0 else '+'} {abs(p)}" if p else power

    def steps(habit: Habit) -> list[str]:
        found = value + p + p if habit.slips_move else value
        moved = str(found) if habit.is_hasty else write.difference(value + p, p)
        lines = [f"Move: {power} = {moved}"] if p else []
        exponent = _exponent(base, Fraction(found))
        lines.append(f"Logarithm: {x} = {exponent}" if exponent else f"Sign: {power} > 0")
        return [*lines, boxed(exponent or "no real solution")]

    return left, str(value + p), steps


def _exponent(base: int, value: Fraction) -> str | None:
    """x of ``base^x = value``: ``3``, ``-1``, ``log_3(5)``; None where there is none."""
    if value <= 0:
        return None
    for exponent in range(-4, 7):
        if Fraction(base) ** exponent == value:
            return str(exponent)
    return f"log_{base}({value})"


_DRAWS = {
    "single": _single,
    "sum": _sum,
    "equal": _equal,
    "power": _power,
    "squared": _squared,
    "base": _base,
}
