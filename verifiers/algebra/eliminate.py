"""A tree in one unknown -> a polynomial that vanishes wherever the tree does.

Every root and absolute value becomes a generator s with s^k = a known expression (for |A|, s^2 is
A^2). A tree is then (sum of polynomials times products of generators) / polynomial. Multiplying a
numerator P + Q s by P - Q s gives P^2 - Q^2 s^2, and so for higher k (algebra/conjugates.py): one
generator fewer. Each identity holds at every point where the tree is defined, so no zero of the
tree is ever lost; zeros may be gained (roots outside the domain, roots of the other sign of s),
which is why all are tried after.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq, fmpq_poly

from verifiers.algebra.conjugates import EXPONENT_BITS, Numerator, add, conjugates, exponent
from verifiers.algebra.evaluate import rational_value
from verifiers.algebra.plain_root import plain_root
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

MAX_GENERATORS = 4
MAX_DEGREE = 48

_X = fmpq_poly([0, 1])
_ONE = fmpq_poly([1])
_ZERO = fmpq_poly([0])


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
    """The generators met so far, each as its index k, its k-th power over the generators before,
    and for k = 2 a polynomial that has its sign."""

    unknown: str
    generators: list[tuple[int, Numerator, fmpq_poly]] = field(default_factory=list)

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
                term: Numerator = {key + other_key: _bounded(poly * other)}
                if key and other_key:
                    term = self._reduced(term)
                result = add(result, term)
        return result

    def _reduced(self, term: Numerator) -> Numerator:
        """One product with exponents below the indices again."""
        [(key, poly)] = term.items()
        carried = []
        for k, (index, power, _) in enumerate(self.generators):
            if exponent(key, k) >= index:
                key -= index << k * EXPONENT_BITS
                carried.append(power)
        term = {key: poly}
        for power in carried:
            term = self.multiply(term, power)
        return term

    def norm(self, num: Numerator) -> fmpq_poly:
        """A polynomial that is zero wherever the numerator is (zero itself if that proves so)."""
        return self._conjugate(num)[1]

    def _conjugate(self, num: Numerator) -> tuple[Numerator, fmpq_poly]:
        """``C, M`` with ``num * C = M`` and no generator in M."""
        factor: Numerator = {0: _ONE}
        while any(num):
            top = (max(num).bit_length() - 1) // EXPONENT_BITS
            others = conjugates(num, top, self.generators[top][0], self.multiply)
            factor = self.multiply(factor, others)
            num = self.multiply(num, others)
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
            total = add(total, self.multiply(part.num, {0: scale}) if scale else part.num)
        return Quotient(total, den)

    def _product(self, left: Quotient, right: Quotient) -> Quotient:
        return Quotient(self.multiply(left.num, right.num), _bounded(left.den * right.den))

    def _power(self, base: Expr, exponent: Expr) -> Quotient:
        if free_names(exponent):
            raise CannotEliminateError("the unknown in an exponent")
        rational = rational_value(exponent)
        if rational is None:
            raise CannotEliminateError("an exponent that is not rational")
        if not free_names(base) and (number := rational_value(Pow(base, exponent))) is not None:
            return _constant(number)
        value = self.quotient(base)
        if rational.denominator > 1:
            value = self._root(value, rational.denominator)
        times = abs(rational.numerator)
        if times > MAX_DEGREE:
            raise OverBudgetError(f"an exponent above {MAX_DEGREE}")
        result = Quotient({0: _ONE}, _ONE)
        for _ in range(times):
            result = self._product(result, value)
        return self._inverse(result) if rational < 0 else result

    def _root(self, radicand: Quotient, index: int) -> Quotient:
        """(num/den)^(1/k) = (num * den^(k-1))^(1/k) / den, where den > 0 or k is odd."""
        if index > MAX_DEGREE:
            raise OverBudgetError(f"a root of an index above {MAX_DEGREE}")
        if index > 2 and index % 2 == 0:
            return self._root(self._root(radicand, 2), index // 2)
        num, den = radicand.num, radicand.den
        if den.degree() == 0:
            return Quotient(self._generator(self.multiply(num, {0: _ONE / den[0]}), index), _ONE)
        if den.degree() * (index - 1) > MAX_DEGREE:
            raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
        power = self.multiply(num, {0: den ** (index - 1)})
        # den * sqrt(num/den) has the sign of den: it is not sqrt(num * den), though its square is
        return Quotient(self._generator(power, index, den if index == 2 else _ONE), den)

    def _generator(self, power: Numerator, index: int = 2, sign: fmpq_poly = _ONE) -> Numerator:
        """An s with ``s^index = power`` that is not negative, for index 2 times ``sign``.

        Powers that differ by a plain factor share theirs.
        """
        if not power:
            return {}
        outside = _ONE
        if set(power) == {0}:
            outside, rest = plain_root(power[0], index)
            if rest == _ONE and sign == _ONE:
                return {0: outside}
            power = {0: rest}
        generator = (index, power, sign)
        if generator not in self.generators:
            if len(self.generators) == MAX_GENERATORS:
                raise CannotEliminateError(f"more than {MAX_GENERATORS} roots and absolute values")
            self.generators.append(generator)
        return {1 << self.generators.index(generator) * EXPONENT_BITS: outside}


def _constant(value: Fraction) -> Quotient:
    poly = fmpq_poly([fmpq(value.numerator, value.denominator)])
    return Quotient({0: poly} if value else {}, _ONE)


def _bounded_power(poly: fmpq_poly, times: int) -> fmpq_poly:
    if poly.degree() * times > MAX_DEGREE:
        raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    return poly**times


def _bounded(poly: fmpq_poly) -> fmpq_poly:
    if poly.degree() > MAX_DEGREE:
        raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    return poly
