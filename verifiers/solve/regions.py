"""Regions of the parameter space on which an equation keeps its shape, split as far as needed.

One parameter: open intervals and points of the line, which together are all of it. Several: sign
conditions on polynomials; where one is 0, a parameter that it is linear in is put in terms of the
others. A region of that kind may be empty; ``witness`` is a point of it where one was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product
from math import ceil, floor
from typing import TypeAlias

from flint import fmpq, fmpq_mpoly, fmpq_poly

from verifiers.algebra.exact import Real
from verifiers.algebra.fields import BeyondFieldError, PointField
from verifiers.algebra.function_field import (
    Element,
    FunctionField,
    SignUnknownError,
)
from verifiers.algebra.quotients import (
    MAX_DEGREE,
    Fractional,
    definite_sign,
    lowest_terms,
    times,
)
from verifiers.algebra.roots import factor
from verifiers.algebra.sets import ascending, rational_between
from verifiers.syntax.errors import OverBudgetError

_GRID = [fmpq(n) for n in (1, 2, -1, -2, 3, 0, 5, -3, -7)]
Witness: TypeAlias = Mapping[str, Real]


@dataclass(frozen=True, eq=False)
class Point:
    """One value of the one parameter."""

    name: str
    value: Real

    @property
    def witness(self) -> Witness:
        return {self.name: self.value}


@dataclass(frozen=True, eq=False)
class Interval:
    """An open interval of the parameter, number ``index`` in polynomials; None is infinity."""

    name: str
    index: int
    low: Real | None = None
    high: Real | None = None
    squares: dict[str, fmpq_mpoly] = field(default_factory=dict)  # of the field on it

    @cached_property
    def sample(self) -> Real:
        return Real.of(_simple_between(self.low, self.high))

    @property
    def witness(self) -> Witness:
        return {self.name: self.sample}

    def sign_of(self, poly: fmpq_mpoly) -> int:
        if any(self._inside(root) for root in self._roots(poly)):
            raise SignUnknownError(poly)
        return self._univariate(poly, self.sample)

    def reduced(self, poly: fmpq_mpoly) -> Fractional:
        return poly, poly.context().constant(1)

    def sign_at_sample(self, value: Element, functions: FunctionField) -> int:
        """Continuous and without zero on the interval, so of one sign."""
        names = tuple(self.name if k == self.index else "" for k in range(self.index + 1))
        at = PointField(self.witness, names)
        total: Real = Real.of(0)
        for key, (num, den) in value.items():
            term = at.polynomial(num) / at.polynomial(den)
            for each in key:
                term = term * at.square_root(at.polynomial(functions.squares[each]))
            total = total + term
        return total.sign()

    def split(self, poly: fmpq_mpoly) -> list[Interval | Point]:
        inside = ascending(root for root in self._roots(poly) if self._inside(root))
        ends = [self.low, *inside, self.high]
        parts: list[Interval | Point] = [Point(self.name, root) for root in inside]
        for low, high in pairwise(ends):
            parts.append(Interval(self.name, self.index, low, high))
        return parts

    def _inside(self, root: Real) -> bool:
        return (self.low is None or self.low < root) and (self.high is None or root < self.high)

    def _roots(self, poly: fmpq_mpoly) -> tuple[Real, ...]:
        degree = poly.degrees()[self.index]
        row = [fmpq(0)] * (degree + 1)
        for powers, value in poly.to_dict().items():
            row[powers[self.index]] = value
        return tuple(root for each in factor(fmpq_poly(row)) for root in each.roots)

    def _univariate(self, poly: fmpq_mpoly, value: Real) -> int:
        names = tuple(self.name if k == self.index else "" for k in range(self.index + 1))
        return PointField({self.name: value}, names).polynomial(poly).sign()


class EmptyRegionError(BeyondFieldError):
    """The conditions of a region contradict each other."""


@dataclass(frozen=True, eq=False)
class SignRegion:
    """``signs`` of irreducible polynomials; ``given``: parameters in terms of the others."""

    names: tuple[str, ...]  # of the polynomials' unknowns, that of the equation first
    constraints: tuple[tuple[fmpq_mpoly, int], ...] = ()
    given: tuple[tuple[int, Fractional], ...] = ()
    signs: Mapping[str, int] = field(default_factory=dict)
    squares: dict[str, fmpq_mpoly] = field(default_factory=dict)  # of the field on it

    def sign_of(self, poly: fmpq_mpoly) -> int:
        if poly.is_constant():
            return 1 if poly.leading_coefficient() > 0 else -1
        if str(poly) in self.signs:
            return self.signs[str(poly)]
        if sign := definite_sign(poly):
            return sign
        raise SignUnknownError(poly)

    def reduced(self, poly: fmpq_mpoly) -> Fractional:
        result = (poly, poly.context().constant(1))
        for index, value in self.given:
            above = _put_in(result[0], index, value)
            below = _put_in(result[1], index, value)
            if below[0].is_zero():  # a slope that was not to be 0, where the parameter came from
                raise EmptyRegionError("a denominator is 0 all over the region")
            result = lowest_terms(times(above[0], below[1]), times(above[1], below[0]))
        return result

    def sign_at_sample(self, value: Element, functions: FunctionField) -> int:
        raise BeyondFieldError("the sign of a root of several parameters")

    def split(self, poly: fmpq_mpoly) -> list[SignRegion]:
        parts = [self._zero(poly)]
        for sign in (1, -1):
            signs = {**self.signs, str(poly): sign}
            constraints = (*self.constraints, (poly, sign))
            parts.append(SignRegion(self.names, constraints, self.given, signs))
        return parts

    def consistent(self, functions: FunctionField) -> bool:
        """Whether the signs agree with each other, once parameters were put in."""
        try:
            return all(
                functions.sign(functions.polynomial(poly)) == sign
                for poly, sign in self.constraints
            )
        except EmptyRegionError:
            return False

    @cached_property
    def witness(self) -> Witness | None:
        taken = {index for index, _ in self.given}
        free = [k for k in range(1, len(self.names)) if k not in taken]
        for values in product(_GRID, repeat=len(free)):
            point = dict(zip(free, values, strict=True))
            if self._complete(point) and all(
                _sign(_at(poly, point)) == sign for poly, sign in self.constraints
            ):
                return {self.names[k]: Real.of(value) for k, value in sorted(point.items())}
        return None

    def _complete(self, point: dict[int, fmpq]) -> bool:
        """The dependent parameters' values, last put in first; False where one has none."""
        for index, (num, den) in reversed(self.given):
            below = _at(den, point)
            if not below:
                return False
            point[index] = _at(num, point) / below
        return True

    def _zero(self, poly: fmpq_mpoly) -> SignRegion:
        """The part where an irreducible polynomial is 0."""
        for index in range(len(self.names) - 1, 0, -1):
            if poly.degrees()[index] != 1:
                continue
            slope = poly.derivative(index)
            if any(str(part) not in self.signs for part, _ in slope.factor()[1]):
                continue  # it might be 0
            rest = poly.subs({poly.context().names()[index]: 0})
            given = (*self.given, (index, lowest_terms(-rest, slope)))
            constraints = (*self.constraints, (poly, 0))
            return SignRegion(self.names, constraints, given)
        raise BeyondFieldError(f"the zeros of {poly} are not solved for a parameter")


