"""Linear, quadratic and rational equations with a parameter, answered by formulas in it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Ranges
from rlvr.data.novice import CAREFUL, Habit
from rlvr.data.relations import Relations, boxed, exchanged
from rlvr.data.relations import work as work
from verifiers import Ask

ASKS: tuple[Ask, ...] = (Ask.SOLUTIONS,)
FORMS = ("scale", "both", "identity", "factors", "factors", "root", "cancel", "cancel", "unit")
PARAMETERS = ("a", "b", "c", "k")

_Steps = Callable[[Habit], list[str]]
_Drawn = tuple[str, str, str, _Steps]  # left, right, what is given of the parameter, the lines


def draw(rng: Random, ranges: Ranges) -> Relations:
    """One of ``FORMS``; what is shifted is the numbers, the names or the sides."""
    unknown, name = rng.choice(ranges.unknowns), rng.choice(PARAMETERS)
    form = rng.choice(FORMS)
    left, right, condition, steps = _DRAWS[form](rng, ranges, unknown, name)
    relations = ((left, "=", right),)
    return Relations(
        family="parameter",
        form=form,
        relations=exchanged(relations) if ranges.swapped else relations,
        unknowns=(unknown,),
        answer=steps(CAREFUL)[-1].removeprefix("\\boxed{")[:-1],
        steps=steps,
        conditions=((name, condition),),
    )


def _scale(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``pax + q = r`` for ``a != 0``."""
    p, q = rng.choice((1, 1, 2, 3, -1)), ranges.coefficient(rng)
    r = q + ranges.coefficient(rng)

    def steps(habit: Habit) -> list[str]:
        value, moved = _moved(r, q, habit)
        lines = [f"Move: {write.signed_sum([(p, a + x)])} = {moved}"]
        return [*lines, boxed(_over(Fraction(value, p), a))]

    return write.linear(p, q, a + x), str(r), f"{a} != 0", steps


