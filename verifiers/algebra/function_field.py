"""Exact arithmetic of numbers that depend on parameters: at one point, or on a whole region.

On a region an element is a sum of rational functions times products of square roots. The roots are
of different primes and of different irreducible polynomials, each with the sign that makes it
positive there; their products are linearly independent over the rational functions, so that two
elements are the same function exactly if they look the same. Where the sign of a polynomial is not
the same all over the region, ``SignUnknownError`` asks for a finer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeAlias

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from verifiers.algebra.fields import BeyondFieldError, Field, NoValueError, PointField
from verifiers.algebra.quotients import Fractional, lowest_terms, times
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

MAX_EXPONENT = 24
MAX_CONTENT_BITS = 100  # of an integer under a root, which is factored
MAX_PRODUCTS = 16  # of roots, in one element

Element: TypeAlias = dict[frozenset[str], Fractional]
"""Which roots are a factor -> its coefficient, reduced, the denominator with leading 1."""


class SignUnknownError(Exception):
    """``poly``, irreducible, has several signs (or zeros) on the region."""

    def __init__(self, poly: fmpq_mpoly) -> None:
        super().__init__(str(poly))
        self.poly = poly


class Signs(Protocol):
    """A region of the parameter space."""

    def sign_of(self, poly: fmpq_mpoly) -> int:
        """The sign of an irreducible polynomial; raises ``SignUnknownError``."""

    def reduced(self, poly: fmpq_mpoly) -> Fractional:
        """The polynomial, with the parameters that depend on others put in."""

    def sign_at_sample(self, value: Element, functions: FunctionField) -> int:
        """The sign of what has no zero on the region; raises ``BeyondFieldError``."""


@dataclass(slots=True)
class FunctionField(Field[Element]):
    """Functions on one region; ``squares`` maps the name of a root to what is under it."""

    context: fmpq_mpoly_ctx
    parameters: Mapping[str, fmpq_mpoly]
    region: Signs
    squares: dict[str, fmpq_mpoly] = field(default_factory=dict)

    def constant(self, value: Fraction) -> Element:
        number = fmpq(value.numerator, value.denominator)
        return self._rational(self.context.constant(number), self._one)

    def polynomial(self, poly: fmpq_mpoly) -> Element:
        return self._rational(*self.region.reduced(poly))

    def value(self, expr: Expr) -> Element:
        """Raises ``NoValueError``, ``BeyondFieldError``, ``OverBudgetError``."""
        if isinstance(expr, Pow | Root) and not free_names(expr):
            number = PointField({}).value(expr).rational
            if number is not None:
                return self.constant(number)
        match expr:
            case Num(value):
                return self.constant(value)
            case Sym(name) if name in self.parameters:
                return self.polynomial(self.parameters[name])
            case Neg(arg):
                return self.negative(self.value(arg))
            case Add(terms):
                total = self.value(terms[0])
                for term in terms[1:]:
                    total = self.add(total, self.value(term))
                return total
            case Mul(factors):
                product = self.value(factors[0])
                for part in factors[1:]:
                    product = self.multiply(product, self.value(part))
                return product
            case Div(numerator, denominator):
                above = self.value(numerator)
                return self.multiply(above, self.inverse(self.value(denominator)))
            case Abs(arg):
                inner = self.value(arg)
                return self.negative(inner) if self.sign(inner) < 0 else inner
            case Root(radicand, index):
                return self._root_of(self.value(radicand), index)
            case Pow(base, exponent):
                return self._power(self.value(base), exponent)
        raise BeyondFieldError(f"{type(expr).__name__} is not covered")

    def _root_of(self, value: Element, index: int) -> Element:
        if index not in (2, 4):
            raise BeyondFieldError(f"a root of index {index}")
        result = self.square_root(value)
        return result if index == 2 else self.square_root(result)

    def _power(self, base: Element, exponent: Expr) -> Element:
        power = None if free_names(exponent) else PointField({}).value(exponent).rational
        if power is None or power.denominator > 2:
            raise BeyondFieldError("an exponent that is no whole number")
        if abs(power) > MAX_EXPONENT:
            raise OverBudgetError(f"an exponent above {MAX_EXPONENT}")
        if power.denominator == 2:
            base = self.square_root(base)
        if power <= 0:
            base = self.inverse(base)
        result = self.constant(Fraction(1))
        for _ in range(abs(power.numerator)):
            result = self.multiply(result, base)
        return result

    def add(self, left: Element, right: Element) -> Element:
        result = dict(left)
        for key, (num, den) in right.items():
            if key in result:
                above, below = result.pop(key)
                num = times(num, below) + times(above, den)
                den = times(den, below)
            if not num.is_zero():
                result[key] = lowest_terms(num, den)
        return result

    def multiply(self, left: Element, right: Element) -> Element:
        result: Element = {}
        for key, (num, den) in left.items():
            for other, (num2, den2) in right.items():
                above = times(num, num2)
                for shared in key & other:
                    above = times(above, self.squares[shared])
                term = {key ^ other: lowest_terms(above, times(den, den2))}
                result = self.add(result, term)
        if len(result) > MAX_PRODUCTS:
            raise OverBudgetError(f"more than {MAX_PRODUCTS} products of roots")
        return result

    def inverse(self, value: Element) -> Element:
        if self.is_zero(value):
            raise NoValueError("a denominator is 0")
        factor, norm = self._conjugate(value)
        num, den = norm[frozenset()]
        return self.multiply(factor, self._rational(den, num))

    def square_root(self, value: Element) -> Element:
        if not value:
            return {}
        num, den = self._only_rational(value)
        content, factors = times(num, den).factor()  # sqrt(num/den) = sqrt(num*den)/|den|
        sign = 1 if content > 0 else -1
        outside, roots = self._root_of_content(abs(content))
        result = self._rational(outside, self._one)
        for poly, power in factors:
            own = self._sign(poly)
            sign *= own**power
            size = poly * own
            result = self.multiply(result, self._rational(size ** (power // 2), self._one))
            if power % 2:
                roots[str(size)] = size
        if sign < 0:
            raise NoValueError("a radicand is negative")
        self.squares.update(roots)
        bottom = self._rational(self._one, den * self._sign(den))
        one = (self._one, self._one)
        return self.multiply(self.multiply(result, bottom), {frozenset(roots): one})

    def sign(self, value: Element) -> int:
        if self.is_zero(value):
            return 0
        if set(value) == {frozenset()}:
            num, den = value[frozenset()]
            return self._sign(num) * self._sign(den)
        return self.region.sign_at_sample(value, self)

    def is_zero(self, value: Element) -> bool:
        """No zero on the region unless it is 0 there: else ``SignUnknownError`` asks for less."""
        if not value:
            return True
        _, norm = self._conjugate(value)
        self._sign(norm[frozenset()][0])
        return False

    def _conjugate(self, value: Element) -> tuple[Element, Element]:
        """``C, N`` with ``value * C = N`` rational and not 0."""
        factor = self.constant(Fraction(1))
        while roots := frozenset().union(*value):
            top = max(roots)
            mirrored = {
                key: (-num, den) if top in key else (num, den) for key, (num, den) in value.items()
            }
            factor, value = self.multiply(factor, mirrored), self.multiply(value, mirrored)
        return factor, value

    def _sign(self, poly: fmpq_mpoly) -> int:
        content, factors = poly.factor()
        sign = 1 if content > 0 else -1
        for part, power in factors:
            own = self.region.sign_of(part)
            sign *= own if power % 2 else 1
        return sign

    def _only_rational(self, value: Element) -> Fractional:
        if set(value) != {frozenset()}:
            raise BeyondFieldError("a root of a root")
        return value[frozenset()]

    def _root_of_content(self, content: fmpq) -> tuple[fmpq_mpoly, dict[str, fmpq_mpoly]]:
        """The root of a positive number: its rational part, and primes under the root."""
        number = int(content.p * content.q)
        if number.bit_length() > MAX_CONTENT_BITS:
            raise OverBudgetError(f"an integer of more than {MAX_CONTENT_BITS} bits under a root")
        outside, roots = fmpq(1, int(content.q)), {}
        for prime, power in fmpz(number).factor():
            outside *= fmpq(prime) ** (power // 2)
            if power % 2:
                roots[str(prime)] = self.context.constant(int(prime))
        return self.context.constant(outside), roots

    def _rational(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Element:
        return {} if num.is_zero() else {frozenset(): lowest_terms(num, den)}

    @property
    def _one(self) -> fmpq_mpoly:
        return self.context.constant(1)
