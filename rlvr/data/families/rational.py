"""Rational equations: multiplying out loses the restriction and may gain an excluded root."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import Equation, Ranges
from rlvr.data.families.quadratic import ASKS as ASKS  # the same questions
from rlvr.data.novice import Habit
from rlvr.data.numbers import quadratic_roots
from rlvr.data.working import polynomial_working
from verifiers import Ask

TRAINED_FORMS = ("unit", "unit", "parameter", "quotient", "quotient", "same", "same", "cross")
SHIFTED_FORMS = ("plus", "quotient", "same")


def draw(rng: Random, ranges: Ranges) -> Equation:
    """One of the forms below; with ``shifted`` the sides are swapped, and ``plus`` is new."""
    unknown = rng.choice(ranges.unknowns)
    form = rng.choice(SHIFTED_FORMS if ranges.shifted else TRAINED_FORMS)
    equation = _FORMS[form](rng, ranges, unknown)
    lhs, rhs, polynomial, excluded = equation
    if ranges.shifted and form != "plus":
        lhs, rhs = rhs, lhs
    # Every form but ``parameter`` shows its numbers; there the polynomial carries the value of a.
    params = (("a", polynomial[2]),) if form == "parameter" else ()
    roots = quadratic_roots(*polynomial)
    return Equation(
        family="rational",
        form=form,
        lhs=lhs,
        rhs=rhs,
        unknown=unknown,
        solutions=tuple(root for root in roots if root not in excluded),
        polynomial=polynomial,
        domain=", ".join(f"{unknown} != {value}" for value in sorted(excluded)),
        excluded=tuple(sorted(excluded)),
        params=params,
    )


def work(equation: Equation, ask: Ask, habit: Habit) -> str:
    return polynomial_working(equation, ask, habit, "Multiply: ")


_Form = tuple[str, str, tuple[int, int, int], set[Fraction]]


def _unit(rng: Random, ranges: Ranges, x: str) -> _Form:
    """``m - (n + x)/x = x``: ``x^2 - (m - 1)x + n = 0`` without 0."""
    r, s = ranges.coefficient(rng), ranges.coefficient(rng)
    m, n = (r + s + 1, r * s) if rng.random() < 0.7 else (ranges.root(rng), ranges.coefficient(rng))
    if rng.random() < 0.15:
        m, n = (number := ranges.coefficient(rng)), number
    return f"{m} - ({n} + {x})/{x}", x, (1, 1 - m, n), {Fraction(0)}


def _parameter(rng: Random, ranges: Ranges, x: str) -> _Form:
    """``a - (a + x)/x = x`` at a value of a: the same with m = n = a."""
    a = rng.choice((-1, 1)) * rng.randint(1, 20)
    return f"a - (a + {x})/{x}", x, (1, 1 - a, a), {Fraction(0)}


def _quotient(rng: Random, ranges: Ranges, x: str) -> _Form:
    """``(x^2 + bx + c)/(x - e) = 0``; e is a root of the numerator more often than not."""
    r, s = ranges.root(rng), ranges.root(rng)
    e = r if rng.random() < 0.65 else ranges.root(rng)
    polynomial = (1, -(r + s), r * s)
    return (
        f"({write.quadratic(*polynomial, x)})/{_denominator(e, x)}",
        "0",
        polynomial,
        {Fraction(e)},
    )


def _same(rng: Random, ranges: Ranges, x: str) -> _Form:
    """``x^2/(x - e) = (px + q)/(x - e)``."""
    r, s = ranges.root(rng), ranges.root(rng)
    e = r if rng.random() < 0.65 else ranges.root(rng)
    below = _denominator(e, x)
    right = write.linear(r + s, -r * s, x)
    above = f"({right})" if " " in right or right.startswith("-") else right
    return f"{x}^2/{below}", f"{above}/{below}", (1, -(r + s), r * s), {Fraction(e)}


def _cross(rng: Random, ranges: Ranges, x: str) -> _Form:
    """``p/(x - e) = q/(x - f)``: a linear equation with two excluded values."""
    p = q = ranges.coefficient(rng)
    e = f = ranges.root(rng)
    while q == p:
        q = ranges.coefficient(rng)
    while f == e:
        f = ranges.root(rng)
    sides = (f"{p}/{_denominator(e, x)}", f"{q}/{_denominator(f, x)}")
    return *sides, (0, p - q, q * e - p * f), {Fraction(e), Fraction(f)}


def _plus(rng: Random, ranges: Ranges, x: str) -> _Form:
    """``x + p/(x - e) = q``: ``x^2 - (q + e)x + (qe + p) = 0`` without e."""
    r, s = ranges.root(rng), ranges.root(rng)
    e = r
    while e in (r, s):
        e = ranges.root(rng)
    q = r + s - e
    p = r * s - q * e
    middle = f"{x} {'-' if p < 0 else '+'} {abs(p)}/{_denominator(e, x)}"
    return middle, str(q), (1, -(r + s), r * s), {Fraction(e)}


def _denominator(e: int, x: str) -> str:
    return x if e == 0 else f"({write.linear(1, -e, x)})"


_FORMS = {
    "unit": _unit,
    "parameter": _parameter,
    "quotient": _quotient,
    "same": _same,
    "cross": _cross,
    "plus": _plus,
}
