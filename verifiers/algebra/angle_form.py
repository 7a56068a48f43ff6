"""Functions of angles as polynomials in cosines and sines, by the addition theorem.

An angle is a sum of rational multiples of terms. Of each term all multiples that occur are whole
ones of a unit, so that sin(2a) beside sin(a) becomes 2*sin(a)*cos(a).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from flint import fmpq, fmpq_mpoly

from verifiers.algebra.cosines import cosine_of_turn, sine_of_turn
from verifiers.algebra.exact import Real
from verifiers.algebra.power_form import PowerForm
from verifiers.algebra.symbol_ring import Fractional
from verifiers.algebra.transcendental import surd_parts
from verifiers.syntax.ast import Expr

MAX_MULTIPLE = 8
MAX_ANGLES = 4  # terms in one sum


class AngleForm(PowerForm):
    """``unit``s are learned while expressions are read: a second reading knows all of them."""

    def __init__(self, *exprs: Expr) -> None:
        super().__init__(*exprs)
        self._units: dict[str, Fraction] = {}  # by term

    def of_angle(self, name: str, angle: Fractional) -> Fractional:
        """The sine, cosine, ... of an angle."""
        cosine, sine = (self.one, self.one), self.zero
        for term, rate in self._terms(*self.checked(*angle)):
            step = self._multiple(term, rate)
            cosine, sine = self._turned((cosine, sine), step)
        one = (self.one, self.one)
        quotients = {
            "sin": (sine, one),
            "cos": (cosine, one),
            "tan": (sine, cosine),
            "cot": (cosine, sine),
            "sec": (one, cosine),
            "csc": (one, sine),
        }
        above, below = quotients[name]
        return self.times(above, below[::-1])

    def _terms(self, num: fmpq_mpoly, den: fmpq_mpoly) -> list[tuple[str, Fraction]]:
        """The terms of an angle, each with how many times it is taken; at most one if too many."""
        if len(num) > MAX_ANGLES:
            lead = num.leading_coefficient()
            rate = Fraction(int(lead.p), int(lead.q))
            return [(f"{num / lead} | {den}", rate)]
        terms = []
        for powers, coefficient in num.terms():
            monomial = self.context.from_dict({tuple(map(int, powers)): fmpq(1)})
            above, below = self.checked(monomial, den)
            terms.append((f"{above} | {below}", Fraction(int(coefficient.p), int(coefficient.q))))
        return terms

    def _multiple(self, term: str, rate: Fraction) -> tuple[Fractional, Fractional]:
        """Cosine and sine of ``rate*term``."""
        if term == f"{self.constant_symbol('pi')} | 1":
            known = self._number(cosine_of_turn(rate)), self._number(sine_of_turn(rate))
            if known[0] is not None and known[1] is not None:
                return known[0], known[1]
        unit = self._units[term] = _common(self._units.get(term), abs(rate))
        if abs(rate) > MAX_MULTIPLE * unit:
            unit = abs(rate)
        cosine, _ = self.symbol("cos", str(unit), term)
        sine, is_new = self.symbol("sin", str(unit), term)
        if is_new:
            self.rules.append((self.at(sine), 2, 1 - cosine**2, self.one))
        step = (cosine, self.one), (sine if rate > 0 else -sine, self.one)
        result = (self.one, self.one), self.zero
        for _ in range(int(abs(rate) / unit)):
            result = self._turned(result, step)
        return result

    def _number(self, value: Real) -> Fractional | None:
        """A number of a quadratic field, such as the cosine of pi/6; None for another."""
        if value.rational is not None:
            return self.constant(value.rational), self.one
        total = self.zero
        for basis, times in surd_parts(value) or []:
            unit = (basis * basis).rational
            assert unit is not None
            total = self.plus(
                total, self.scaled(self.root(2, (self.constant(unit), self.one)), times)
            )
        return total if total[0] else None

    def _turned(
        self, left: tuple[Fractional, Fractional], right: tuple[Fractional, Fractional]
    ) -> tuple[Fractional, Fractional]:
        """Cosine and sine of the sum of two angles."""
        negative = (-right[1][0], right[1][1])
        return (
            self.plus(self.times(left[0], right[0]), self.times(left[1], negative)),
            self.plus(self.times(left[0], right[1]), self.times(left[1], right[0])),
        )


def _common(known: Fraction | None, rate: Fraction) -> Fraction:
    """The largest number of which both are whole multiples."""
    if known is None:
        return rate
    below = lcm(known.denominator, rate.denominator)
    return Fraction(gcd(int(known * below), int(rate * below)), below)
