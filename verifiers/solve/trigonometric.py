"""Equations in sines and cosines of multiples of one angle.

With t = a*(x + b), every sine, cosine, tangent and cotangent is a quotient of polynomials in cos t
and sin t. By sin^2 = 1 - cos^2 (or the other way) that is a polynomial in one of them where it can
be; else tan(t/2) is taken for both, and t = pi is tried apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from verifiers.algebra.angles import arccosine, arcsine, arctangent, direction
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import PI_NUMBER
from verifiers.algebra.periodic import progression
from verifiers.algebra.real_poly import real_roots, scale
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.solve.circle import (
    Circle,
    constant,
    in_double_angle,
    in_half_angle,
    plus,
    product,
    reduced,
    sign_at_pi,
)
from verifiers.solve.exponential import exp_quotient
from verifiers.solve.kernels import value_of
from verifiers.syntax.ast import Add, Div, Expr, Func, Mul, Neg, Pow, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import children, free_names

MAX_MULTIPLE = 8


@dataclass(frozen=True, slots=True)
class _Turn:
    """The angle ``t = rate*(x + phase)``."""

    rate: Real
    phase: Real


_ZERO, _ONE, _TWO = Real.of(0), Real.of(1), Real.of(2)
_ANGULAR = ("sin", "cos", "tan", "cot", "sec", "csc")


def affine(expr: Expr, unknown: str) -> tuple[Real, Real] | None:
    """``a, b`` with ``expr = a*x + b``, a not 0; None where it is not of that form."""
    quotient = exp_quotient(expr, unknown)
    if quotient is None:
        return None
    above, below = quotient
    if len(below) != 1 or below[0][0] or len(below[0][1]) != 1 or len(above) != 1 or above[0][0]:
        return None
    poly = scale(above[0][1], _ONE / below[0][1][0])
    return (poly[1], poly[0]) if len(poly) == 2 else None


def angles_of(expr: Expr) -> Iterator[Expr]:
    """The arguments of the outermost trigonometric functions of names, and a name outside them."""
    if isinstance(expr, Func) and expr.name in _ANGULAR:
        if free_names(expr):
            yield expr.arg
    elif isinstance(expr, Sym):
        yield expr
    else:
        for child in children(expr):
            yield from angles_of(child)


def common_rate(expr: Expr, unknown: str) -> Real | None:
    """The largest a of which all angles are whole multiples a*n*x + b; None: x stands elsewhere."""
    rates = []
    for arg in angles_of(expr):
        if isinstance(arg, Sym) and not _inside(expr, arg):
            return None
        found = affine(arg, unknown)
        if found is None:
            return None
        rates.append(found[0])
    if not rates:
        return None
    times = []
    for rate in rates:
        ratio = (rate / rates[0]).rational
        if ratio is None:
            return None
        times.append(ratio)
    below = lcm(*(each.denominator for each in times))
    unit = gcd(*(int(each * below) for each in times))
    return abs(rates[0]) * Real.of(Fraction(unit, below))


def _common_phase(expr: Expr, unknown: str) -> Real:
    """The b/a that all angles a*x + b have in common, 0 where they have none."""
    phases = [shift / rate for rate, shift in _forms(expr, unknown)]
    return phases[0] if all(each == phases[0] for each in phases[1:]) else _ZERO


def _forms(expr: Expr, unknown: str) -> list[tuple[Real, Real]]:
    found = (affine(arg, unknown) for arg in angles_of(expr))
    return [form for form in found if form is not None]


def _inside(expr: Expr, name: Expr) -> bool:
    """Whether the bare name stands only as an argument of a trigonometric function."""
    if isinstance(expr, Func) and expr.name in _ANGULAR:
        return True
    return expr != name and all(_inside(child, name) for child in children(expr))


def trigonometric_zeros(expr: Expr, unknown: str) -> tuple[RealSet, str] | None:
    """The zeros of the tree where it is defined, and why they are all; None: not of this class."""
    rate = common_rate(expr, unknown)
    if rate is None:
        return None
    phase = _common_phase(expr, unknown)
    quotient = _circle(expr, unknown, _Turn(rate, phase))
    if quotient is None:
        return None
    poly = quotient[0]
    if poly and all(sum(powers) % 2 == 0 for powers in poly):
        poly, rate = in_double_angle(poly), _TWO * rate
    turns, why = _zeros_on_circle(poly)
    full = _TWO * PI_NUMBER
    solutions = EMPTY
    if turns is None:
        return REALS, why
    for turn in turns:
        solutions = solutions | progression(turn / rate - phase, full / rate)
    shown = unknown if phase.sign() == 0 else f"({unknown} + {phase})"
    shown = f"{rate}*{shown}" if rate != _ONE else shown
    return solutions, why.replace("(t", f"({shown}")


def _zeros_on_circle(poly: Circle) -> tuple[list[Real] | None, str]:
    """The angles in one turn at which the polynomial is 0, None for all of them."""
    for name, even, odd in (("cos", *reduced(poly, 1)), ("sin", *reduced(poly, 0))):
        if not even and not odd:
            return None, "The two sides are the same, as sin^2 + cos^2 = 1."
        if even and odd:
            continue
        found = real_roots(even or odd)
        angles = [angle for value in found for angle in _angles(name, value)]
        if odd:
            other = "sin" if name == "cos" else "cos"
            angles += _angles(other, _ZERO)
        shown = ", ".join(map(str, found)) or "no real number"
        extra = f" or {other}(t) = 0" if odd else ""
        return angles, f"It is a polynomial in {name}(t), 0 only where {name}(t) = {shown}{extra}."
    half = in_half_angle(poly)
    found = real_roots(half)
    angles = [_TWO * arctangent(value) for value in found]
    if sum((c * sign_at_pi(powers) for powers, c in poly.items()), _ZERO).sign() == 0:
        angles.append(PI_NUMBER)
    shown = ", ".join(map(str, found)) or "no real number"
    return (
        angles,
        f"In u = tan((t)/2) it is a polynomial, 0 only at u = {shown}; (t) = pi is tried.",
    )


def _angles(name: str, value: Real) -> list[Real]:
    """The angles in one turn with this sine or cosine."""
    if abs(value) > _ONE:
        return []
    if name == "cos":
        angle = arccosine(value)
        return [angle, -angle]
    angle = arcsine(value)
    return [angle, PI_NUMBER - angle]


def _circle(expr: Expr, unknown: str, turn: _Turn) -> tuple[Circle, Circle] | None:
    """The tree as a quotient of polynomials in cos t and sin t."""
    if not free_names(expr):
        value = value_of(expr)
        return None if value is None else (constant(value), constant(_ONE))
    match expr:
        case Func(name, arg) if name in _ANGULAR[:4]:
            cosine, sine = _multiple_angle(arg, unknown, turn)
            pairs = {"sin": (sine, constant(_ONE)), "cos": (cosine, constant(_ONE)),
                     "tan": (sine, cosine), "cot": (cosine, sine)}  # fmt: skip
            return pairs[name]
        case Neg(arg):
            inner = _circle(arg, unknown, turn)
            return None if inner is None else (product(inner[0], constant(-_ONE)), inner[1])
        case Add(parts) | Mul(parts):
            result = None
            for part in parts:
                each = _circle(part, unknown, turn)
                if each is None:
                    return None
                result = each if result is None else _joined(expr, result, each)
            return result
        case Div(above, below):
            top, bottom = _circle(above, unknown, turn), _circle(below, unknown, turn)
            if top is None or bottom is None or not bottom[0]:
                return None
            return product(top[0], bottom[1]), product(top[1], bottom[0])
        case Pow(base, exponent) if not free_names(exponent):
            return _circle_power(base, exponent, unknown, turn)
    return None


def _joined(
    expr: Expr, left: tuple[Circle, Circle], right: tuple[Circle, Circle]
) -> tuple[Circle, Circle]:
    below = product(left[1], right[1])
    if isinstance(expr, Mul):
        return product(left[0], right[0]), below
    if left[1] == right[1]:
        return plus(left[0], right[0]), left[1]
    return plus(product(left[0], right[1]), product(right[0], left[1])), below


def _circle_power(
    base: Expr, exponent: Expr, unknown: str, turn: _Turn
) -> tuple[Circle, Circle] | None:
    inner, value = _circle(base, unknown, turn), value_of(exponent)
    times = None if value is None else value.rational
    if inner is None or times is None or times.denominator > 1 or not 0 < abs(times) <= 8:
        return None
    above, below = constant(_ONE), constant(_ONE)
    for _ in range(abs(times.numerator)):
        above, below = product(above, inner[0]), product(below, inner[1])
    return (above, below) if times > 0 else (below, above)


def _multiple_angle(arg: Expr, unknown: str, turn: _Turn) -> tuple[Circle, Circle]:
    """Cosine and sine of n*t + b, by the addition theorem."""
    found = affine(arg, unknown)
    assert found is not None
    times = (found[0] / turn.rate).rational
    assert times is not None
    if abs(times) > MAX_MULTIPLE:
        raise OverBudgetError(f"more than {MAX_MULTIPLE} times the smallest angle")
    cosine, sine = (constant(each) for each in direction(found[1] - found[0] * turn.phase))
    step: tuple[Circle, Circle] = ({(1, 0): _ONE}, {(0, 1): _ONE if times > 0 else -_ONE})
    for _ in range(abs(times.numerator)):
        cosine, sine = (
            plus(product(cosine, step[0]), product(product(sine, step[1]), constant(-_ONE))),
            plus(product(cosine, step[1]), product(sine, step[0])),
        )
    return cosine, sine