def _both(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``ax + p = cx + q`` for ``a != c``."""
    p, c = ranges.coefficient(rng), ranges.coefficient(rng)
    q = p + ranges.coefficient(rng)
    below = f"({write.linear(1, -c, a)})"

    def steps(habit: Habit) -> list[str]:
        value, moved = _moved(q, p, habit)
        return [f"Move: {below}{x} = {moved}", boxed(_over(Fraction(value), below))]

    return write.linear(1, p, a + x), write.linear(c, q, x), f"{a} != {c}", steps


def _moved(right: int, number: int, habit: Habit) -> tuple[int, str]:
    """``right - number`` and how it is written; the slip does not turn the sign."""
    value = right + number if habit.slips_move else right - number
    return value, str(value) if habit.is_hasty else write.difference(right, number)


def _over(value: Fraction, below: str) -> str:
    """``5/a``, ``-3/(2a)``, ``0``."""
    if value == 0:
        return "0"
    if value.denominator > 1:
        below = f"({value.denominator}{below})"
    return f"{value.numerator}/{below}"


def _identity(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``(a - p)x = q(a - p)``, multiplied out: for a = p every number is a solution, which is lost
    where the domain of the division is forgotten."""
    p, q = ranges.coefficient(rng), ranges.coefficient(rng)
    factor = write.linear(1, -p, a)

    def steps(habit: Habit) -> list[str]:
        times = {1: "", -1: "-"}.get(q, str(q))
        lines = [f"Factor: ({factor}){x} = {times}({factor})"]
        if habit.forgets_domain:
            return [*lines, boxed(str(q))]
        lines += [f"{a} = {p}: 0 = 0"] if habit.states_domain else []
        return [*lines, boxed(f"{q} if {a} != {p}; all real numbers if {a} = {p}")]

    return f"({factor}){x}", write.linear(q, -p * q, a), "", steps


def _factors(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``x^2 - (ea + r)x + era = 0``, whose solutions are ea and r."""
    e, r = rng.choice((1, 1, -1, 2, -2, 3)), ranges.root(rng)

    def steps(habit: Habit) -> list[str]:
        if not habit.uses_formula:
            return [f"Factor: {_product(e, r, x, a)} = 0", boxed(_pair(e, r, a))]
        lines = [f"Formula: D = ({write.linear(e, -r, a)})^2"]
        sign = -1 if habit.slips_sign else 1  # b for -b
        return [*lines, boxed(_pair(sign * e, sign * r, a))]

    return _expanded(e, r, x, a), "0", "", steps


def _pair(e: int, r: int, a: str) -> str:
    return f"{write.linear(e, 0, a)}, {r}"


def _expanded(e: int, r: int, x: str, a: str) -> str:
    """``x^2 - (a + 2)x + 2a``, ``x^2 + (a - 2)x - 2a``, ``x^2 - ax``."""
    sign = 1 if e > 0 else -1
    inner = write.linear(sign * e, sign * r, a)
    middle = f"({inner})" if r else inner
    product = e * r
    tail = f" {'+' if product > 0 else '-'} {write.linear(abs(product), 0, a)}" if product else ""
    return f"{x}^2 {'-' if e > 0 else '+'} {middle}{x}{tail}"


def _product(e: int, r: int, x: str, a: str) -> str:
    """``(x - 2a)(x - 3)``, ``x(x + a)``."""
    first = f"({write.signed_sum([(1, x), (-e, a)])})"
    return f"{first}({write.linear(1, -r, x)})" if r else f"{x}{first}"


def _root(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``(x - p)^2 = ka`` where ka is positive: two roots, one of which the slip forgets."""
    p, k = ranges.root(rng), rng.choice((1, 1, 2, 3, 5, -1, -2, -3))
    inner = write.linear(1, -p, x)
    right = write.linear(k, 0, a)
    root = f"√{right}" if k == 1 else f"√({right})"

    def steps(habit: Habit) -> list[str]:
        sign = "+" if habit.uses_formula and habit.slips_sign else "±"
        plain = root if sign == "+" else f"±{root}"
        return [f"Root: {inner} = {plain}", boxed(f"{p} {sign} {root}" if p else plain)]

    left = f"({inner})^2" if p else f"{x}^2"
    return left, right, f"{a} > 0" if k > 0 else f"{a} < 0", steps


def _cancel(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``(x^2 - (ea + r)x + era)/(x - r) = 0``: r is a root of the numerator, and excluded."""
    e, r = rng.choice((1, 1, -1)), ranges.root(rng)
    numerator = _expanded(e, r, x, a)
    below = f"({write.linear(1, -r, x)})" if r else x

    def steps(habit: Habit) -> list[str]:
        lines = [f"Domain: {x} != {r}"] if habit.states_domain else []
        lines += [f"Multiply: {numerator} = 0", f"Factor: {_product(e, r, x, a)} = 0"]
        return [*lines, boxed(_pair(e, r, a) if habit.forgets_domain else write.linear(e, 0, a))]

    return f"({numerator})/{below}", "0", f"{a} != {e * r}", steps


def _unit(rng: Random, ranges: Ranges, x: str, a: str) -> _Drawn:
    """``a - (ka + x)/x = x + p``: ``x^2 + (p + 1 - a)x + ka = 0``, whose discriminant
    ``(a - p - 1)^2 - 4ka`` is positive where ka is negative."""
    k, p = rng.choice((1, 2, 3, -1, -2, -3)), rng.randint(-4, 3)
    s = p + 1
    constant = write.linear(k, 0, a)
    inner = write.linear(1, -s, a)
    last = f"{'+' if k > 0 else '-'} {write.linear(abs(k), 0, a)}"
    polynomial = f"{x}^2 - {f'({inner})' if s else inner}{x} {last} = 0"
    discriminant = write.signed_sum([(1, f"{a}^2"), (-(2 * s + 4 * k), a), (s * s, "")])

    def steps(habit: Habit) -> list[str]:
        lines = [f"Domain: {x} != 0"] if habit.states_domain else []
        multiplied = write.signed_sum([(1, a + x), (-k, a), (-1, x)])
        right = write.quadratic(1, p, 0, x)
        lines += [f"Multiply: {multiplied} = {right}", f"Move: {polynomial}"]
        lines.append(f"Formula: D = {discriminant}")
        first = write.linear(-1, s, a) if habit.slips_sign else inner
        return [*lines, boxed(f"({first} ± √({discriminant}))/2")]

    left = f"{a} - ({constant} + {x})/{x}"
    return left, write.linear(1, p, x), f"{a} < 0" if k > 0 else f"{a} > 0", steps


_DRAWS = {
    "scale": _scale,
    "both": _both,
    "identity": _identity,
    "factors": _factors,
    "root": _root,
    "cancel": _cancel,
    "unit": _unit,
}
