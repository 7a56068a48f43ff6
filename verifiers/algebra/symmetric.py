"""Sums and products of roots, some of which are the roots of one polynomial."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import comb

from flint import fmpq

from verifiers.algebra.exact import (
    MAX_SEPARATION_BITS,
    Composite,
    Key,
    Real,
    approximate,
    separation_bits,
)
from verifiers.algebra.number_field import Algebraic


class _Symmetric(Composite):
    """The sum or product of k roots of a polynomial of degree n: one of n over k conjugates."""

    __slots__ = ("_roots",)

    def __init__(self, whole: Composite, roots: Sequence[Algebraic]) -> None:
        self._roots = roots
        super().__init__(whole.op, whole.args, whole.index)

    def _compute_bounds(self) -> tuple[int, int, dict[Key, int]]:
        upper, lower, _ = super()._compute_bounds()
        poly = self._roots[0].field.poly
        names: Key = (self.op, *(root.field.key for root in self._roots))
        return upper, lower, {names: comb(poly.degree(), len(self._roots))}


def total(numbers: Sequence[Real]) -> Real:
    """The sum; raises ``ValueError`` for no numbers."""
    return reduce(lambda x, y: x + y, _parts(numbers, product=False))


def product(numbers: Sequence[Real]) -> Real:
    """The product; raises ``ValueError`` for no numbers."""
    return reduce(lambda x, y: x * y, _parts(numbers, product=True))


def _parts(numbers: Sequence[Real], *, product: bool) -> list[Real]:
    if not numbers:
        raise ValueError("the sum or product of no numbers")
    others: list[Real] = []
    groups: dict[Key, list[Algebraic]] = {}
    for number in numbers:
        if isinstance(number, Algebraic) and number.is_root:
            groups.setdefault(number.field.key[:-1], []).append(number)
        else:
            others.append(number)
    return others + [_combined(group, product=product) for group in groups.values()]


def _combined(roots: list[Algebraic], *, product: bool) -> Real:
    """All roots of a polynomial by Vieta's formulas, some of them as one number."""
    poly = roots[0].field.poly
    degree = poly.degree()
    if len(roots) == degree:
        value = fmpq(poly[0] * (-1) ** degree if product else -poly[degree - 1], poly[degree])
        return Real.of(value)
    start: Real = roots[0]
    whole = reduce(lambda x, y: x * y if product else x + y, roots[1:], start)
    if not isinstance(whole, Composite):
        return whole
    return _whole_multiple(_Symmetric(whole, roots), int(poly[degree]))


def _whole_multiple(number: _Symmetric, lead: int) -> Real:
    """``number`` as a fraction where it is one: ``lead * number`` is an algebraic integer."""
    multiple = number * Real.of(lead)
    near = approximate(multiple, 128).unique_fmpz()
    if near is None or separation_bits(number) > MAX_SEPARATION_BITS:
        return number
    value = Real.of(fmpq(near, lead))
    return value if number == value else number
