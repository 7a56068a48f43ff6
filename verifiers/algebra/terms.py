"""Sums of terms ``c * a_1^q_1 * ... * a_n^q_n``: c algebraic, the q rational, the a atoms."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from flint import arb

from verifiers.algebra.atoms import Atom
from verifiers.algebra.exact import Real
from verifiers.syntax.errors import OverBudgetError

MAX_TERMS = 200

Monomial: TypeAlias = tuple[tuple[Atom, Fraction], ...]
Terms: TypeAlias = dict[Monomial, Real]

_ONE = Real.of(1)
UNIT: Terms = {(): _ONE}


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
            _accumulate(result, join(monomial, other), coefficient * factor)
    return result


def add(left: Terms, right: Terms) -> Terms:
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


def join(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, q in right:
        powers[atom] = powers.get(atom, Fraction(0)) + q
    return tuple(sorted(((a, q) for a, q in powers.items() if q), key=lambda p: p[0].text))


def common(terms: Terms) -> Monomial:
    """The powers that every term has as a factor."""
    first, *others = (dict(monomial) for monomial in terms)
    shared = {a: min(q, *(o[a] for o in others)) for a, q in first.items()
              if all(a in o for o in others)}  # fmt: skip
    return tuple(shared.items())


def divided(num: Terms, den: Terms) -> Terms | None:
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
        step = {join(highest, inverse): num[highest] / den[lead]}
        result = add(result, step)
        num = add(num, multiply(multiply(step, {(): -_ONE}), den))
        if not num:
            return result
    return None


def terms_ball(terms: Terms) -> arb:
    total = arb(0)
    for monomial, coefficient in terms.items():
        value = coefficient.ball()
        for atom, q in monomial:
            value = value * atom.power_ball(q)
        total = total + value
    return total
