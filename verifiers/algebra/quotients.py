"""Quotients of polynomials in several unknowns, under budgets."""

from __future__ import annotations

from typing import TypeAlias

from flint import fmpq_mpoly

from verifiers.syntax.errors import OverBudgetError

MAX_TERMS = 4_000  # pairs of terms of two polynomials that are multiplied
MAX_DEGREE = 32

Fractional: TypeAlias = tuple[fmpq_mpoly, fmpq_mpoly]
"""A numerator and a denominator."""


def lowest_terms(num: fmpq_mpoly, den: fmpq_mpoly) -> Fractional:
    if den.is_one():
        return num, den
    common = num.gcd(den)
    num, den = num / common, den / common
    lead = den.leading_coefficient()
    return num / lead, den / lead


def times(left: fmpq_mpoly, right: fmpq_mpoly) -> fmpq_mpoly:
    if right.is_one():
        return left
    if left.is_one():
        return right
    if len(left) * len(right) > MAX_TERMS:
        raise OverBudgetError(f"a product of more than {MAX_TERMS} terms")
    if left.total_degree() + right.total_degree() > MAX_DEGREE:
        raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    return left * right


def definite_sign(poly: fmpq_mpoly) -> int:
    """The sign of a polynomial that has no real zero; 0 where that is not seen.

    One that is quadratic in an unknown, with a constant leading coefficient, has no zero if its
    discriminant is negative everywhere.
    """
    if poly.is_constant():
        return 1 if poly.leading_coefficient() > 0 else -1
    for index, degree in enumerate(poly.degrees()):
        if degree == 2:
            leading = poly.derivative(index).derivative(index)
            if leading.is_constant() and definite_sign(poly.discriminant(index)) < 0:
                return 1 if leading.leading_coefficient() > 0 else -1
    return 0
