"""A tree in one unknown -> a polynomial that vanishes wherever the tree does.

Every square root and absolute value becomes a generator s with s^2 = a known expression (for
|A| it is A^2). A tree is then (sum of polynomials times products of generators) / polynomial.
Multiplying a numerator P + Q s by P - Q s gives P^2 - Q^2 s^2: one generator fewer. Each identity
holds at every point where the tree is defined, so no zero of the tree is ever lost; zeros may be
gained (roots outside the domain, roots of the other sign of s), which is why all are tried after.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import TypeAlias

from flint import fmpq, fmpq_poly

from verifiers.algebra.evaluate import NotAlgebraicError, Undefined, evaluate
from verifiers.algebra.integers import square_part
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

MAX_GENERATORS = 4
MAX_DEGREE = 48

Numerator: TypeAlias = dict[int, fmpq_poly]
"""Bit k of a key: the generator s_k is a factor. No value is zero; {} is zero."""


class CannotEliminateError(ValueError):
    """The tree is in no class of expressions that this method covers."""


class ZeroDenominatorError(ValueError):
    """A denominator is zero for every value of the unknown."""


@dataclass(frozen=True, slots=True)
class Quotient:
    num: Numerator
    den: fmpq_poly


@dataclass(slots=True)
class Tower:
    """The generators met so far: ``squares[k]`` is s_k^2, over the generators below k."""

    unknown: str
    squares: list[Numerator] = field(default_factory=list)

    def quotient(self, expr: Expr) -> Quotient:
        """Raises ``CannotEliminateError``, ``ZeroDenominatorError``, ``OverBudgetError``."""
        match expr:
            case Num(value):
                return _constant(value)
            case Sym(name) if name == self.unknown:
                return Quotient({0: _X}, _ONE)
            case Neg(arg):
                inner = self.quotient(arg)
                return Quotient({key: -poly for key, poly in inner.num.items()}, inner.den)
            case Add(terms):
                return self._sum([self.quotient(term) for term in terms])
            case Mul(factors):
                result = self.quotient(factors[0])
                for part in factors[1:]:
                    result = self._product(result, self.quotient(part))
                return result
            case Div(numerator, denominator):
                above, below = self.quotient(numerator), self.quotient(denominator)
                return self._product(above, self._inverse(below))
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, index):
                return self._root(self.quotient(radicand), index)
            case Abs(arg):
                inner = self.quotient(arg)
                cleared = self.multiply(inner.num, {0: inner.den})
                size = self._generator(self.multiply(cleared, cleared))  # |num * den|
                return Quotient(size, _bounded(inner.den * inner.den))
        raise CannotEliminateError(f"{type(expr).__name__} is not covered")

    def multiply(self, left: Numerator, right: Numerator) -> Numerator:
        result: Numerator = {}
        for key, poly in left.items():
            for other_key, other in right.items():
                term: Numerator = {key ^ other_key: _bounded(poly * other)}
                shared = key & other_key
                while shared:
                    top = shared.bit_length() - 1
                    term = self.multiply(term, self.squares[top])
                    shared ^= 1 << top
                result = _add(result, term)
        return result

    def norm(self, num: Numerator) -> fmpq_poly:
        """A polynomial that is zero wherever the numerator is (zero itself if that proves so)."""
        return self._conjugate(num)[1]

    def _conjugate(self, num: Numerator) -> tuple[Numerator, fmpq_poly]:
        """``C, M`` with ``num * C = M`` and no generator in M."""
        factor: Numerator = {0: _ONE}
        while any(num):
            top = max(num).bit_length() - 1
            mirrored = {key: -poly if key >> top & 1 else poly for key, poly in num.items()}
            factor = self.multiply(factor, mirrored)
            num = self.multiply(num, mirrored)
        return factor, num.get(0, _ZERO)

    def _inverse(self, value: Quotient) -> Quotient:
        if not value.num:
            raise ZeroDenominatorError("a denominator is zero everywhere")
        factor, norm = self._conjugate(value.num)
        if not norm:
            raise CannotEliminateError("a denominator whose zeros cannot be counted")
        return Quotient(self.multiply(factor, {0: value.den}), norm)

    def _sum(self, parts: list[Quotient]) -> Quotient:
        den = parts[0].den
        for part in parts[1:]:
            if part.den != den:
                den = _bounded(den * part.den / den.gcd(part.den))
        total: Numerator = {}
        for part in parts:
            scale = den / part.den if part.den != den else None
            total = _add(total, self.multiply(part.num, {0: scale}) if scale else part.num)
        return Quotient(total, den)

    def _product(self, left: Quotient, right: Quotient) -> Quotient:
        return Quotient(self.multiply(left.num, right.num), _bounded(left.den * right.den))

    def _power(self, base: Expr, exponent: Expr) -> Quotient:
        if free_names(exponent):
            raise CannotEliminateError("the unknown in an exponent")
        rational = _rational(exponent)
        if rational is None:
            raise CannotEliminateError("an exponent that is not rational")
        if not free_names(base) and (number := _rational(Pow(base, exponent))) is not None:
            return _constant(number)
        if rational.denominator > 2:
            raise CannotEliminateError("a power with a fractional exponent")
        value = self.quotient(base)
        if rational.denominator == 2:
            value = self._root(value, 2)
        times = abs(rational.numerator)
        if times > MAX_DEGREE:
            raise OverBudgetError(f"an exponent above {MAX_DEGREE}")
        result = Quotient({0: _ONE}, _ONE)
        for _ in range(times):
            result = self._product(result, value)
        return self._inverse(result) if rational < 0 else result

    def _root(self, radicand: Quotient, index: int) -> Quotient:
        if index not in (2, 4):
            return _constant_root(radicand, index)
        square = self.multiply(radicand.num, {0: radicand.den})
        result = Quotient(self._generator(square), radicand.den)
        return result if index == 2 else self._root(result, 2)

    def _generator(self, square: Numerator) -> Numerator:
        """An s with ``s^2 = square``; squares that differ by a square number share theirs."""
        if not square:
            return {}
        outside = fmpq(1)
        if set(square) == {0}:
            outside, square = _without_square_factor(square[0])
            if square == {0: _ONE}:
                return {0: fmpq_poly([outside])}
        if square not in self.squares:
            if len(self.squares) == MAX_GENERATORS:
                raise CannotEliminateError(f"more than {MAX_GENERATORS} roots and absolute values")
            self.squares.append(square)
        return {1 << self.squares.index(square): fmpq_poly([outside])}


def _without_square_factor(poly: fmpq_poly) -> tuple[fmpq, Numerator]:
    """``c, r`` with ``poly = c^2 * r``, c > 0 rational and r without square number in it."""
    integral = poly.numer()
    content = gcd(*(int(each) for each in integral.coeffs()))
    den = int(poly.denom())
    size, rest = square_part(content * den)  # content/den = size^2 * rest / den^2
    return fmpq(size, den), {0: fmpq_poly(integral) * fmpq(rest, content)}


def _constant(value: Fraction) -> Quotient:
    poly = fmpq_poly([fmpq(value.numerator, value.denominator)])
    return Quotient({0: poly} if value else {}, _ONE)


def _constant_root(radicand: Quotient, index: int) -> Quotient:
    """Roots of other indices: only of rational numbers that are perfect powers."""
    above = radicand.num.get(0, _ZERO)
    if set(radicand.num) <= {0} and above.degree() <= 0 and radicand.den.degree() == 0:
        ratio = above[0] / radicand.den[0]
        number = _rational(Root(Num(Fraction(int(ratio.p), int(ratio.q))), index))
        if number is not None:
            return _constant(number)
    raise CannotEliminateError(f"a root of index {index}")


def _rational(expr: Expr) -> Fraction | None:
    """The value of a constant expression, where it is rational in its form."""
    try:
        value = evaluate(expr, {})
    except NotAlgebraicError:
        return None
    return None if isinstance(value, Undefined) else value.rational


def _add(left: Numerator, right: Numerator) -> Numerator:
    result = dict(left)
    for key, poly in right.items():
        total = result[key] + poly if key in result else poly
        if total:
            result[key] = total
        else:
            result.pop(key, None)
    return result


def _bounded(poly: fmpq_poly) -> fmpq_poly:
    if poly.degree() > MAX_DEGREE:
        raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    return poly


_X = fmpq_poly([0, 1])
_ONE = fmpq_poly([1])
_ZERO = fmpq_poly([0])
