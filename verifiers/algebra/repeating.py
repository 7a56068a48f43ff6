"""Sets of real numbers that repeat: pi/6 + 2*pi*k <= x <= 5*pi/6 + 2*pi*k for all integers k.

One turn, from 0 to the period, is cut at its residues; a row says of residue, gap, residue, gap,
... whether it belongs to the set. Sets with ends that do not repeat have no place beside them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifiers.algebra.exact import Real
from verifiers.algebra.multiples import common_multiple, reduced, step_text
from verifiers.algebra.periodic import MAX_RESIDUES, PeriodicSet, progression
from verifiers.algebra.sets import EMPTY, REALS, RealSet, ascending, rational_between
from verifiers.syntax.errors import OverBudgetError

_TURNS = 40  # on either side of 0, in which members are looked for


@dataclass(frozen=True, slots=True, eq=False)
class RepeatingSet(RealSet):
    """``residues`` ascend in [0, period); ``row`` is of each residue and of the gap behind it.

    No residue is superfluous, the period is the shortest, and some gap is inside and some is not:
    equal sets have equal rows. ``breaks`` and ``inside`` say nothing here. Raises
    ``OverBudgetError`` where two sets have periods without a common multiple, or ends that do not
    repeat.
    """

    period: Real
    residues: tuple[Real, ...]
    row: tuple[bool, ...]

    @property
    def points(self) -> tuple[Real, ...] | None:
        return None

    @property
    def missing_points(self) -> tuple[Real, ...] | None:
        return None

    def member(self) -> Real:
        return next(self.members())

    def members(self) -> Iterator[Real]:
        """Of each residue and gap that is inside, a member in every turn near 0."""
        ends = [*self.residues, self.residues[0] + self.period]
        for times in sorted(range(-_TURNS, _TURNS + 1), key=abs):
            turn = self.period * Real.of(times)
            for index, (low, high) in enumerate(pairwise(ends)):
                if self.row[2 * index + 1]:
                    yield Real.of(rational_between(low + turn, high + turn))
                if self.row[2 * index]:
                    yield low + turn

    def __contains__(self, number: Real) -> bool:
        return self.row[_place(self.residues, reduced(number, self.period))]

    def __or__(self, other: RealSet) -> RealSet:
        return _combine(self, other, lambda left, right: left or right)

    def __ror__(self, other: RealSet) -> RealSet:
        return self | other

    def __and__(self, other: RealSet) -> RealSet:
        if other.points is not None:
            return RealSet.points_only(point for point in other.points if point in self)
        return _combine(self, other, lambda left, right: left and right)

    def __rand__(self, other: RealSet) -> RealSet:
        return self & other

    def __invert__(self) -> RealSet:
        return RepeatingSet((), (True,), self.period, self.residues, tuple(not x for x in self.row))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RepeatingSet)
            and self.row == other.row
            and self.period == other.period
            and all(x == y for x, y in zip(self.residues, other.residues, strict=True))
        )

    __hash__ = None

    def describe(self, unknown: str) -> str:
        return self.as_answer(unknown)

    def as_answer(self, unknown: str) -> str:
        """``pi/6 + 2*pi*k <= x <= 5*pi/6 + 2*pi*k, k ∈ ℤ``."""
        letter = "n" if unknown == "k" else "k"
        pieces = [self._piece_text(*run, unknown, letter) for run in _runs(self.row)]
        return f"{' or '.join(pieces)}, {letter} ∈ ℤ"

    def _piece_text(self, first: int, last: int, unknown: str, letter: str) -> str:
        """The relation for the cells from ``first`` to ``last``, which may lie in the next turn."""
        low, high = self._end(first // 2), self._end((last + 1) // 2)
        if high > self.period:
            low, high = low - self.period, high - self.period
        shift = step_text(self.period, letter)
        ends = [shift if end.sign() == 0 else f"{end} + {shift}" for end in (low, high)]
        if first == last and first % 2 == 0:
            return f"{unknown} = {ends[0]}"
        below, above = ("<" if at % 2 else "<=" for at in (first, last))
        return f"{ends[0]} {below} {unknown} {above} {ends[1]}"

    def _end(self, index: int) -> Real:
        turns, at = divmod(index, len(self.residues))
        return self.residues[at] + self.period * Real.of(turns)


def repeating(period: Real, residues: Sequence[Real], row: Sequence[bool]) -> RealSet:
    """The set in its plainest form: without intervals it is no ``RepeatingSet``.

    ``residues`` ascend in [0, period), at least one.
    """
    kept = [k for k in range(len(residues)) if not row[2 * k - 1] == row[2 * k] == row[2 * k + 1]]
    if not kept:
        return REALS if row[0] else EMPTY
    residues = [residues[k] for k in kept]
    row = [row[2 * k + side] for k in kept for side in (0, 1)]
    gaps = set(row[1::2])
    if len(gaps) == 1:
        single = EMPTY
        for residue in residues:
            single = single | progression(residue, period)
        return ~single if True in gaps else single
    parts = _parts(period, residues, row)
    count = len(residues) // parts
    period = period / Real.of(parts)
    return RepeatingSet((), (True,), period, tuple(residues[:count]), tuple(row[: 2 * count]))


def _combine(left: RealSet, right: RealSet, keep: Callable[[bool, bool], bool]) -> RealSet:
    turns = [as_turn(each) for each in (left, right)]
    periods = [turn[0] for turn in turns if turn[0] is not None]
    period = periods[0] if len(periods) == 1 else common_multiple(periods[0], periods[1])
    rows = [over_period(*turn, period) for turn in turns]
    residues = ascending(residue for each, _ in rows for residue in each)
    if len(residues) > MAX_RESIDUES:
        raise OverBudgetError(f"more than {MAX_RESIDUES} ends in a period")
    cells: list[bool] = []
    for residue in residues:
        places = [(_place(each, residue) if each else 0, row) for each, row in rows]
        cells.append(keep(*(row[place] for place, row in places)))
        cells.append(keep(*(row[place - place % 2 + 1] for place, row in places)))
    return repeating(period, residues, cells)


Turn = tuple[Real | None, tuple[Real, ...], tuple[bool, ...]]


def as_turn(each: RealSet) -> Turn:
    """Period, residues and row of a set; no period where it is all numbers or none."""
    if isinstance(each, RepeatingSet):
        return each.period, each.residues, each.row
    if each.breaks:
        raise OverBudgetError("ends that do not repeat")
    inside = each.inside[0]
    if not isinstance(each, PeriodicSet):
        return None, (), (inside, inside)
    if any(rule.breaks for _, rule in each.residues):
        raise OverBudgetError("ends that do not repeat")
    row = [own for _, rule in each.residues for own in (rule.inside[0], inside)]
    return each.period, tuple(residue for residue, _ in each.residues), tuple(row)


def over_period(
    own: Real | None, residues: tuple[Real, ...], row: tuple[bool, ...], period: Real
) -> tuple[tuple[Real, ...], tuple[bool, ...]]:
    """Residues and row over a multiple of the period."""
    if own is None:
        return residues, row
    times = (period / own).rational
    assert times is not None
    assert times.denominator == 1
    if times * len(residues) > MAX_RESIDUES:
        raise OverBudgetError(f"more than {MAX_RESIDUES} ends in a period")
    turns = [own * Real.of(turn) for turn in range(times.numerator)]
    return tuple(residue + turn for turn in turns for residue in residues), row * times.numerator


def _place(residues: Sequence[Real], number: Real) -> int:
    """The index in the row of a number of [0, period)."""
    after = bisect_right(residues, number)
    if after and residues[after - 1] == number:
        return 2 * after - 2
    return (2 * after - 1) % (2 * len(residues))


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last cell of each run of cells inside; the last may lie in the next turn."""
    size = len(row)
    starts = [k for k in range(size) if row[k] and not row[k - 1]]
    for start in starts:
        last = start
        while row[(last + 1) % size]:
            last += 1
        yield start, last


def _parts(period: Real, residues: Sequence[Real], row: Sequence[bool]) -> int:
    """The number of equal turns that the period has."""
    size = len(residues)
    for parts in range(size, 1, -1):
        if size % parts:
            continue
        count, step = size // parts, period / Real.of(parts)
        if all(
            row[2 * k : 2 * k + 2] == row[2 * (k - count) : 2 * (k - count) + 2]
            and residues[k] == residues[k - count] + step
            for k in range(count, size)
        ):
            return parts
    return 1
