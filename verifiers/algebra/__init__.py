"""Exact real numbers, the value of a tree at a point, and polynomials over the rationals."""

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.polynomial import polynomial_form
from verifiers.algebra.sets import RealSet

__all__ = ["Real", "RealSet", "Undefined", "evaluate", "polynomial_form"]
