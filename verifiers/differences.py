"""What one set of numbers has and another has not, also where that has no exact description."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from verifiers.algebra.exact import Real
from verifiers.algebra.periodic import PeriodicSet
from verifiers.algebra.repeating import RepeatingSet
from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.syntax.errors import OverBudgetError

MAX_TRIED = 200


def without(left: RealSet, right: RealSet) -> RealSet:
    """``left`` without ``right``; one number of it, or none found, where the periods do not fit.

    So an empty result says nothing about such sets. Raises ``OverBudgetError`` for numbers that are
    too large.
    """
    try:
        return left & ~right
    except OverBudgetError:
        if not (_repeats(left) or _repeats(right)):
            raise
        tried = islice(_trials(left, right), MAX_TRIED)
        return RealSet.points_only(islice((x for x in tried if x in left and x not in right), 1))


def _trials(left: RealSet, right: RealSet) -> Iterator[Real]:
    for each in (left, ~right):
        if isinstance(each, PeriodicSet | RepeatingSet):
            yield from islice(each.members(), MAX_TRIED // 2)
        elif each != EMPTY:
            yield each.member()


def _repeats(numbers: RealSet) -> bool:
    return isinstance(numbers, PeriodicSet | RepeatingSet)
