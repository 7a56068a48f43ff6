"""Exact complex numbers: two exact real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.radicals import root
from verifiers.syntax.ast import Add, Div, Expr, Mul, Neg, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

MAX_EXPONENT = 64
UNIT = "i"

_ZERO, _ONE = Real.of(0), Real.of(1)


class NoValueError(ValueError):
    """An expression without a value here, as a root of a number that is not real."""


@dataclass(frozen=True, slots=True, eq=False)
class ComplexNumber:
    """``re + im*i``; ``==`` is exact and raises ``OverBudgetError`` at worst."""

    re: Real
    im: Real = field(default_factory=lambda: _ZERO)

    def __add__(self, other: ComplexNumber) -> ComplexNumber:
        return ComplexNumber(_plus(self.re, other.re), _plus(self.im, other.im))

    def __neg__(self) -> ComplexNumber:
        return ComplexNumber(-self.re, -self.im)

    def __mul__(self, other: ComplexNumber) -> ComplexNumber:
        a, b, c, d = self.re, self.im, other.re, other.im
        return ComplexNumber(_plus(_times(a, c), -_times(b, d)), _plus(_times(a, d), _times(b, c)))

    def __truediv__(self, other: ComplexNumber) -> ComplexNumber:
        """Raises ``ZeroDivisionError``."""
        norm = _plus(_times(other.re, other.re), _times(other.im, other.im))
        above = self * ComplexNumber(other.re, -other.im)
        return ComplexNumber(above.re / norm, above.im / norm)

    @property
    def is_real(self) -> bool:
        return self.im.rational == 0 or self.im.sign() == 0

    @property
    def is_zero(self) -> bool:
        return self.is_real and self.re.sign() == 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComplexNumber) and self.re == other.re and self.im == other.im

    __hash__ = None  # type: ignore[assignment]  # as for real numbers

    def __str__(self) -> str:
        """``1 + 2*i``: text of our grammar."""
        if self.is_real:
            return str(self.re)
        size = abs(self.im)
        text = str(size)
        bracketed = f"({text})" if " " in text and not text.startswith("(") else text
        unit = UNIT if size.rational == 1 else f"{bracketed}*{UNIT}"
        negative = self.im.sign() < 0
        if self.re.sign() == 0:
            return f"-{unit}" if negative else unit
        return f"{self.re} {'-' if negative else '+'} {unit}"


def evaluate_complex(expr: Expr, values: Mapping[str, Real]) -> ComplexNumber:
    """The value of a tree in which ``i`` is the imaginary unit.

    Roots are those of real numbers: sqrt(-3) is sqrt(3) i. Raises ``NoValueError``,
    ``OverBudgetError``.
    """
    if UNIT not in free_names(expr) and (real := _real(expr, values)) is not None:
        return ComplexNumber(real)
    match expr:
        case Sym(name) if name == UNIT:
            return ComplexNumber(_ZERO, _ONE)
        case Neg(arg):
            return -evaluate_complex(arg, values)
        case Add(terms):
            total = evaluate_complex(terms[0], values)
            for term in terms[1:]:
                total = total + evaluate_complex(term, values)
            return total
        case Mul(factors):
            product = evaluate_complex(factors[0], values)
            for factor in factors[1:]:
                product = product * evaluate_complex(factor, values)
            return product
        case Div(numerator, denominator):
            above = evaluate_complex(numerator, values)
            below = evaluate_complex(denominator, values)
            if below.is_zero:
                raise NoValueError("a zero denominator")
            return above / below
        case Root(radicand, index):
            return _root(evaluate_complex(radicand, values), index)
        case Pow(base, exponent):
            return _power(evaluate_complex(base, values), _exponent(exponent))
    raise NoValueError("no number")


def _plus(x: Real, y: Real) -> Real:
    """Without a needless 0 in the form of the sum."""
    return y if x.rational == 0 else x if y.rational == 0 else x + y


def _times(x: Real, y: Real) -> Real:
    return _ZERO if x.rational == 0 or y.rational == 0 else x * y


def _real(expr: Expr, values: Mapping[str, Real]) -> Real | None:
    value = evaluate(expr, values)
    return None if isinstance(value, Undefined) else value


def _root(value: ComplexNumber, index: int) -> ComplexNumber:
    if not value.is_real:
        raise NoValueError("a root of a number that is not real")
    if index % 2 or value.re.sign() >= 0:
        return ComplexNumber(root(value.re, index))
    if index > 2:
        raise NoValueError("an even root of a negative number")
    return ComplexNumber(_ZERO, root(-value.re, 2))


def _exponent(expr: Expr) -> Fraction:
    value = None if free_names(expr) else _real(expr, {})
    if value is None or value.rational is None:
        raise NoValueError("an exponent that is not rational")
    return value.rational


def _power(base: ComplexNumber, exponent: Fraction) -> ComplexNumber:
    if exponent.denominator > 1:
        base = _root(base, exponent.denominator)
    times = abs(exponent.numerator)
    if times > MAX_EXPONENT:
        raise OverBudgetError(f"a power above {MAX_EXPONENT}")
    if exponent <= 0 and base.is_zero:
        raise NoValueError("zero to a power that is not positive")
    result = ComplexNumber(_ONE)
    for _ in range(times):
        result = result * base
    return ComplexNumber(_ONE) / result if exponent < 0 else result
