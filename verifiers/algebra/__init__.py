"""Exact real numbers, the value of a tree at a point, and polynomials over the rationals."""

from verifiers.algebra.evaluate import NotAlgebraicError, Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.polynomial import polynomial_form

__all__ = ["NotAlgebraicError", "Real", "Undefined", "evaluate", "polynomial_form"]
