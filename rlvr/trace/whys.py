"""Why a rollout is worth reading: a few of the many of a step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rlvr.trace.traced import turns

Row = Mapping[str, Any]
Group = Sequence[Row]

WHYS = ("aha", "corrected", "broken", "best", "worst", "disagreement", "random")
_RANDOM_PER_STEP = 4


def whys(groups: Sequence[Group]) -> list[list[frozenset[str]]]:
    """For each rollout of a step's groups, which of ``WHYS`` apply:

    * ``aha``, ``corrected``, ``broken``: what its checked ``trace`` says, where it has one;
    * ``best``, ``worst``: the ends of the group whose advantages lie farthest apart;
    * ``disagreement``: all of a group whose most frequent answer is wrong while another is right;
    * ``random``: a few of the step, the same each time.
    """
    widest = max(groups, key=_spread, default=())
    ends = _ends(widest)
    drawn = _drawn(groups)
    found = []
    for number, group in enumerate(groups):
        splits = disagrees(group)
        found.append(
            [
                (turns(row.get("trace")) & set(WHYS))
                | _names(
                    best=group is widest and row["advantage"] in ends[1:],
                    worst=group is widest and row["advantage"] in ends[:1],
                    disagreement=splits,
                    random=(number, place) in drawn,
                )
                for place, row in enumerate(group)
            ]
        )
    return found


def disagrees(group: Group) -> bool:
    """Whether its most frequent answer is wrong although another of its answers is right."""
    votes = Counter(row["answer"] for row in group)
    verdicts = {row["answer"]: row["verdict"] for row in group}
    ((favourite, _),) = votes.most_common(1)
    return verdicts[favourite] == "incorrect" and "correct" in verdicts.values()


def _ends(group: Group) -> tuple[float, ...]:
    """The lowest and the highest advantage; nothing where they are equal."""
    known = [row["advantage"] for row in group if row["advantage"] is not None]
    return (min(known), max(known)) if known and min(known) < max(known) else ()


def _spread(group: Group) -> float:
    ends = _ends(group)
    return ends[1] - ends[0] if ends else 0.0


def _names(**holds: bool) -> frozenset[str]:
    return frozenset(name for name, value in holds.items() if value)


def _drawn(groups: Sequence[Group]) -> set[tuple[int, int]]:
    places = [(number, place) for number, group in enumerate(groups) for place in range(len(group))]
    step = groups[0][0]["step"] if groups else 0
    return set(random.Random(step).sample(places, min(_RANDOM_PER_STEP, len(places))))
