"""Rational equations: multiplying out loses the restriction and may gain an excluded root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.families.quadratic import ASKS as ASKS  # the same questions
from rlvr.data.novice import Habit
from rlvr.data.numbers import quadratic_roots
from rlvr.data.working import polynomial_working
from verifiers import Ask

TRAINED_FORMS = ("unit", "parameter", "quotient", "quotient", "same", "same", "cross", "cross")
IMPOSTOR_FORMS = ("quotient", "same")  # an excluded value may be a root of their polynomial
LARGEST_PRODUCT = 20  # in ``cross``, where two of them are added
SWAPPED_FORMS = ("unit", "quotient", "plus")  # the other forms look alike on both sides


def draw(rng: Random, ranges: Ranges) -> Equation:
    """One of the forms below; with ``swapped`` the sides are exchanged, and ``plus`` is new."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(SWAPPED_FORMS if ranges.swapped else TRAINED_FORMS)
    drawn = _FORMS[form](rng, ranges, unknown)
    roots = quadratic_roots(*drawn.polynomial)
    swapped = ranges.swapped and form != "plus"
    return Equation(
        family="rational",
        form=form,
        lhs=drawn.rhs if swapped else drawn.lhs,
        rhs=drawn.lhs if swapped else drawn.rhs,
        unknown=unknown,
        solutions=tuple(root for root in roots if root not in drawn.excluded),
        polynomial=drawn.polynomial,
        reduction=drawn.reduction,
        domain=", ".join(f"{unknown} != {value}" for value in sorted(drawn.excluded)),
        excluded=tuple(Fraction(value) for value in sorted(drawn.excluded)),
        may_gain_excluded=form in IMPOSTOR_FORMS,
        params=drawn.params,
    )


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    return polynomial_working(equation, ask, habit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A form with its numbers; the fields are those of ``Equation``."""

    lhs: str
    rhs: str
    polynomial: tuple[int, int, int]
    reduction: tuple[str, ...]
    excluded: frozenset[int]
    params: tuple[tuple[str, int], ...] = ()


def _unit(rng: Random, ranges: Ranges, x: str) -> _Drawn:
    """``m - (n + x)/x = x``: ``x^2 - (m - 1)x + n = 0`` without 0."""
    m, n = _unit_numbers(rng, ranges)
    return _unit_of(m, n, f"{m} - ({n} + {x})/{x}", (), x, ())


def _parameter(rng: Random, ranges: Ranges, x: str) -> _Drawn:
    """``a - (a + x)/x = x`` at a value of a, or one of the two numbers is a."""
    m, n = _unit_numbers(rng, ranges)
    places = rng.choice(("both", "first", "second"))
    if places == "both":
        m = n = rng.choice((6, *range(-9, 12, 2)))
    value = n if places == "second" else m
    lhs = f"{m if places == 'second' else 'a'} - ({n if places == 'first' else 'a'} + {x})/{x}"
    put_in = f"a = {value}: {m} - ({n} + {x})/{x} = {x}"
    return _unit_of(m, n, lhs, (put_in,), x, (("a", value),))


def _unit_numbers(rng: Random, ranges: Ranges) -> tuple[int, int]:
    """Mostly with integer roots, else mostly with an even coefficient of the unknown."""
    r, s = ranges.coefficient(rng), ranges.coefficient(rng)
    if rng.random() < 0.6 and r + s + 1:
        return r + s + 1, r * s
    m = rng.choice(range(-7, 10, 2))
    return m, m if rng.random() < 0.3 else r


def _unit_of(
    m: int, n: int, lhs: str, lines: tuple[str, ...], x: str, params: tuple[tuple[str, int], ...]
) -> _Drawn:
    polynomial = (1, 1 - m, n)
    multiplied = write.signed_sum([(m, x), (-n, ""), (-1, x)])
    return _Drawn(
        lhs=lhs,
        rhs=x,
        polynomial=polynomial,
        reduction=(
            *lines,
            f"Multiply: {multiplied} = {x}^2",
            f"Move: {write.quadratic(*polynomial, x)} = 0",
        ),
        excluded=frozenset({0}),
        params=params,
    )


def _quotient(rng: Random, ranges: Ranges, x: str) -> _Drawn:
    """``(x^2 + bx + c)/(x - e) = 0``; e is a root of the numerator more often than not."""
    polynomial, e = _with_excluded(rng, ranges)
    numerator = write.quadratic(*polynomial, x)
    return _Drawn(
        lhs=f"({numerator})/{_denominator(e, x)}",
        rhs="0",
        polynomial=polynomial,
        reduction=(f"Multiply: {numerator} = 0",),
        excluded=frozenset({e}),
    )


def _same(rng: Random, ranges: Ranges, x: str) -> _Drawn:
    """``x^2/(x - e) = (px + q)/(x - e)``."""
    polynomial, e = _with_excluded(rng, ranges)
    below = _denominator(e, x)
    right = write.linear(-polynomial[1], -polynomial[2], x)
    above = f"({right})" if " " in right or right.startswith("-") else right
    standard = write.quadratic(*polynomial, x)
    multiplied = f"Multiply: {x}^2 = {right}"
    return _Drawn(
        lhs=f"{x}^2/{below}",
        rhs=f"{above}/{below}",
        polynomial=polynomial,
        reduction=(multiplied,) if right == "0" else (multiplied, f"Move: {standard} = 0"),
        excluded=frozenset({e}),
    )


def _with_excluded(rng: Random, ranges: Ranges) -> tuple[tuple[int, int, int], int]:
    """A polynomial with integer roots, and an excluded value that is one of them in 65 %."""
    r, s = ranges.root(rng), ranges.root(rng)
    return (1, -(r + s), r * s), r if rng.random() < 0.65 else ranges.root(rng)


def _cross(rng: Random, ranges: Ranges, x: str) -> _Drawn:
    """``p/(x - e) = q/(x - f)``: a linear equation with two excluded values; mostly its solution
    is an integer."""
    wants_integer = rng.random() < 0.9
    while True:
        p, q = ranges.coefficient(rng), ranges.coefficient(rng)
        e, f = ranges.root(rng), ranges.root(rng)
        if (
            max(abs(p * f), abs(q * e)) > LARGEST_PRODUCT
            or p == q
            or e == f
            or (wants_integer and (p * f - q * e) % (p - q))
        ):
            continue
        sides = [(p, f), (q, e)]
        spread = [write.linear(k, -k * excluded, x) for k, excluded in sides]
        return _Drawn(
            lhs=f"{p}/{_denominator(e, x)}",
            rhs=f"{q}/{_denominator(f, x)}",
            polynomial=(0, p - q, q * e - p * f),
            reduction=(
                "Multiply: " + " = ".join(_times(k, write.linear(1, -v, x)) for k, v in sides),
                "Expand: " + " = ".join(spread),
                f"Move: {write.linear(p - q, 0, x)} = {write.difference(-q * e, -p * f)}",
            ),
            excluded=frozenset({e, f}),
        )


def _times(k: int, binomial: str) -> str:
    """``2(x - 3)``, ``-(x - 3)``, ``x - 3``, ``2x``."""
    sign = {1: "", -1: "-"}.get(k, str(k))
    return sign + (f"({binomial})" if sign and " " in binomial else binomial)


def _plus(rng: Random, ranges: Ranges, x: str) -> _Drawn:
    """``x + p/(x - e) = q``: ``x^2 - (q + e)x + (qe + p) = 0`` without e."""
    r, s = ranges.root(rng), ranges.root(rng)
    e = r
    while e in (r, s):
        e = ranges.root(rng)
    q = r + s - e
    p = r * s - q * e
    polynomial = (1, -(r + s), r * s)
    multiplied = f"{x}{'' if e == 0 else f'({write.linear(1, -e, x)})'}"
    if e == 0:
        multiplied = f"{x}^2"
    left = f"{multiplied} {'-' if p < 0 else '+'} {abs(p)}"
    return _Drawn(
        lhs=f"{x} {'-' if p < 0 else '+'} {abs(p)}/{_denominator(e, x)}",
        rhs=str(q),
        polynomial=polynomial,
        reduction=(
            f"Multiply: {left} = {write.linear(q, -q * e, x)}",
            f"Move: {write.quadratic(*polynomial, x)} = 0",
        ),
        excluded=frozenset({e}),
    )


def _denominator(e: int, x: str) -> str:
    return x if e == 0 else f"({write.linear(1, -e, x)})"


_FORMS: dict[str, Callable[[Random, Ranges, str], _Drawn]] = {
    "unit": _unit,
    "parameter": _parameter,
    "quotient": _quotient,
    "same": _same,
    "cross": _cross,
    "plus": _plus,
}
