"""Sets of intervals that repeat, made from their ends or from a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from verifiers.algebra.exact import Real
from verifiers.algebra.multiples import reduced
from verifiers.algebra.periodic import progression
from verifiers.algebra.repeating import as_turn, over_period, repeating
from verifiers.algebra.sets import EMPTY, REALS, RealSet, ascending, rational_between
from verifiers.syntax.errors import OverBudgetError


def repeating_by_rule(
    period: Real, changes: Iterable[RealSet], rule: Callable[[Real], bool]
) -> RealSet:
    """The numbers that pass ``rule``, which has this period and changes only at ends of those sets.

    Raises ``OverBudgetError`` where such ends do not repeat with the period.
    """
    residues = ascending(end for each in changes for end in ends_within(each, period))
    if not residues:
        return REALS if rule(Real.of(0)) else EMPTY
    row = []
    for low, high in pairwise([*residues, residues[0] + period]):
        row += [rule(low), rule(Real.of(rational_between(low, high)))]
    return repeating(period, residues, row)


def ends_within(numbers: RealSet, period: Real) -> list[Real]:
    """Of a set that repeats, the single numbers and ends of intervals in [0, period).

    Raises ``OverBudgetError`` where the set has no such period, or ends that do not repeat.
    """
    own, residues, row = as_turn(numbers)
    if own is None:
        return []
    times = (period / own).rational
    if times is None or times.denominator > 1:
        raise OverBudgetError("a period that is no multiple of that of a family")
    return list(over_period(own, residues, row, period)[0])


def band(low: Real, high: Real, closed: tuple[bool, bool], step: Real) -> RealSet:
    """The interval from ``low`` to ``high`` > ``low``, shifted by all multiples of ``step`` > 0.

    ``closed``: whether its lower and its upper end belong to it.
    """
    width = high - low
    if width > step:
        return REALS
    if width == step:
        return REALS if any(closed) else ~progression(low, step)
    first, last = reduced(low, step), reduced(high, step)
    if first < last:
        return repeating(step, [first, last], [closed[0], True, closed[1], False])
    return repeating(step, [last, first], [closed[1], False, closed[0], True])
