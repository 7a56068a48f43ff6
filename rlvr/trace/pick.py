"""A table's worth of a step's rollouts, each with the reason it was taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from rlvr.seeding import derive_seed
from rlvr.trace.whys import WHYS, Group, whys

Row = Mapping[str, Any]
Place = tuple[int, int]  # of a group, and in it

# The rarest first, and not so many of a kind that there is no room for others.
_AT_MOST = {"aha": 8, "corrected": 6, "broken": 6, "best": 1, "worst": 1}
_DISAGREEING_GROUPS = 2


def pick(rows: Sequence[Row], limit: int = 32, seed: int = 0) -> list[tuple[Row, str]]:
    """At most ``limit`` of a step's rows, each once, with the first of ``WHYS`` that took it.

    Of a disagreement one row with the most frequent answer and one right one; what room is left
    is filled at random, so that a table is not all exceptions. The same rows and seed give the
    same picks, in the order of ``WHYS``.
    """
    rng = Random(derive_seed(seed, "pick"))
    groups = groups_of(rows)
    reasons = {
        (number, place): names
        for number, group_whys in enumerate(whys(groups))
        for place, names in enumerate(group_whys)
    }
    taken: dict[Place, str] = {}

    def take(why: str, found: Iterable[Place]) -> None:
        for place in found:
            if len(taken) < limit:
                taken.setdefault(place, why)

    for why, count in _AT_MOST.items():
        found = [place for place, names in reasons.items() if why in names and place not in taken]
        take(why, _draw(rng, found, count))
    split = sorted({number for (number, _), names in reasons.items() if "disagreement" in names})
    for number in _draw(rng, split, _DISAGREEING_GROUPS):
        take("disagreement", ((number, place) for place in _two_sides(groups[number])))
    take("random", _draw(rng, [place for place in reasons if place not in taken], limit))
    picked = [(groups[number][place], why) for (number, place), why in sorted(taken.items())]
    return sorted(picked, key=lambda each: WHYS.index(each[1]))


def groups_of(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows in groups of one prompt each: ``index`` counts from 0 in every group."""
    groups: list[list[Row]] = []
    for row in rows:
        if row["index"] == 0 or not groups:
            groups.append([])
        groups[-1].append(row)
    return groups


def _two_sides(group: Group) -> tuple[int, int]:
    """Places of one row with the most frequent answer and of a right one."""
    ((favourite, _),) = Counter(row["answer"] for row in group).most_common(1)
    return (
        next(place for place, row in enumerate(group) if row["answer"] == favourite),
        next(place for place, row in enumerate(group) if row["verdict"] == "correct"),
    )


def _draw(rng: Random, found: Sequence[Any], count: int) -> list[Any]:
    return rng.sample(found, min(count, len(found)))
