"""Exact real numbers with pi, e, logarithms and arcs in them.

Such a number is a quotient of two sums of terms ``c * a_1^q_1 * ... * a_n^q_n``: c algebraic, the
q rational, the a positive constants (atoms, see atoms.py), or sines that nothing reduces. Logs of
rationals are over primes, exponentials over exponents independent over the rationals, so a sum
that cancels term by term is 0, and this is the normal proof that two numbers are equal. Different
ones are told apart by balls. What neither cancels nor separates is put to the theorems of
relations.py; failing these it raises ``OverBudgetError``: it is never called 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import arb, ctx, fmpq

from verifiers.algebra import number_text
from verifiers.algebra.atoms import Atom
from verifiers.algebra.exact import Key, Real, Surd
from verifiers.algebra.terms import (
    UNIT,
    Monomial,
    Terms,
    add,
    common,
    divided,
    invert,
    multiply,
    terms_ball,
)
from verifiers.syntax.errors import OverBudgetError

MAX_PRECISION = 4_096  # bits that may be needed to tell two numbers apart
MAX_POWER = 64  # of a sum

_ONE = Real.of(1)


class Transcendental(Real):
    """``num/den``; made by ``make`` and the functions, which give an algebraic number where it
    shows that the value is one."""

    __slots__ = ("_ball", "_sign", "_text", "den", "num")
    rank = 2

    def __init__(self, num: Terms, den: Terms) -> None:
        self.num = num
        self.den = den
        self._text: str | None = None
        self._sign: int | None = None
        self._ball: tuple[int, arb] | None = None

    @property
    def key(self) -> Key:
        return ("transcendental", str(self))

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        """Only a size, for the budgets: there is no separation bound."""
        sizes = [1]
        for terms in (self.num, self.den):
            for monomial, coefficient in terms.items():
                upper, lower, _ = coefficient.bounds()
                sizes += [upper, lower, *(abs(q.numerator).bit_length() for _, q in monomial)]
        return max(sizes), max(sizes), {}

    def ball(self) -> arb:
        if self._ball is None or self._ball[0] != ctx.prec:
            value = terms_ball(self.num)
            if self.den is not UNIT:
                value = value / terms_ball(self.den)
            self._ball = (ctx.prec, value)
        return self._ball[1]

    def sign(self) -> int:
        if self._sign is None:
            self._sign = self._find_sign()
        return self._sign

    def _find_sign(self) -> int:
        from verifiers.algebra.relations import proved_zero  # it needs the functions, they need us

        precision = 64
        while precision <= MAX_PRECISION:
            with ctx.workprec(precision):
                ball = self.ball()
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
            if precision == 256 and proved_zero(self):
                return 0
            precision *= 2
        raise OverBudgetError("numbers that neither a proof nor their digits tell apart")

    @property
    def monomial(self) -> tuple[Monomial, Real] | None:
        """The one term of the number, where it is one."""
        if self.den is UNIT and len(self.num) == 1:
            return next(iter(self.num.items()))
        return None

    def __add__(self, other: Real) -> Real:
        num, den = parts(other)
        if den is self.den:
            return make(add(self.num, num), den)
        return make(add(multiply(self.num, den), multiply(num, self.den)),
                    multiply(self.den, den))  # fmt: skip

    def __mul__(self, other: Real) -> Real:
        num, den = parts(other)
        return make(multiply(self.num, num), multiply(self.den, den))

    def __truediv__(self, other: Real) -> Real:
        if other.sign() == 0:
            raise ZeroDivisionError
        num, den = parts(other)
        return make(multiply(self.num, den), multiply(self.den, num))

    def __radd__(self, other: Real) -> Real:
        return self + other

    def __rmul__(self, other: Real) -> Real:
        return self * other

    def __rtruediv__(self, other: Real) -> Real:
        if self.sign() == 0:
            raise ZeroDivisionError
        num, den = parts(other)
        return make(multiply(num, self.den), multiply(den, self.num))

    def __str__(self) -> str:
        if self._text is None:
            self._text = number_text.quotient_text(self.num, self.den, self.den is UNIT)
        return self._text


def parts(number: Real) -> tuple[Terms, Terms]:
    if isinstance(number, Transcendental):
        return number.num, number.den
    return ({(): number} if number.sign() else {}), UNIT


def make(num: Terms, den: Terms = UNIT) -> Real:
    """``num/den`` in lowest form; a power of a sum with a whole part is multiplied out."""
    if not num:
        return Real.of(0)
    for terms in (num, den):
        if any(atom.whole(q) for monomial in terms for atom, q in monomial):
            return _multiplied_out(num) / _multiplied_out(den)
    if len(den) == 1:
        (monomial, coefficient), = den.items()  # fmt: skip
        if monomial or coefficient is not _ONE:
            inverse = {invert(monomial): _ONE / coefficient}
            num = multiply(num, inverse)
        den = UNIT
        if any(atom.whole(q) for monomial in num for atom, q in monomial):
            return make(num)
        if len(num) == 1 and () in num:
            return num[()]
    else:
        whole = divided(num, den)
        if whole is not None:
            return make(whole)
        lead = min(den, key=number_text.order)
        inverse = {invert(common(den)): _ONE / den[lead]}
        num, den = multiply(num, inverse), multiply(den, inverse)
        if terms_ball(den) < 0:
            num, den = ({m: -c for m, c in terms.items()} for terms in (num, den))
    return Transcendental(num, den)


def term(coefficient: Real, powers: Mapping[Atom, Fraction]) -> Real:
    """``coefficient`` times powers of atoms."""
    if coefficient.sign() == 0:
        return coefficient
    monomial = tuple(sorted(((a, q) for a, q in powers.items() if q), key=lambda p: p[0].text))
    return make({monomial: coefficient})


def _multiplied_out(terms: Terms) -> Real:
    """The sum, with (1 + ln 2)^(3/2) as (1 + ln 2)*(1 + ln 2)^(1/2), cos^2 as 1 - sin^2."""
    total: Real = Real.of(0)
    for monomial, coefficient in terms.items():
        kept: dict[Atom, Fraction] = {}
        product = coefficient
        for atom, q in monomial:
            whole = atom.whole(q)
            kept[atom] = q - whole
            if whole and atom.kind == "cos":
                sine = Atom("sin", f"sin({atom.arg})", atom.arg)
                square = make({(): _ONE, ((sine, Fraction(2)),): -_ONE})
                product = product * whole_power(square, whole // 2)
            elif whole:
                product = product * whole_power(atom.arg, whole)
        total = total + product * term(_ONE, kept)
    return total


def whole_power(base: Real, exponent: int) -> Real:
    if abs(exponent) > MAX_POWER:
        raise OverBudgetError(f"a sum to a power above {MAX_POWER}")
    result: Real = _ONE
    for _ in range(abs(exponent)):
        result = result * base
    return _ONE / result if exponent < 0 else result


def surd_parts(number: Real) -> list[tuple[Real, Fraction]] | None:
    """An algebraic number as a rational combination of 1 and sqrt(d); None for other shapes."""
    if not isinstance(number, Surd):
        return None
    found = [(_ONE, number.a), (Surd(fmpq(0), fmpq(1), number.d), number.b)]
    return [(basis, Fraction(int(q.p), int(q.q))) for basis, q in found if q]
