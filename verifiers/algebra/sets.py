"""Sets of real numbers with finitely many ends: points, intervals, and what is left without them.

A set is a row of cells: n break points cut the line into n + 1 open cells, and
``inside[0], ..., inside[2n]`` says for cell, point, cell, ..., cell whether it belongs to the set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx

from verifiers.algebra.exact import Real, approximate


@dataclass(frozen=True, slots=True, eq=False)
class RealSet:
    """``breaks`` ascend; none is superfluous, so equal sets have equal rows."""

    breaks: tuple[Real, ...]
    inside: tuple[bool, ...]

    @staticmethod
    def from_rule(breaks: Iterable[Real], rule: Callable[[Real], bool]) -> RealSet:
        """The set of the numbers that pass ``rule``, which changes only at ``breaks``."""
        points = ascending(breaks)
        inside = []
        for index in range(len(points) + 1):
            low = points[index - 1] if index else None
            high = points[index] if index < len(points) else None
            inside.append(rule(Real.of(rational_between(low, high))))
            if high is not None:
                inside.append(rule(high))
        return _tidy(points, inside)

    @staticmethod
    def points_only(values: Iterable[Real]) -> RealSet:
        points = ascending(values)
        return RealSet(tuple(points), (*(False, True) * len(points), False))

    @staticmethod
    def compared(op: str, bound: Real) -> RealSet:
        """The numbers x with ``x op bound``; ``op`` is one of = != < <= > >=."""
        inside = {
            "=": (False, True, False),
            "!=": (True, False, True),
            "<": (True, False, False),
            "<=": (True, True, False),
            ">": (False, False, True),
            ">=": (False, True, True),
        }[op]
        return RealSet((bound,), inside)

    @property
    def points(self) -> tuple[Real, ...] | None:
        """The members, ascending, where they are finitely many."""
        return None if any(self.inside[::2]) else self.breaks

    @property
    def missing_points(self) -> tuple[Real, ...] | None:
        """The numbers not in the set, ascending, where they are finitely many."""
        return self.breaks if all(self.inside[::2]) else None

    def member(self) -> Real:
        """Some member; raises ``ValueError`` for the empty set."""
        index = self.inside.index(True)
        if index % 2:
            return self.breaks[index // 2]
        low = self.breaks[index // 2 - 1] if index else None
        high = self.breaks[index // 2] if index // 2 < len(self.breaks) else None
        return Real.of(rational_between(low, high))

    def __contains__(self, number: Real) -> bool:
        for index, point in enumerate(self.breaks):
            if number < point:
                return self.inside[2 * index]
            if number == point:
                return self.inside[2 * index + 1]
        return self.inside[-1]

    def __or__(self, other: RealSet) -> RealSet:
        return _combine(self, other, lambda left, right: left or right)

    def __and__(self, other: RealSet) -> RealSet:
        return _combine(self, other, lambda left, right: left and right)

    def __invert__(self) -> RealSet:
        return RealSet(self.breaks, tuple(not inside for inside in self.inside))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RealSet)
            and self.inside == other.inside
            and all(x == y for x, y in zip(self.breaks, other.breaks, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]  # as for the numbers in it

    def describe(self, unknown: str) -> str:
        """``x != 2``, ``x >= 2``, ``x < 0 or 1 <= x < 3``: relations of our grammar."""
        if self.missing_points:
            return " and ".join(f"{unknown} != {point}" for point in self.missing_points)
        if all(self.inside):
            return "all real numbers"
        return " or ".join(self._pieces(unknown)) or "no real numbers"

    def as_answer(self, unknown: str) -> str:
        """``{1, 3}``, ``no real solutions``, ``all real numbers except 0``, ``x >= 2``."""
        if self.points is not None:
            values = ", ".join(map(str, self.points))
            return f"{{{values}}}" if values else "no real solutions"
        if self.missing_points is not None:
            holes = ", ".join(map(str, self.missing_points))
            return f"all real numbers except {holes}" if holes else "all real numbers"
        return self.describe(unknown)

    def __str__(self) -> str:
        return self.as_answer("x")

    def _pieces(self, unknown: str) -> list[str]:
        pieces = []
        index = 0
        while index < len(self.inside):
            start = index
            while index < len(self.inside) and self.inside[index]:
                index += 1
            if index > start:
                pieces.append(self._piece(start, index - 1, unknown))
            index += 1
        return pieces

    def _piece(self, first: int, last: int, unknown: str) -> str:
        """The relation for the cells from ``first`` to ``last``, all of them inside."""
        if first == last and first % 2:
            return f"{unknown} = {self.breaks[first // 2]}"
        text = unknown
        if first > 0:
            low = self.breaks[(first - 1) // 2]
            if last == len(self.inside) - 1:
                return f"{unknown} {'>=' if first % 2 else '>'} {low}"
            text = f"{low} {'<=' if first % 2 else '<'} {text}"
        if last < len(self.inside) - 1:
            text += f" {'<=' if last % 2 else '<'} {self.breaks[last // 2]}"
        return text


def ascending(values: Iterable[Real]) -> list[Real]:
    """Sorted, each number once."""
    result: list[Real] = []
    for value in sorted(values):
        if not result or result[-1] != value:
            result.append(value)
    return result


def rational_between(low: Real | None, high: Real | None) -> Fraction:
    """A fraction strictly between two different numbers; None is infinity on its side."""
    if low is None and high is None:
        return Fraction(0)
    if low is None:
        assert high is not None
        return Fraction(_whole(approximate(high).lower().floor()) - 1)
    if high is None:
        return Fraction(_whole(approximate(low).upper().ceil()) + 1)
    precision = 64
    while True:
        left, right = approximate(low, precision), approximate(high, precision)
        with ctx.workprec(precision):  # else the middle is rounded, onto an end that is near
            middle = ((left.upper() + right.lower()) / 2).mid().fmpq()
            if left < right and left < arb(middle) < right:
                return Fraction(int(middle.p), int(middle.q))
        precision *= 2


def _whole(exact: arb) -> int:
    integer = exact.unique_fmpz()
    assert integer is not None
    return int(integer)


def _tidy(points: list[Real], inside: list[bool]) -> RealSet:
    kept_points: list[Real] = []
    kept = [inside[0]]
    for index, point in enumerate(points):
        at, after = inside[2 * index + 1 : 2 * index + 3]
        if not kept[-1] == at == after:
            kept_points.append(point)
            kept += [at, after]
    return RealSet(tuple(kept_points), tuple(kept))


def _combine(left: RealSet, right: RealSet, keep: Callable[[bool, bool], bool]) -> RealSet:
    """Walk along both rows at once."""
    points: list[Real] = []
    inside = [keep(left.inside[0], right.inside[0])]
    i = j = 0
    while i < len(left.breaks) or j < len(right.breaks):
        step_left = j == len(right.breaks) or (
            i < len(left.breaks) and left.breaks[i] <= right.breaks[j]
        )
        step_right = i == len(left.breaks) or (
            j < len(right.breaks) and right.breaks[j] <= left.breaks[i]
        )
        points.append(left.breaks[i] if step_left else right.breaks[j])
        inside.append(keep(left.inside[2 * i + step_left], right.inside[2 * j + step_right]))
        i, j = i + step_left, j + step_right
        inside.append(keep(left.inside[2 * i], right.inside[2 * j]))
    return _tidy(points, inside)


REALS = RealSet((), (True,))
EMPTY = RealSet((), (False,))
