"""Expressions in several names as quotients of polynomials, with a symbol for all that is none.

Symbols stand for roots, absolute values, logarithms, exponentials, functions of an angle, pi and e,
told apart by the lowest terms of what they are of. All rules hold at every point at which the
expressions exist, those that are compared taken together.
"""

from __future__ import annotations

from fractions import Fraction

from verifiers.algebra.angle_form import AngleForm
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.symbol_ring import Fractional, NoProofError
from verifiers.syntax.ast import (
    Abs,
    Add,
    Const,
    Div,
    Expr,
    Func,
    Log,
    Mul,
    Neg,
    Num,
    Pow,
    Root,
    Sym,
)
from verifiers.syntax.walk import free_names

__all__ = ["Fractional", "NoProofError", "NormalForm"]

_TEN = Num(Fraction(10))


class NormalForm(AngleForm):
    """The quotient of each of several expressions over one ring."""

    def __init__(self, *exprs: Expr) -> None:
        super().__init__(*exprs)
        if not self.is_rational:
            for expr in exprs:  # to learn what is positive, and the units of angles
                self.quotient(expr)

    def quotient(self, expr: Expr) -> Fractional:
        """Raises ``NoProofError``, ``ZeroDivisionError`` for a denominator that is 0 everywhere."""
        one = self.one
        match expr:
            case Num(value):
                return self.constant(value), one
            case Sym(name):
                return self.names[name], one
            case Neg(arg):
                num, den = self.quotient(arg)
                return -num, den
            case Add(terms):
                total = self.zero
                for each in map(self.quotient, terms):
                    total = self.plus(total, each)
                return total
            case Mul(factors):
                product = (one, one)
                for each in map(self.quotient, factors):
                    product = self.times(product, each)
                return product
            case Div(above, below):
                num, den = self.quotient(below)
                return self.times(self.quotient(above), (den, num))
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, index):
                return self.root(index, self.quotient(radicand))
            case Abs(arg):
                num, den = self.quotient(arg)
                return self.root(2, (num**2, den**2))
            case Log(arg, base):
                return self._log_to_base(arg, base or _TEN)
            case Const(name):
                return self.constant_symbol(name), one
            case Func(name, arg):
                return self._function(expr, name, arg)
        raise NoProofError("this kind of expression")

    def _power(self, base: Expr, exponent: Expr) -> Fractional:
        value = None if free_names(exponent) else evaluate(exponent, {})
        number = value.rational if isinstance(value, Real) else None
        below = self.quotient(base)
        if number is not None:
            return self.rational_power(below, number)
        self.note_positive(below)
        return self.exponential(below, self.quotient(exponent))

    def _log_to_base(self, arg: Expr, base: Expr) -> Fractional:
        inner, own = self.quotient(arg), self.quotient(base)
        self.note_positive(inner)
        self.note_positive(own)
        return self.times(self.log(inner), self.log(own)[::-1])

    def _function(self, expr: Func, name: str, arg: Expr) -> Fractional:
        value = None if free_names(expr) else evaluate(expr, {})
        if isinstance(value, Undefined):
            raise NoProofError("a part that exists nowhere")
        if value is not None and value.rational is not None:
            return self.constant(value.rational), self.one
        inner = self.checked(*self.quotient(arg))
        if name.startswith("arc"):
            return self._arc(name, inner)
        return self.of_angle(name, inner)

    def _arc(self, name: str, inner: Fractional) -> Fractional:
        """Arc sines and tangents are odd, and an arc cosine is pi/2 less the arc sine."""
        if name == "arccos":
            quarter = self.scaled((self.constant_symbol("pi"), self.one), Fraction(1, 2))
            num, den = self._arc("arcsin", inner)
            return self.plus(quarter, (-num, den))
        sign = -1 if inner[0] and inner[0].leading_coefficient() < 0 else 1
        symbol, _ = self.symbol(name, f"{inner[0] * sign} | {inner[1]}")
        return symbol * sign, self.one
