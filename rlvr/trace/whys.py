"""Why a rollout is worth reading: a few of the many of a step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

WHYS = ("aha", "corrected", "broken", "best", "worst", "disagreement", "random")
_RANDOM_PER_STEP = 4

Row = Mapping[str, Any]


def whys(
    groups: Sequence[Sequence[Row]], turns: Sequence[Sequence[frozenset[str]]]
) -> list[list[frozenset[str]]]:
    """For each rollout of a step's groups, which of ``WHYS`` apply.

    ``turns`` has a set per rollout: ``aha``, ``corrected``, ``broken`` where its trace is one.
    Best and worst have the step's highest and lowest advantage, where those differ. Disagreement
    is a group whose most frequent answer is wrong while another of its answers is right. A row
    that has a field ``picked`` of its own keeps that.
    """
    advantages = [row["advantage"] for group in groups for row in group if row["counted"]]
    known = [value for value in advantages if value is not None]
    ends = (max(known), min(known)) if known and max(known) > min(known) else (None, None)
    drawn = _drawn(groups)
    found = []
    for number, (group, group_turns) in enumerate(zip(groups, turns, strict=True)):
        split = _disagrees(group)
        found.append(
            [
                _own(row)
                or (turn & {"aha", "corrected", "broken"})
                | _names(
                    best=row["advantage"] is not None and row["advantage"] == ends[0],
                    worst=row["advantage"] is not None and row["advantage"] == ends[1],
                    disagreement=split,
                    random=(number, place) in drawn,
                )
                for place, (row, turn) in enumerate(zip(group, group_turns, strict=True))
            ]
        )
    return found


def _own(row: Row) -> frozenset[str]:
    picked = row.get("picked") or ()
    return frozenset([picked] if isinstance(picked, str) else picked) & frozenset(WHYS)


def _names(**holds: bool) -> frozenset[str]:
    return frozenset(name for name, value in holds.items() if value)


def _disagrees(group: Sequence[Row]) -> bool:
    votes = Counter(row["answer"] for row in group)
    verdicts = {row["answer"]: row["verdict"] for row in group}
    ((favourite, _),) = votes.most_common(1)
    return verdicts[favourite] == "incorrect" and "correct" in verdicts.values()


def _drawn(groups: Sequence[Sequence[Row]]) -> set[tuple[int, int]]:
    """A few places, the same for the same step each time."""
    places = [(number, place) for number, group in enumerate(groups) for place in range(len(group))]
    step = groups[0][0]["step"] if groups else 0
    return set(random.Random(step).sample(places, min(_RANDOM_PER_STEP, len(places))))
