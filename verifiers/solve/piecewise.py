"""Equations that hold on whole intervals, as |x - 2| = x - 2 does for x >= 2.

Between the zeros of its arguments every absolute value is a polynomial. There the equation is
either an identity, or one polynomial with finitely many roots, which are put back as always.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_poly
from flint.utils.flint_exceptions import DomainError

from verifiers.algebra.conjugates import Numerator, exponent
from verifiers.algebra.eliminate import CannotEliminateError, Tower
from verifiers.algebra.exact import Real
from verifiers.algebra.roots import factor
from verifiers.algebra.sets import RealSet, ascending, rational_between
from verifiers.domain import Condition, domain_set
from verifiers.solve.equation import Equation, holds_at
from verifiers.solve.solution import Solution


@dataclass(frozen=True, slots=True)
class Split:
    """``breaks`` are the zeros of the arguments, ``identities`` the cells between them on which
    the tree is 0; its other zeros are among ``candidates``, as are the breaks."""

    breaks: list[Real]
    identities: list[bool]
    candidates: list[Real]


def split(tower: Tower, num: Numerator) -> Split:
    """Raises ``CannotEliminateError`` unless every generator is an absolute value."""
    arguments = [_argument(*generator) for generator in tower.generators]
    breaks = ascending(
        x for pair in arguments for each in pair for part in factor(each) for x in part.roots
    )
    candidates = list(breaks)
    identities = []
    for low, high in zip([None, *breaks], [*breaks, None], strict=True):
        middle = rational_between(low, high)
        poly = _on_cell(num, arguments, fmpq(middle.numerator, middle.denominator))
        identities.append(not poly)
        if poly:
            candidates += [x for part in factor(poly) for x in part.roots]
    return Split(breaks, identities, candidates)


def solve_piecewise(
    equation: Equation, found: tuple[Condition, ...], tower: Tower, num: Numerator
) -> Solution:
    """Raises ``CannotEliminateError`` unless every generator is an absolute value."""
    domain = domain_set(found)
    if domain is None:
        raise CannotEliminateError("solutions on intervals of a domain without exact description")
    parts = split(tower, num)
    cells = RealSet(tuple(parts.breaks), _interleave(parts.identities))
    points = [number for number in parts.candidates if holds_at(equation, number) is True]
    return Solution(
        equation=equation,
        solutions=(cells & domain) | RealSet.points_only(ascending(points)),
        conditions=found,
        certificate=(
            "Between the zeros of the absolute values the equation is a polynomial one: "
            f"it holds identically where {cells.describe(equation.unknown)}.",
        ),
    )


def _argument(index: int, square: Numerator, sign: fmpq_poly) -> tuple[fmpq_poly, fmpq_poly]:
    """The polynomials A, B of a generator that is |A| with the sign of B."""
    try:
        if index == 2 and set(square) == {0}:
            return square[0].sqrt(), sign
    except DomainError:
        pass
    raise CannotEliminateError("solutions that are not finitely many")


def _on_cell(
    num: Numerator, arguments: list[tuple[fmpq_poly, fmpq_poly]], inside: fmpq
) -> fmpq_poly:
    """The numerator with each |A| replaced by A or -A, whichever it is at ``inside``."""
    total = fmpq_poly([0])
    for key, poly in num.items():
        for k, (argument, sign) in enumerate(arguments):
            if exponent(key, k):
                same = (argument(inside) > 0) == (sign(inside) > 0)
                poly = poly * argument if same else -poly * argument
        total = total + poly
    return total


def _interleave(cells: list[bool]) -> tuple[bool, ...]:
    """Cells as the row of a set; a point between belongs where both its neighbours do."""
    row = [cells[0]]
    for cell in cells[1:]:
        row += [row[-1] and cell, cell]
    return tuple(row)
