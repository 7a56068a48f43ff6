"""Transcendental numbers as text of our grammar: ``pi/6``, ``1 + ln(3)/ln(2)``, ``2*e^(1/2)``."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verifiers.algebra.atoms import Atom
from verifiers.algebra.exact import Real

_MAX_JOINED = 10**12  # ln(2) + ln(5) is shown as ln(10) up to here

_Monomial = tuple[tuple[Atom, Fraction], ...]


def order(monomial: _Monomial) -> tuple[tuple[str, Fraction], ...]:
    """A fixed order of terms."""
    return tuple((atom.text, q) for atom, q in monomial)


def quotient_text(num: Mapping[_Monomial, Real], den: Mapping[_Monomial, Real], whole: bool) -> str:
    if whole:
        return _sum_text(num)
    above, below = _sum_text(num), _sum_text(den)
    above = f"({above})" if " " in above else above
    plain = below.startswith("ln(") and below.count("(") == 1
    return f"{above}/{below}" if plain else f"{above}/({below})"


def _sum_text(terms: Mapping[_Monomial, Real]) -> str:
    joined = _joined_logs(terms)
    if joined is not None:
        return joined
    text = ""
    for monomial in sorted(terms, key=order):
        part = _term_text(terms[monomial], monomial)
        text = (
            part if not text else f"{text} - {part[1:]}" if part[0] == "-" else f"{text} + {part}"
        )
    return text


def _joined_logs(terms: Mapping[_Monomial, Real]) -> str | None:
    """``ln(10)`` for ln(2) + ln(5), also with one factor before them all."""
    if len(terms) < 2:
        return None
    product, factor = Fraction(1), None
    for monomial, coefficient in terms.items():
        rational, logs = coefficient.rational, [a for a, q in monomial if a.kind == "ln" and q == 1]
        rest = [(a, q) for a, q in monomial if a not in logs]
        base = logs[0].arg.rational if len(logs) == 1 else None
        if rational is None or base is None or rational.denominator > 1 or abs(rational) > 40:
            return None
        if factor is not None and rest != factor:
            return None
        factor = rest
        product *= base**rational.numerator
        if max(product.numerator, product.denominator) > _MAX_JOINED:
            return None
    sign, product = (-1, 1 / product) if product < 1 else (1, product)
    log = Atom("ln", f"ln({product})", Real.of(product))
    assert factor is not None
    return _term_text(Real.of(sign), (*factor, (log, Fraction(1))))


def _term_text(coefficient: Real, monomial: _Monomial) -> str:
    above = [_power_text(atom, q) for atom, q in monomial if q > 0]
    below = [_power_text(atom, -q) for atom, q in monomial if q < 0]
    rational = coefficient.rational
    sign = ""
    if rational is None:
        text = str(coefficient)
        above.insert(0, f"({text})" if monomial else text)
        if not monomial:
            return text
    else:
        sign = "-" if rational < 0 else ""
        if abs(rational.numerator) != 1 or not above:
            above.insert(0, str(abs(rational.numerator)))
        if rational.denominator > 1:
            below.insert(0, str(rational.denominator))
    text = sign + "*".join(above)
    if not below:
        return text
    return f"{text}/{below[0]}" if len(below) == 1 else f"{text}/({'*'.join(below)})"


def _power_text(atom: Atom, q: Fraction) -> str:
    text = f"({atom.text})" if atom.kind == "sum" else atom.text
    if q == 1:
        return text
    if q == Fraction(1, 2):
        return f"sqrt({atom.text})"
    return f"{text}^{q}" if q.denominator == 1 and q > 0 else f"{text}^({q})"
