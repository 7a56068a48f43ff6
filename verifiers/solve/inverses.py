"""Where one transcendental function of the unknown has a value, or one of a set of values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from verifiers.algebra.angles import arccosine, arcsine, arctangent, direction
from verifiers.algebra.bands import repeating_by_rule
from verifiers.algebra.evaluate import evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import PI_NUMBER, exponential, logarithm, real_power
from verifiers.algebra.periodic import progression
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.domain import conditions, domain_set
from verifiers.solve.kernels import value_of
from verifiers.solve.trigonometric import affine, common_rate
from verifiers.syntax.ast import Abs, Div, Expr, Func, Log, Pow, Root
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names

if TYPE_CHECKING:
    from verifiers.solve.zeros import Search

_HALF = Real.of(Fraction(1, 2))


def inverse(search: Search, kernel: Expr, value: Real, unknown: str) -> RealSet:
    """Where a function of the unknown has this value."""
    match kernel:
        case Log(arg, _):
            return search.equal(arg, exponential(value), unknown)
        case Pow(base, exponent):
            below = value_of(base)
            if below is None or below.sign() <= 0 or below == Real.of(1):
                raise NoExactRootsError("a power whose base is not a positive constant")
            if value.sign() <= 0:
                search.sentences.append(f"{to_text(kernel)} = {value} never holds.")
                return EMPTY
            return search.equal(exponent, logarithm(value) / logarithm(below), unknown)
        case Abs(arg):
            if value.sign() < 0:
                return EMPTY
            return search.equal(arg, value, unknown) | search.equal(arg, -value, unknown)
        case Root(arg, index):
            if value.sign() < 0 and index % 2 == 0:
                return EMPTY
            return search.equal(arg, real_power(value, Real.of(index)), unknown)
        case Div(inner, below) if not free_names(below):
            scale = value_of(below)
            if scale is not None and scale.sign():
                return inverse(search, inner, value * scale, unknown)
        case Func(name, arg):
            return _inverse_function(search, name, arg, value, unknown)
    raise NoExactRootsError("no inverse")


def _inverse_function(search: Search, name: str, arg: Expr, value: Real, unknown: str) -> RealSet:
    if name in ("arcsin", "arccos", "arctan"):
        return _inverse_arc(search, name, arg, value, unknown)
    if name in ("sin", "cos") and abs(value) > Real.of(1):
        search.sentences.append(f"{name} = {value} never holds.")
        return EMPTY
    form = affine(arg, unknown)
    if form is None:
        raise NoExactRootsError("a trigonometric function of what is not linear")
    rate, shift = form
    period = PI_NUMBER if name in ("tan", "cot") else PI_NUMBER + PI_NUMBER
    angles = {
        "sin": lambda: [arcsine(value), PI_NUMBER - arcsine(value)],
        "cos": lambda: [arccosine(value), -arccosine(value)],
        "tan": lambda: [arctangent(value)],
        "cot": lambda: [PI_NUMBER * _HALF - arctangent(value)],
    }[name]()
    result = EMPTY
    for angle in angles:
        result = result | progression((angle - shift) / rate, period / rate)
    search.sentences.append(
        f"{to_text(Func(name, arg))} = {value} holds for {result.as_answer(unknown)} only."  # type: ignore[arg-type]
    )
    return result


def _inverse_arc(search: Search, name: str, arg: Expr, value: Real, unknown: str) -> RealSet:
    low, high = -PI_NUMBER * _HALF, PI_NUMBER * _HALF
    if name == "arccos":
        low, high = Real.of(0), PI_NUMBER
    inside = low < value < high if name == "arctan" else low <= value <= high
    if not inside:
        search.sentences.append(f"{name} is never {value}.")
        return EMPTY
    cosine, sine = direction(value)
    target = {"arcsin": sine, "arccos": cosine}.get(name)
    return search.equal(arg, sine / cosine if target is None else target, unknown)


def where_within(search: Search, kernel: Expr, values: RealSet, unknown: str) -> RealSet:
    """Where a function of the unknown has its value in a set of intervals and points.

    It is continuous where it exists, so it passes an end of the set only where it has that value.
    """
    domain = domain_set(conditions(kernel, unknown))
    if domain is None or type(values) is not RealSet:
        raise NoExactRootsError("solutions in intervals of a transcendental function")
    changes = [domain, *(inverse(search, kernel, end, unknown) for end in values.breaks)]

    def holds(number: Real) -> bool:
        value = evaluate(kernel, {unknown: number})
        return isinstance(value, Real) and value in values

    rate = common_rate(kernel, unknown)
    if rate is not None:
        found = repeating_by_rule((PI_NUMBER + PI_NUMBER) / rate, changes, holds)
    elif all(type(each) is RealSet for each in changes):
        found = RealSet.from_rule([end for each in changes for end in each.breaks], holds)
    else:
        raise NoExactRootsError("solutions in intervals of a function of one that repeats")
    shown = values.describe("u")
    search.sentences.append(
        f"With u = {to_text(kernel)} that is {shown}: it holds for {found.describe(unknown)} only."
    )
    return found
