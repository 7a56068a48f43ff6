"""The solutions of an equation with parameters on one region of their values, by formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TypeAlias, TypeVar

from flint import fmpq_mpoly

from verifiers.algebra.fields import Field, NoValueError
from verifiers.syntax.ast import Relation
from verifiers.types import Ask

E = TypeVar("E")
Poly: TypeAlias = tuple[fmpq_mpoly, ...]
"""The coefficients by powers of the unknown."""


@dataclass(frozen=True, slots=True)
class Found:
    """The solutions on a region: ``values``, or all real numbers but them where ``all_but``.

    ``nowhere``: the equation is defined for no value of the unknown.
    """

    values: tuple[object, ...] = ()  # elements of the region's field
    all_but: bool = False
    nowhere: bool = False


def roots_on(factors: Sequence[Poly], forbidden: Sequence[Poly], own: Field[E]) -> Found:
    """The zeros of any factor that are none of what is forbidden.

    Raises ``SignUnknownError`` where a finer region is needed.
    """
    holes: list[E] = []
    for poly in forbidden:
        zeros = _zeros(own, poly)
        if zeros is None:
            return Found(nowhere=True)
        _add_new(own, holes, zeros)
    values: list[E] = []
    everything = False
    for poly in factors:
        zeros = _zeros(own, poly)
        everything |= zeros is None
        _add_new(own, values, zeros or [])
    if everything:
        return Found(tuple(holes), all_but=True)
    return Found(tuple(x for x in values if not any(own.same(x, hole) for hole in holes)))


def asked_on(found: Found, ask: Ask, own: Field[E]) -> E | None:
    """The sum, count, ... of the solutions on a region; None for no solutions, save their count."""
    values: list[E] = list(found.values)  # type: ignore[arg-type]
    if ask is Ask.COUNT:
        return own.constant(Fraction(len(values)))
    if not values:
        return None
    if ask is Ask.SUM:
        return reduce(own.add, values)
    if ask is Ask.PRODUCT:
        return reduce(own.multiply, values)
    sign = 1 if ask is Ask.LARGEST else -1
    return reduce(lambda x, y: x if own.sign(own.subtract(x, y)) == sign else y, values)


def holds_on(relation: Relation, own: Field[E]) -> bool:
    """Whether a relation between parameters holds on a region; not where a side has no value."""
    try:
        difference = own.subtract(own.value(relation.lhs), own.value(relation.rhs))
    except NoValueError:
        return False
    if relation.op in ("=", "!="):
        return own.is_zero(difference) is (relation.op == "=")
    sign = own.sign(difference)
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[relation.op]


def _zeros(own: Field[E], poly: tuple[fmpq_mpoly, ...]) -> list[E] | None:
    """The real zeros of a polynomial of degree 2 at most; None where it is 0."""
    coefficients = [own.polynomial(each) for each in poly]
    while coefficients and own.is_zero(coefficients[-1]):
        coefficients.pop()
    if not coefficients:
        return None
    if len(coefficients) == 1:
        return []
    if len(coefficients) == 2:
        below = own.inverse(coefficients[1])
        return [own.negative(own.multiply(coefficients[0], below))]
    c, b, a = coefficients
    four = own.constant(Fraction(-4))
    discriminant = own.add(own.multiply(b, b), own.multiply(four, own.multiply(a, c)))
    sign = own.sign(discriminant)
    if sign < 0:
        return []
    half = own.inverse(own.multiply(own.constant(Fraction(2)), a))
    middle = own.multiply(own.negative(b), half)
    if sign == 0:
        return [middle]
    aside = own.multiply(own.square_root(discriminant), half)
    return [own.subtract(middle, aside), own.add(middle, aside)]


def _add_new(own: Field[E], known: list[E], more: Sequence[E]) -> None:
    for each in more:
        if not any(own.same(each, other) for other in known):
            known.append(each)
