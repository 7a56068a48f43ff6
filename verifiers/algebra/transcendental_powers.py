"""Rational powers of numbers with pi, e, logarithms and arcs in them."""

from __future__ import annotations

from fractions import Fraction

from verifiers.algebra import number_text
from verifiers.algebra.atoms import Atom
from verifiers.algebra.exact import Real
from verifiers.algebra.radicals import power
from verifiers.algebra.terms import join
from verifiers.algebra.transcendental import Transcendental, make, parts, term, whole_power
from verifiers.syntax.errors import OverBudgetError

_ONE = Real.of(1)


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
        return whole_power(base, exponent.numerator)
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
            mixed = terms.get(join(first, other))
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
