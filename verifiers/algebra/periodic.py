"""Sets of real numbers with arithmetic progressions in them: pi/6 + 2*pi*k for all integers k.

A set is a set of intervals and points, the base, overruled on some progressions ``r + P*Z``: a
number of such a progression belongs where its rule, again a set of intervals and points, holds it.
All progressions of a set have one period P, so two sets are compared residue by residue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from verifiers.algebra.exact import Real
from verifiers.algebra.multiples import common_multiple, floor, is_multiple, reduced, step_text
from verifiers.algebra.sets import EMPTY, REALS, RealSet, combine
from verifiers.syntax.errors import OverBudgetError

MAX_RESIDUES = 240
MAX_POINTS = 2_000  # of a progression in an interval


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicSet(RealSet):
    """``residues`` ascend in [0, period), each with its rule; never finite, never intervals only.

    Raises ``OverBudgetError`` where two sets have periods without a common multiple.
    """

    period: Real
    residues: tuple[tuple[Real, RealSet], ...]

    @property
    def base(self) -> RealSet:
        return RealSet(self.breaks, self.inside)

    @property
    def points(self) -> tuple[Real, ...] | None:
        return None

    @property
    def missing_points(self) -> tuple[Real, ...] | None:
        return None

    def member(self) -> Real:
        return next(self.members())

    def members(self) -> Iterator[Real]:
        """Some members, at least one; those of the progressions are near 0 where they can be."""
        for number in self._candidates():
            if number in self:
                yield number

    def _candidates(self) -> Iterator[Real]:
        for times in sorted(range(-40, 41), key=abs):
            for residue, _ in self.residues:
                yield residue + self.period * Real.of(times)
        if self.base != EMPTY:
            member = self.base.member()
            yield member
            yield from (member + Real.of(Fraction(1, n)) for n in range(7, 2 * MAX_RESIDUES))

    def __contains__(self, number: Real) -> bool:
        for residue, rule in self.residues:
            if is_multiple(number - residue, self.period):
                return number in rule
        return number in self.base

    def __or__(self, other: RealSet) -> RealSet:
        if _knows_families(other):
            return NotImplemented
        return _combine(self, other, lambda left, right: left or right)

    def __ror__(self, other: RealSet) -> RealSet:
        return self | other

    def __and__(self, other: RealSet) -> RealSet:
        if _knows_families(other):
            return NotImplemented
        return _combine(self, other, lambda left, right: left and right)

    def __rand__(self, other: RealSet) -> RealSet:
        return self & other

    def __invert__(self) -> RealSet:
        rules = tuple((residue, ~rule) for residue, rule in self.residues)
        return _made(~self.base, self.period, rules)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PeriodicSet):
            return False
        if (self.period / other.period).rational is None:
            return False
        return _combine(self, other, lambda left, right: left != right) == EMPTY

    __hash__ = None

    def describe(self, unknown: str) -> str:
        return self.as_answer(unknown)

    def as_answer(self, unknown: str) -> str:
        """``x = pi/6 + 2*pi*k or x = 5*pi/6 + 2*pi*k, k ∈ ℤ``."""
        letter = "n" if unknown == "k" else "k"
        if self.inside == (True,) and all(rule == EMPTY for _, rule in self.residues):
            holes = " and ".join(f"{unknown} != {each}" for each in self._families(letter, EMPTY))
            return f"{holes}, {letter} ∈ ℤ"
        texts = []
        rules = [rule for _, rule in self.residues]
        for index, rule in enumerate(rules):
            if rule in rules[:index] or rule == EMPTY:
                continue
            families = " or ".join(f"{unknown} = {each}" for each in self._families(letter, rule))
            texts.append(families if rule == REALS else f"{families}, {rule.describe(unknown)}")
        if self.base != EMPTY:
            kinds = [rule for k, rule in enumerate(rules) if rule not in (REALS, *rules[:k])]
            starts = [start for rule in kinds for start in self._families(letter, rule)]
            without = [f"{unknown} != {start}" for start in starts]
            pieces = self.base.describe(unknown).split(" or ")
            if self.base == REALS and without:
                texts.append(" and ".join(without))
            else:
                texts += [" and ".join([piece, *without]) for piece in pieces]
        return f"{' or '.join(texts)}, {letter} ∈ ℤ"

    def _families(self, letter: str, rule: RealSet) -> list[str]:
        """The progressions with this rule, with the shortest period that they have together."""
        starts = [residue for residue, own in self.residues if own == rule]
        for parts in range(len(starts), 1, -1):
            if len(starts) % parts == 0:
                step = self.period / Real.of(parts)
                if _invariant(starts, step, self.period):
                    starts = [start for start in starts if start < step]
                    return [_family_text(start, step, letter) for start in starts]
        return [_family_text(start, self.period, letter) for start in starts]


def _knows_families(other: RealSet) -> bool:
    """Whether it is a set of a kind above this file, which takes families into its own."""
    return not isinstance(other, PeriodicSet) and type(other) is not RealSet


def progression(start: Real, period: Real) -> RealSet:
    """All ``start + period*k``; the one point where the period is 0."""
    sign = period.sign()
    if sign == 0:
        return RealSet.points_only([start])
    if sign < 0:
        period = -period
    return _made(EMPTY, period, ((reduced(start, period), REALS),))


def _combine(left: RealSet, right: RealSet, keep: Callable[[bool, bool], bool]) -> RealSet:
    period = _common_period(left, right)
    rules: list[tuple[Real, RealSet]] = []
    spread = [_spread(each, period) for each in (left, right)]
    bases = [each.base if isinstance(each, PeriodicSet) else each for each in (left, right)]
    for residue, rule in spread[0]:
        other = next((own for start, own in spread[1] if start == residue), bases[1])
        rules.append((residue, combine(rule, other, keep)))
    for residue, rule in spread[1]:
        if all(start != residue for start, _ in spread[0]):
            rules.append((residue, combine(bases[0], rule, keep)))
    return _made(combine(bases[0], bases[1], keep), period, tuple(rules))


def _common_period(left: RealSet, right: RealSet) -> Real:
    periods = [each.period for each in (left, right) if isinstance(each, PeriodicSet)]
    if len(periods) == 1:
        return periods[0]
    return common_multiple(*periods)


def _spread(each: RealSet, period: Real) -> list[tuple[Real, RealSet]]:
    """The residues of a set modulo a multiple of its period."""
    if not isinstance(each, PeriodicSet):
        return []
    times = (period / each.period).rational
    assert times is not None
    if times.denominator > 1:
        raise OverBudgetError("a period that is no multiple of that of a family")
    if times * len(each.residues) > MAX_RESIDUES:
        raise OverBudgetError(f"more than {MAX_RESIDUES} families")
    return [
        (residue + each.period * Real.of(step), rule)
        for step in range(times.numerator)
        for residue, rule in each.residues
    ]


def _made(base: RealSet, period: Real, rules: tuple[tuple[Real, RealSet], ...]) -> RealSet:
    """The set without rules that change nothing, or finitely many points only."""
    kept = []
    base_before = base
    for residue, rule in rules:
        differs = combine(rule, base_before, lambda left, right: left != right)
        if differs.inside[0] or differs.inside[-1]:
            kept.append((residue, rule))
        elif differs != EMPTY:
            points = RealSet.points_only(
                x for x in _between(residue, period, differs) if x in differs
            )
            base = combine(base, points, lambda left, right: left != right)
    if not kept:
        return base
    base = _without_overruled(base, period, kept)
    kept.sort(key=lambda pair: pair[0])
    return PeriodicSet(base.breaks, base.inside, period, tuple(kept))


def _without_overruled(base: RealSet, period: Real, kept: list[tuple[Real, RealSet]]) -> RealSet:
    """Finite bases without the points for which a rule speaks."""

    def overruled(number: Real) -> bool:
        return any(is_multiple(number - residue, period) for residue, _ in kept)

    if base.points:
        return RealSet.points_only(x for x in base.points if not overruled(x))
    if base.missing_points:
        return ~RealSet.points_only(x for x in base.missing_points if not overruled(x))
    return base


def _between(residue: Real, period: Real, bounds: RealSet) -> list[Real]:
    """The numbers of a progression from the first to the last end of ``bounds``."""
    first = -floor((residue - bounds.breaks[0]) / period)
    last = floor((bounds.breaks[-1] - residue) / period)
    if last - first > MAX_POINTS:
        raise OverBudgetError(f"more than {MAX_POINTS} solutions in an interval")
    return [residue + period * Real.of(times) for times in range(first, last + 1)]


def _invariant(starts: list[Real], step: Real, period: Real) -> bool:
    moved = [reduced(start + step, period) for start in starts]
    return all(any(each == start for start in starts) for each in moved)


def _family_text(start: Real, step: Real, letter: str) -> str:
    text = step_text(step, letter)
    return text if start.sign() == 0 else f"{start} + {text}"


INTEGERS = progression(Real.of(0), Real.of(1))
