"""Whether two expressions in several names are the same function, by proof.

Both become quotients of polynomials in the names and in symbols for roots, logarithms and the like.
A difference that is 0 proves them equal wherever both exist; of square roots and absolute values
the cases of signs may prove it where that form does not. Without symbols, another difference proves
them different; with symbols a point does at which both exist and differ, by exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from verifiers.algebra.by_signs import agree_by_signs
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real, approximate
from verifiers.algebra.normal_form import NoProofError, NormalForm
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

__all__ = ["NoProofError", "identical"]

_POINTS = 24
_DIGITS = 128  # bits
_ENOUGH = 3  # points that bear out what a normal form proves


def identical(left: Expr, right: Expr) -> bool:
    """Whether the two are equal wherever both exist; raises ``NoProofError``."""
    try:
        form = NormalForm(left, right)
        (a, b), (c, d) = form.quotient(left), form.quotient(right)
    except ZeroDivisionError as error:
        raise NoProofError("a denominator is 0 everywhere") from error
    if form.is_rational:
        return bool(a == c and b == d)
    is_same = not form.reduced(a * d - b * c)
    num_equal = 0
    for point in _points(free_names(left) | free_names(right)):
        agrees = _agree(left, right, point, is_same)
        if agrees is False:
            return False
        num_equal += agrees is True
        if is_same and num_equal == _ENOUGH:
            return True
    if num_equal and (is_same or agree_by_signs(left, right)):
        return True
    raise NoProofError("equal at every point that was tried, but not by a rule known here")


def _points(names: frozenset[str]) -> Iterator[dict[str, Real]]:
    """Points in general position: roots and denominators of usual expressions exist at some.

    Positive ones first, then all combinations of signs of up to three names, in both orders of
    size, large and below 1.
    """
    ordered = sorted(names)
    for index in range(_POINTS):
        point: dict[str, Real] = {}
        for at, name in enumerate(ordered if index % 2 else reversed(ordered)):
            size = Fraction(7 * index + 5 * at + 2, 1 + index % 6)
            if index % 3 == 2:
                size = 1 / (1 + size)
            is_negative = (index // 3) >> (at % 3) & 1
            point[name] = Real.of(-size if is_negative else size)
        yield point


def _agree(left: Expr, right: Expr, point: dict[str, Real], is_proved: bool) -> bool | None:
    """Whether they are equal at a point; None where one does not exist or is too large there.

    Of what is proved, digits only bear it out.
    """
    try:
        first, second = evaluate(left, point), evaluate(right, point)
        if isinstance(first, Undefined) or isinstance(second, Undefined):
            return None
        if is_proved:
            return bool(approximate(first, _DIGITS).overlaps(approximate(second, _DIGITS)))
        return first == second
    except OverBudgetError:
        return None
