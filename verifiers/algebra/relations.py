"""Proofs that a number is 0 although its terms do not cancel.

Logarithms: n1 ln a1 + n2 ln a2 + ... + c = 0 exactly if a1^n1 * a2^n2 * ... * e^c = 1.
Arcs and pi: the sum is a multiple of 2 pi exactly if the product of the directions is 1, and the
ball says which multiple.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from flint import arb

from verifiers.algebra.angles import direction
from verifiers.algebra.atoms import Atom
from verifiers.algebra.exact import Real, approximate
from verifiers.algebra.functions import exponential, real_power
from verifiers.algebra.transcendental import Transcendental, make, term
from verifiers.syntax.errors import OverBudgetError

_MAX_MULTIPLE = 64


def proved_zero(number: Transcendental) -> bool:
    """Whether a theorem says that the number, whose ball holds 0, is 0."""
    lead = next(iter(number.num.values()))
    scaled = make({monomial: c / lead for monomial, c in number.num.items()})
    if not isinstance(scaled, Transcendental):
        return False
    try:
        return _logs_cancel(scaled) or _arcs_cancel(scaled)
    except OverBudgetError:
        return False


def _multiples(number: Transcendental, *kinds: str) -> tuple[dict[Atom, int], Real] | None:
    """Whole multiples of atoms of these kinds, and the rest, all multiplied by one integer."""
    forms: dict[Atom, Fraction] = {}
    rest = {}
    for monomial, coefficient in number.num.items():
        rational = coefficient.rational
        single = len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0].kind in kinds
        if single and rational is not None:
            forms[monomial[0][0]] = rational
        else:
            rest[monomial] = coefficient
    common = lcm(*(q.denominator for q in forms.values()))
    if not forms or any(abs(q * common) > _MAX_MULTIPLE for q in forms.values()):
        return None
    whole = {atom: (q * common).numerator for atom, q in forms.items()}
    return whole, make(rest) * Real.of(common)


def _logs_cancel(number: Transcendental) -> bool:
    found = _multiples(number, "ln")
    if found is None:
        return False
    forms, rest = found
    product = exponential(rest)
    for atom, times in forms.items():
        product = product * real_power(atom.arg, Real.of(times))
    if product.algebraic:
        return product == Real.of(1)
    return False  # its own sign could be as hard as this one


def _arcs_cancel(number: Transcendental) -> bool:
    found = _multiples(number, "pi", "arcsin", "arctan")
    if found is None or found[1].sign() or not all(a.arg.algebraic for a in found[0]):
        return False
    angle: Real = Real.of(0)
    for atom, times in found[0].items():
        angle = angle + term(Real.of(times), {atom: Fraction(1)})
    cosine, sine = direction(angle)
    near = abs(approximate(angle, 256)) < arb(1)
    return bool(near) and cosine.sign() > 0 and sine.sign() == 0
