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
from typing import TypeAlias

from flint import arb, ctx, fmpq

from verifiers.algebra import number_text
from verifiers.algebra.atoms import Atom
from verifiers.algebra.exact import Key, Real, Surd
from verifiers.algebra.radicals import power
from verifiers.syntax.errors import OverBudgetError

MAX_TERMS = 200
MAX_PRECISION = 4_096  # bits that may be needed to tell two numbers apart
MAX_POWER = 64  # of a sum

Monomial: TypeAlias = tuple[tuple[Atom, Fraction], ...]
Terms: TypeAlias = dict[Monomial, Real]

_ONE = Real.of(1)
UNIT: Terms = {(): _ONE}


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
            value = _ball(self.num)
            if self.den is not UNIT:
                value = value / _ball(self.den)
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
            return make(_add(self.num, num), den)
        return make(_add(multiply(self.num, den), multiply(num, self.den)),
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
        whole = _divided(num, den)
        if whole is not None:
            return make(whole)
        lead = min(den, key=number_text.order)
        inverse = {invert(_common(den)): _ONE / den[lead]}
        num, den = multiply(num, inverse), multiply(den, inverse)
        if _ball(den) < 0:
            num, den = ({m: -c for m, c in terms.items()} for terms in (num, den))
    return Transcendental(num, den)


def term(coefficient: Real, powers: Mapping[Atom, Fraction]) -> Real:
    """``coefficient`` times powers of atoms."""
    if coefficient.sign() == 0:
        return coefficient
    monomial = tuple(sorted(((a, q) for a, q in powers.items() if q), key=lambda p: p[0].text))
    return make({monomial: coefficient})


def transcendental_power(base: Transcendental, exponent: Fraction) -> Real:
    """``base ** exponent``; the base is not negative where the exponent has an even denominator."""
    if exponent == 0:
        return _ONE
    if max(abs(exponent.numerator), exponent.denominator).bit_length() > 64:
        raise OverBudgetError("a power with an exponent of more than 64 bits")
    if exponent.denominator > 1 and base.sign() < 0:
        positive = -base
        assert isinstance(positive, Transcendental)
        root = transcendental_power(positive, exponent)
        return -root if exponent.numerator % 2 else root
    single = base.monomial
    if single is not None and (exponent.denominator == 1 or all(a.positive for a, _ in single[0])):
        monomial, coefficient = single
        return make({tuple((a, q * exponent) for a, q in monomial): power(coefficient, exponent)})
    if exponent.denominator == 1:
        return _whole_power(base, exponent.numerator)
    if exponent.denominator == 2 and (root_of := _square_root(base)) is not None:
        return power_of(root_of, exponent.numerator)
    monomial = min(base.num, key=number_text.order)
    lead: Real = make({monomial: base.num[monomial]})
    rest = base / (abs(lead) if all(a.positive for a, _ in monomial) else _ONE)
    outer = base / rest
    atom = Atom("sum", str(rest), rest)
    scale = (
        transcendental_power(outer, exponent)
        if isinstance(outer, Transcendental)
        else power(outer, exponent)
    )
    return scale * term(_ONE, {atom: exponent})


def _square_root(number: Transcendental) -> Real | None:
    """The root of the square of a sum of terms: sqrt(ln(2)^2 + 2*ln(2)*ln(3) + ln(3)^2)."""
    parts_: list[Real] = []
    for terms in (number.num, number.den):
        squares = [
            (tuple((a, q / 2) for a, q in monomial), power(c, Fraction(1, 2)))
            for monomial, c in terms.items()
            if c.sign() > 0 and all((q / 2).denominator == 1 for _, q in monomial)
        ]
        if not squares:
            return None
        first, size = squares[0]
        guess: Real = make({first: size})
        for other, own in squares[1:]:
            mixed = terms.get(_join(first, other))
            if mixed is not None:
                guess = guess + make({other: own if mixed.sign() > 0 else -own})
        parts_.append(guess)
    found = abs(parts_[0] / parts_[1])
    square = parts(found * found - number)[0]
    return None if square else found


def power_of(base: Real, exponent: int) -> Real:
    """A whole power of any number."""
    if isinstance(base, Transcendental):
        return transcendental_power(base, Fraction(exponent))
    return power(base, Fraction(exponent))


def invert(monomial: Monomial) -> Monomial:
    return tuple((atom, -q) for atom, q in monomial)


def multiply(left: Terms, right: Terms) -> Terms:
    if left is UNIT:
        return right
    if right is UNIT:
        return left
    if len(left) * len(right) > MAX_TERMS:
        raise OverBudgetError(f"a number of more than {MAX_TERMS} terms")
    result: Terms = {}
    for monomial, coefficient in left.items():
        for other, factor in right.items():
            _accumulate(result, _join(monomial, other), coefficient * factor)
    return result


def _add(left: Terms, right: Terms) -> Terms:
    result = dict(left)
    for monomial, coefficient in right.items():
        _accumulate(result, monomial, coefficient)
    if len(result) > MAX_TERMS:
        raise OverBudgetError(f"a number of more than {MAX_TERMS} terms")
    return result


def _accumulate(terms: Terms, monomial: Monomial, coefficient: Real) -> None:
    if monomial in terms:
        coefficient = terms[monomial] + coefficient
        if coefficient.sign() == 0:
            del terms[monomial]
            return
    terms[monomial] = coefficient


def _join(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, q in right:
        powers[atom] = powers.get(atom, Fraction(0)) + q
    return tuple(sorted(((a, q) for a, q in powers.items() if q), key=lambda p: p[0].text))


def _common(terms: Terms) -> Monomial:
    """The powers that every term has as a factor."""
    first, *others = (dict(monomial) for monomial in terms)
    shared = {a: min(q, *(o[a] for o in others)) for a, q in first.items()
              if all(a in o for o in others)}  # fmt: skip
    return tuple(shared.items())


def _divided(num: Terms, den: Terms) -> Terms | None:
    """num/den where it is a sum of few terms: by long division."""
    atoms = sorted({a for terms in (num, den) for m in terms for a, _ in m}, key=lambda a: a.text)

    def powers(monomial: Monomial) -> list[Fraction]:  # an order that multiplication keeps
        own = dict(monomial)
        return [own.get(atom, Fraction(0)) for atom in atoms]

    lead = max(den, key=powers)
    inverse = invert(lead)
    result: Terms = {}
    for _ in range(len(num)):
        highest = max(num, key=powers)
        step = {_join(highest, inverse): num[highest] / den[lead]}
        result = _add(result, step)
        num = _add(num, multiply(multiply(step, {(): -_ONE}), den))
        if not num:
            return result
    return None


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
                product = product * _whole_power(square, whole // 2)
            elif whole:
                product = product * _whole_power(atom.arg, whole)
        total = total + product * term(_ONE, kept)
    return total


def _whole_power(base: Real, exponent: int) -> Real:
    if abs(exponent) > MAX_POWER:
        raise OverBudgetError(f"a sum to a power above {MAX_POWER}")
    result: Real = _ONE
    for _ in range(abs(exponent)):
        result = result * base
    return _ONE / result if exponent < 0 else result


def _ball(terms: Terms) -> arb:
    total = arb(0)
    for monomial, coefficient in terms.items():
        value = coefficient.ball()
        for atom, q in monomial:
            value = value * atom.power_ball(q)
        total = total + value
    return total


def surd_parts(number: Real) -> list[tuple[Real, Fraction]] | None:
    """An algebraic number as a rational combination of 1 and sqrt(d); None for other shapes."""
    if not isinstance(number, Surd):
        return None
    found = [(_ONE, number.a), (Surd(fmpq(0), fmpq(1), number.d), number.b)]
    return [(basis, Fraction(int(q.p), int(q.q))) for basis, q in found if q]