Region: TypeAlias = Point | Interval | SignRegion


def _simple_between(low: Real | None, high: Real | None) -> Fraction:
    """The fraction of the smallest denominator that examples may have, near the lower end."""
    anything = rational_between(low, high)
    if low is None or high is None:
        return anything
    for below in range(1, 50):
        start = anything * below
        for above in (floor(start), ceil(start)):
            if low < Real.of(Fraction(above, below)) < high:
                return Fraction(above, below)
    return anything


def _put_in(poly: fmpq_mpoly, index: int, value: Fractional) -> Fractional:
    """``poly`` with a fraction in place of unknown ``index``."""
    degree = poly.degrees()[index]
    num, den = value
    if degree * max(num.total_degree(), den.total_degree()) > MAX_DEGREE:
        raise OverBudgetError(f"a polynomial of degree above {MAX_DEGREE}")
    total = poly.context().constant(0)
    parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for powers, coefficient in poly.to_dict().items():
        key = (*powers[:index], 0, *powers[index + 1 :])
        parts.setdefault(powers[index], {})[key] = coefficient
    for power, terms in parts.items():
        scale = times(num**power, den ** (degree - power))
        total += times(poly.context().from_dict(terms), scale)
    return lowest_terms(total, den**degree)


def _at(poly: fmpq_mpoly, point: Mapping[int, fmpq]) -> fmpq:
    total = fmpq(0)
    for powers, coefficient in poly.to_dict().items():
        for index, power in enumerate(powers):
            if power:
                coefficient = coefficient * point[index] ** power
        total += coefficient
    return total


def _sign(value: fmpq) -> int:
    return (value > 0) - (value < 0)
