"""Proofs that a number is 0 although its terms do not cancel.

Rational combinations of logarithms of algebraic numbers: n1 ln a1 + n2 ln a2 + ... = 0 exactly if
a1^n1 * a2^n2 * ... = 1. Of arcs and pi: the sum is a multiple of 2 pi exactly if the product of the
directions is 1, and the ball says which multiple.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from flint import arb

from verifiers.algebra.angles import direction
from verifiers.algebra.atoms import PI, Atom
from verifiers.algebra.exact import Real, approximate
from verifiers.algebra.radicals import power
from verifiers.algebra.transcendental import Transcendental, make, rational_coefficients, term
from verifiers.syntax.errors import OverBudgetError

_MAX_MULTIPLE = 64


def proved_zero(number: Transcendental) -> bool:
    """Whether a theorem says that the number, whose ball holds 0, is 0."""
    forms = _linear(number)
    if forms is None:
        return False
    try:
        if all(atom.kind == "ln" for atom in forms):
            return _logs_cancel(forms)
        if all(atom == PI or atom.kind in ("arcsin", "arctan") for atom in forms):
            return _arcs_cancel(forms)
    except OverBudgetError:
        return False
    return False


def _linear(number: Transcendental) -> dict[Atom, int] | None:
    """Whole multiples of single atoms, up to a common factor; None for other shapes."""
    lead = next(iter(number.num.values()))
    scaled = make({monomial: c / lead for monomial, c in number.num.items()})
    if not isinstance(scaled, Transcendental):
        return None
    terms = rational_coefficients(scaled.num)
    if terms is None:
        return None
    common = lcm(*(q.denominator for q in terms.values()))
    result = {}
    for monomial, q in terms.items():
        if len(monomial) != 1 or monomial[0][1] != 1 or not monomial[0][0].arg.algebraic:
            return None
        if abs(q * common) > _MAX_MULTIPLE:
            return None
        result[monomial[0][0]] = (q * common).numerator
    return result


def _logs_cancel(forms: dict[Atom, int]) -> bool:
    product = Real.of(1)
    for atom, times in forms.items():
        product = product * power(atom.arg, Fraction(times))
    return product == Real.of(1)


def _arcs_cancel(forms: dict[Atom, int]) -> bool:
    angle = Real.of(0)
    for atom, times in forms.items():
        angle = angle + term(Real.of(times), {atom: Fraction(1)})
    cosine, sine = direction(angle)
    near = abs(approximate(angle, 256)) < arb(1)
    return bool(near) and cosine.sign() > 0 and sine.sign() == 0
