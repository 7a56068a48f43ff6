"""Sums of P_j(x)*e^(phi_j(x)), P_j and phi_j polynomials with exact real coefficients."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import TypeAlias

from verifiers.algebra.exact import Real
from verifiers.algebra.functions import exponential
from verifiers.algebra.real_poly import (
    ONE,
    RealPoly,
    add,
    derivative,
    multiply,
    ratio,
    rational,
    scale,
)
from verifiers.syntax.errors import OverBudgetError

MAX_TERMS = 24
MAX_DERIVATIVES = 6

ExpPoly: TypeAlias = tuple[tuple[RealPoly, RealPoly], ...]
"""Pairs (phi_j, P_j): no phi twice, none with a constant, no P that is 0; () is 0."""


def add_terms(left: ExpPoly, right: ExpPoly) -> ExpPoly:
    terms = list(left)
    for exponent, poly in right:
        for index, (known, other) in enumerate(terms):
            if len(known) == len(exponent) and known == exponent:
                terms[index] = (known, add(other, poly))
                break
        else:
            terms.append((exponent, poly))
    if len(terms) > MAX_TERMS:
        raise OverBudgetError(f"more than {MAX_TERMS} exponentials")
    return tuple(term for term in terms if term[1])


def multiply_terms(left: ExpPoly, right: ExpPoly) -> ExpPoly:
    result: ExpPoly = ()
    for exponent, poly in left:
        for other, factor in right:
            result = add_terms(result, ((add(exponent, other), multiply(poly, factor)),))
    return result


def common_factor(terms: ExpPoly) -> RealPoly | None:
    """A polynomial of degree 1 or more that divides every P_j; None where none is known."""
    first = terms[0][1]
    if len(first) > 1 and all(ratio(poly, first) is not None for _, poly in terms):
        return first
    shared = None
    for _, poly in terms:
        each = rational(poly)
        if each is None:
            return None
        shared = each if shared is None else shared.gcd(each)
    assert shared is not None
    return tuple(Real.of(each) for each in shared.coeffs()) if shared.degree() > 0 else None


def divided(terms: ExpPoly, factor: RealPoly) -> ExpPoly:
    """The terms without a factor from ``common_factor``."""
    result = []
    below = rational(factor)
    for exponent, poly in terms:
        above = rational(poly)
        if below is not None and above is not None:
            lead = poly[-1]
            quotient = tuple(lead * Real.of(c) for c in (above / below).coeffs())
            result.append((exponent, quotient))
        else:
            result.append((exponent, (poly[-1] / factor[-1],)))
    return tuple(result)


def in_one_power(terms: ExpPoly) -> tuple[RealPoly, dict[int, Real]] | None:
    """``psi`` and coefficients by n with f = e^phi * sum of c_n*e^(n*psi), all P_j constant.

    None where the exponents are not whole multiples of one, or a P_j has the unknown in it.
    """
    if any(len(poly) > 1 for _, poly in terms):
        return None
    start = terms[0][0]
    gaps = [add(exponent, scale(start, -ONE)) for exponent, _ in terms[1:]]
    times = [Fraction(0)]
    for gap in gaps:
        quotient = ratio(gap, gaps[0])
        value = None if quotient is None else quotient.rational
        if value is None:
            return None
        times.append(value)
    below = lcm(*(each.denominator for each in times))
    whole = [int(each * below) for each in times]
    unit = gcd(*whole)
    psi = scale(gaps[0], Real.of(Fraction(unit, below)))
    least = min(whole)
    return psi, {(n - least) // unit: poly[0] for n, (_, poly) in zip(whole, terms, strict=True)}


def zero_bound(terms: ExpPoly, derivatives: int = MAX_DERIVATIVES) -> int | None:
    """A number that the real zeros, counted with multiplicity, do not exceed; phi_j = k_j*x.

    Constant P_j: the changes of sign in the order of the k_j (Laguerre's form of Descartes' rule).
    Else Rolle: at most one more than the derivative of f*e^(-k_j*x) has, for any j.
    """
    if any(len(exponent) > 2 for exponent, _ in terms):
        return None
    if all(len(poly) == 1 for _, poly in terms):
        ordered = sorted(terms, key=lambda term: term[0][1] if term[0] else Real.of(0))
        signs = [poly[0].sign() for _, poly in ordered]
        return sum(left != right for left, right in pairwise(signs))
    if not derivatives:
        return None
    bounds = []
    for exponent, poly in terms:
        if len(poly) > 1:
            following = _derivative(multiply_terms(terms, ((scale(exponent, -ONE), (ONE,)),)))
            bound = zero_bound(following, derivatives - 1) if following else 0
            if bound is not None:
                bounds.append(bound + 1)
    return min(bounds, default=None)


def _derivative(terms: ExpPoly) -> ExpPoly:
    result: ExpPoly = ()
    for exponent, poly in terms:
        slope = add(derivative(poly), multiply(poly, derivative(exponent)))
        if slope:
            result = add_terms(result, ((exponent, slope),))
    return result


def order_of_zero(terms: ExpPoly, at: Real) -> int:
    """How many derivatives, the 0th included, are 0 there before the first that is not."""
    order = 0
    while terms and order <= MAX_DERIVATIVES and value(terms, at).sign() == 0:
        terms = _derivative(terms)
        order += 1
    return order


def value(terms: ExpPoly, at: Real) -> Real:
    total: Real = Real.of(0)
    for exponent, poly in terms:
        total = total + _at(poly, at) * exponential(_at(exponent, at))
    return total


def _at(poly: RealPoly, number: Real) -> Real:
    total: Real = Real.of(0)
    for coefficient in reversed(poly):
        total = total * number + coefficient
    return total
