"""Exact numbers of the generators: plain text, LaTeX, and a float to tell them apart by."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log, pi

from rlvr.data.numbers import Number, Surd, number_text


@dataclass(frozen=True, slots=True)
class Value:
    """``exact`` where the number is rational; ``approx`` tells two drawn values apart, no more."""

    plain: str
    latex: str
    approx: float
    exact: Fraction | None = None


def rational(number: Fraction | int) -> Value:
    exact = Fraction(number)
    return Value(str(exact), _latex_fraction(exact), float(exact), exact)


def value_of(number: Number) -> Value:
    """A number of the training data: a fraction, or ``a + b*sqrt(d)``."""
    if isinstance(number, Fraction):
        return rational(number)
    return Value(number_text(number), _latex_surd(number), float(number))


def logarithm(base: int, argument: int) -> Value:
    """``log_base(argument)``, for an argument that is no power of the base."""
    return Value(
        f"log_{base}({argument})", rf"\log_{{{base}}} {argument}", log(argument) / log(base)
    )


def pi_times(factor: Fraction) -> Value:
    """A rational multiple of pi."""
    if factor == 0:
        return rational(0)
    top, bottom = factor.numerator, factor.denominator
    name = {1: "", -1: "-"}.get(top, str(top))
    plain = f"{name}π" + (f"/{bottom}" if bottom != 1 else "")
    latex = rf"{name}\pi" if bottom == 1 else rf"\frac{{{name}\pi}}{{{bottom}}}"
    return Value(plain, latex, float(factor) * pi)


def negative(value: Value) -> Value:
    if value.exact is not None:
        return rational(-value.exact)
    return Value(f"-({value.plain})", rf"-\left({value.latex}\right)", -value.approx)


def moved(value: Value, by: Fraction) -> Value:
    """The value plus a rational, which may be far too small for a float to show."""
    if value.exact is not None:
        return rational(value.exact + by)
    sign, size = ("-", -by) if by < 0 else ("+", by)
    return Value(
        f"{value.plain} {sign} {size}",
        f"{value.latex} {sign} {_latex_fraction(size)}",
        value.approx + float(by),
    )


def same(left: Value, right: Value) -> bool:
    """Whether two values may be equal: drawn ones that differ are far apart."""
    return abs(left.approx - right.approx) < 1e-9


def same_set(left: list[Value], right: list[Value]) -> bool:
    return all(any(same(a, b) for b in right) for a in left) and all(
        any(same(a, b) for b in left) for a in right
    )


def _latex_fraction(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number)
    sign = "-" if number < 0 else ""
    return rf"{sign}\frac{{{abs(number.numerator)}}}{{{number.denominator}}}"


def _latex_surd(number: Surd) -> str:
    size = abs(number.b)
    top = "" if size.numerator == 1 else str(size.numerator)
    root = rf"{top}\sqrt{{{number.d}}}"
    if size.denominator != 1:
        root = rf"\frac{{{root}}}{{{size.denominator}}}"
    sign = "-" if number.b < 0 else "+" if number.a else ""
    return f"{_latex_fraction(number.a) if number.a else ''}{sign}{root}"
