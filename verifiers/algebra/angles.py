"""Trigonometric functions of exact numbers, and their inverses.

An angle is ``q*pi`` plus rational multiples of arcs plus a rest. The sine and cosine of q*pi are
algebraic, those of an arc are its own data, and the addition theorem puts them together.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from flint import arb, ctx

from verifiers.algebra.atoms import PI, Atom
from verifiers.algebra.cosines import cosine_of_turn, sine_of_turn
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import PI_NUMBER, real_power
from verifiers.algebra.multiples import floor
from verifiers.algebra.terms import UNIT
from verifiers.algebra.transcendental import Transcendental, make, term
from verifiers.syntax.errors import OverBudgetError

MAX_ARCS = 24  # the largest multiple of an arc that is taken apart
_GUESS = 2_520  # arcs are tried against the multiples of pi/2520: of sevenths and ninths too

Direction: TypeAlias = tuple[Real, Real]
"""The cosine and the sine of an angle."""

_ZERO, _ONE = Real.of(0), Real.of(1)
_HALF = Fraction(1, 2)
_HALF_EXPONENT = Real.of(_HALF)


def direction(angle: Real) -> Direction:
    """Cosine and sine, exactly."""
    pi_part, arcs, rest = _take_apart(angle)
    result = (cosine_of_turn(pi_part), sine_of_turn(pi_part))
    for atom, times in arcs:
        step = _direction_of_arc(atom)
        if times < 0:
            step = (step[0], -step[1])
        for _ in range(abs(times)):
            result = turned(result, step)
    if rest.sign() == 0:
        return result
    return turned(result, _opaque(rest))


def turned(left: Direction, right: Direction) -> Direction:
    """The direction of the sum of two angles."""
    return left[0] * right[0] - left[1] * right[1], left[0] * right[1] + left[1] * right[0]


def arcsine(value: Real) -> Real:
    """In [-pi/2, pi/2]; ``value`` is in [-1, 1]."""
    sign = value.sign()
    if sign <= 0:
        return _ZERO if sign == 0 else -arcsine(-value)
    turn = _turn(value, "arcsin")
    if turn is not None:
        return PI_NUMBER * Real.of(turn)
    angle = _written_angle(value, "arcsin")
    if angle is not None:
        return angle
    return term(_ONE, {Atom("arcsin", f"arcsin({value})", value): Fraction(1)})


def arccosine(value: Real) -> Real:
    """In [0, pi]; ``value`` is in [-1, 1]."""
    return PI_NUMBER * Real.of(_HALF) - arcsine(value)


def arctangent(value: Real) -> Real:
    """In (-pi/2, pi/2)."""
    sign = value.sign()
    if sign <= 0:
        return _ZERO if sign == 0 else -arctangent(-value)
    turn = _turn(value, "arctan")
    if turn is not None:
        return PI_NUMBER * Real.of(turn)
    angle = _written_angle(value, "arctan")
    if angle is not None:
        return angle
    return term(_ONE, {Atom("arctan", f"arctan({value})", value): Fraction(1)})


def _written_angle(value: Real, kind: str) -> Real | None:
    """The arc of a number that is written as the sine or tangent of an angle: arctan(tan 4)."""
    single = value.monomial if isinstance(value, Transcendental) else None
    if single is None or abs(single[1]) != _ONE:
        return None
    monomial, sign = single
    quarter = PI_NUMBER * _HALF_EXPONENT
    match [(atom.kind, q, atom.arg) for atom, q in monomial]:
        case [("sin", 1, arg)] if kind == "arcsin":
            angle = sign * arg
        case [("cos", 1, arg)] if kind == "arcsin":
            angle = sign * (quarter - arg)
        case [("cos", -1, arg), ("sin", 1, other)] if kind == "arctan" and arg == other:
            angle = sign * arg
        case [("cos", 1, arg), ("sin", -1, other)] if kind == "arctan" and arg == other:
            angle = sign * (quarter - arg)
        case _:
            return None
    step = Real.of(1 if kind == "arctan" else 2) * PI_NUMBER
    angle = angle - step * Real.of(floor((angle + quarter) / step))  # from -pi/2 on
    return angle if angle <= quarter else PI_NUMBER - angle


def _turn(value: Real, kind: str) -> Fraction | None:
    """The q with angle = q*pi for a positive algebraic value; guessed by balls, then proved."""
    if not value.algebraic:
        return None
    with ctx.workprec(80):
        ball = value.ball()
        if kind == "arcsin" and not ball < 1:
            return _HALF if value == _ONE else None
        steps = (ball.asin() if kind == "arcsin" else ball.atan()) * _GUESS / arb.pi()
        nearest = steps.unique_fmpz() if steps.contains_integer() else None
    if nearest is None:
        return None
    turn = Fraction(int(nearest), _GUESS)
    if kind == "arcsin":
        return turn if sine_of_turn(turn) == value else None
    return turn if value * cosine_of_turn(turn) == sine_of_turn(turn) else None


def _take_apart(angle: Real) -> tuple[Fraction, list[tuple[Atom, int]], Real]:
    """The angle as q*pi, whole multiples of arcs, and the rest."""
    if not isinstance(angle, Transcendental) or angle.den is not UNIT:
        return Fraction(0), [], angle
    turn = Fraction(0)
    arcs, rest = [], {}
    for monomial, coefficient in angle.num.items():
        rational = coefficient.rational
        atom = monomial[0][0] if len(monomial) == 1 and monomial[0][1] == 1 else None
        if atom is None or rational is None:
            rest[monomial] = coefficient
        elif atom == PI:
            turn = rational
        elif atom.kind in ("arcsin", "arctan") and rational.denominator == 1:
            if abs(rational) > MAX_ARCS:
                raise OverBudgetError(f"more than {MAX_ARCS} times an arc")
            arcs.append((atom, rational.numerator))
        else:
            rest[monomial] = coefficient
    return turn, arcs, make(rest)


def _direction_of_arc(atom: Atom) -> Direction:
    value = atom.arg
    if atom.kind == "arcsin":
        return real_power(_ONE - value * value, _HALF_EXPONENT), value
    length = real_power(_ONE + value * value, _HALF_EXPONENT)
    return _ONE / length, value / length


def _opaque(angle: Real) -> Direction:
    """Of an angle that nothing is known about: constants of their own."""
    if angle.sign() < 0:
        cosine, sine = _opaque(-angle)
        return cosine, -sine
    return (
        term(_ONE, {Atom("cos", f"cos({angle})", angle): Fraction(1)}),
        term(_ONE, {Atom("sin", f"sin({angle})", angle): Fraction(1)}),
    )
