"""Roots, powers and logarithms as symbols, taken apart along products and along each other.

``ln p`` stands for the logarithm of the size of p, and a power of p with names in its exponent for
that of its size: where ``ln(a*b)`` exists it is ``ln|a| + ln|b|``. What stands under a logarithm,
or under such a power, is positive wherever the expression exists: that is noted, and says which of
a and -a is ``|a|``.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from verifiers.algebra.symbol_ring import MAX_POWER, Fractional, NoProofError, SymbolRing
from verifiers.syntax.ast import Expr


class PowerForm(SymbolRing):
    """Each method gives what is equal to the root, power or logarithm wherever that exists."""

    def __init__(self, *exprs: Expr) -> None:
        super().__init__(*exprs)
        self._logs: dict[str, Fractional] = {}  # of symbols
        self._powers: dict[str, tuple[fmpq_mpoly, Fractional]] = {}  # symbols of |p|^term
        self._of_logs: list[tuple[int, fmpq_mpoly]] = []  # where the symbol ln p is, and p
        self._signs: dict[str, int] = {}  # of what stands under logarithms and powers

    def note_positive(self, value: Fractional) -> None:
        """The sign of the one factor that decides whether the quotient is positive."""
        sign, odd = 1, []
        for poly, power in self.factors(*value):
            if poly.is_constant():
                sign *= self.sign_of_constant(poly) ** power
            elif power % 2:
                odd.append(poly)
        if len(odd) == 1:
            self._signs[str(odd[0])] = sign

    @staticmethod
    def sign_of_constant(poly: fmpq_mpoly) -> int:
        return 1 if poly and poly.leading_coefficient() > 0 else -1

    def root(self, index: int, radicand: Fractional) -> Fractional:
        """A root of index 4 is that of a root, and an odd root of a square root a square root."""
        num, den = self.checked(*radicand)
        if index % 2 == 0:
            inner = (num, den) if index == 2 else self.root(index // 2, (num, den))
            return self._rooted(2, *inner), self.one
        result = (self.one, self.one)
        for poly, power in self.factors(num, den):
            square = self._under_square_root(poly)
            if square is None:
                sized = (self._rooted(index, poly, self.one), self.one)
            else:
                sized = self.root(2, self.root(index, square))
            result = self.times(result, self.to_the(sized, power))
        return result

    def log(self, arg: Fractional) -> Fractional:
        """The sum of the logarithms of the sizes of all factors; ``arg`` is positive."""
        total = self.zero
        for poly, power in self.factors(*self.checked(*arg)):
            if str(poly) not in ("1", "-1"):
                own = self._logs.get(str(poly)) or (self._log_symbol(poly), self.one)
                total = self.plus(total, self.scaled(own, Fraction(power)))
        return total

    def exponential(self, base: Fractional, exponent: Fractional) -> Fractional:
        """``base^exponent`` for a positive base, term by term of the exponent."""
        base = self.checked(*base)
        num, den = self.checked(*exponent)
        result = (self.one, self.one)
        for powers, coefficient in num.terms():
            monomial = self.context.from_dict({tuple(map(int, powers)): fmpq(1)})
            term = self.checked(monomial, den)
            rate = Fraction(int(coefficient.p), int(coefficient.q))
            result = self.times(result, self._one_term(base, term, rate))
        return result

    def rational_power(self, base: Fractional, power: Fraction) -> Fractional:
        if abs(power.numerator) > MAX_POWER or power.denominator > MAX_POWER:
            raise NoProofError("a power whose exponent is no small number")
        below = self.root(power.denominator, base) if power.denominator > 1 else base
        return self.to_the(below, power.numerator)

    def constant_symbol(self, name: str) -> fmpq_mpoly:
        symbol, is_new = self.symbol(name)
        if is_new and name == "e":
            self._logs[str(symbol)] = (self.one, self.one)
        return symbol

    def _one_term(self, base: Fractional, term: Fractional, rate: Fraction) -> Fractional:
        """``base^(rate*term)``; with logarithms about, as ``e^(rate*term*ln(base))``."""
        if term[0] == term[1]:
            return self.rational_power(base, rate)
        result = (self.one, self.one)
        if not self.takes_logs:
            for poly, power in self.factors(*base):
                if str(poly) not in ("1", "-1"):
                    own = self._power_of_size(poly, term, rate * power)
                    result = self.times(result, own)
            return result
        num, den = self.times(term, self.log(base))
        for powers, coefficient in num.terms():
            monomial = self.context.from_dict({tuple(map(int, powers)): fmpq(1)})
            own_rate = rate * Fraction(int(coefficient.p), int(coefficient.q))
            result = self.times(result, self._power_of_e(self.checked(monomial, den), own_rate))
        return result

    def _power_of_e(self, term: Fractional, rate: Fraction) -> Fractional:
        """``e^(rate*term)``, where a factor ln p of the term makes it a power of p."""
        for at, poly in self._of_logs:
            if int(term[0].degrees()[at]):
                rest = self.times(term, (self.one, self.context.gens()[at]))
                if rest[0] == rest[1]:
                    return self.rational_power(self._size(poly), rate)
                return self._power_of_size(poly, rest, rate)
        e = self.constant_symbol("e")
        if term[0] == term[1]:
            return self.rational_power((e, self.one), rate)
        return self._power_of_size(e, term, rate)

    def _power_of_size(self, poly: fmpq_mpoly, term: Fractional, rate: Fraction) -> Fractional:
        """``|poly|^(rate*term)``; of a power (a^b)^c it is a^(b*c)."""
        if str(poly) in self._powers:
            poly, own = self._powers[str(poly)]
            term = self.times(own, term)
            if term[0] == term[1]:
                return self.rational_power(self._size(poly), rate)
        symbol, is_new = self.symbol("exp", str(poly), f"{term[0]} | {term[1]}")
        if is_new:
            self._powers[str(symbol)] = (poly, term)
            if self.takes_logs:
                self._logs[str(symbol)] = self.times(term, self.log((poly, self.one)))
        return self.rational_power((symbol, self.one), rate)

    def _size(self, poly: fmpq_mpoly) -> Fractional:
        """``|poly|``."""
        if poly.is_constant():
            return poly * self.sign_of_constant(poly), self.one
        if str(poly) in self._signs:
            return poly * self._signs[str(poly)], self.one
        return self.root(2, (poly**2, self.one))

    def _log_symbol(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        symbol, is_new = self.symbol("ln", str(poly))
        if is_new:
            self._of_logs.append((self.at(symbol), poly))
        return symbol

    def _rooted(self, index: int, num: fmpq_mpoly, den: fmpq_mpoly) -> fmpq_mpoly:
        if num == den or (num == -den and index % 2):
            return num / den
        symbol, is_new = self.symbol("root", str(index), f"{num} | {den}")
        if is_new:
            self.rules.append((self.at(symbol), index, num, den))
            if self.takes_logs:
                self._logs[str(symbol)] = self.scaled(self.log((num, den)), Fraction(1, index))
        return symbol

    def _under_square_root(self, poly: fmpq_mpoly) -> Fractional | None:
        """What stands under the root, where the polynomial is the symbol of a square root."""
        for key, symbol in self.symbols.items():
            if key[:2] == ("root", "2") and symbol == poly:
                return next((num, den) for at, _, num, den in self.rules if at == self.at(symbol))
        return None
