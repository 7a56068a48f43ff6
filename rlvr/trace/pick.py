"""Which rollouts of a step are worth a look, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from rlvr.seeding import derive_seed

Row = Mapping[str, Any]

WHYS = ("aha", "corrected", "broken", "best", "worst", "disagreement", "random")
_AT_MOST = {"aha": 8, "corrected": 6, "broken": 6}  # the rarest first; the rest is left to others
_DISAGREEING_GROUPS = 2


def pick(rows: Sequence[Row], limit: int = 32, seed: int = 0) -> list[tuple[Row, str]]:
    """At most ``limit`` of a step's rows, each once, with the first of ``WHYS`` that took it:

    * ``aha``, ``corrected``, ``broken``: what its checked ``trace`` says, where it has one;
    * ``best``, ``worst``: of the group whose advantages lie farthest apart;
    * ``disagreement``: one of the most frequent answer and one right one, of a group whose most
      frequent answer is wrong although another is right;
    * ``random``: drawn from all the others, so that a table is not all exceptions.

    The same rows and seed give the same picks, in the order of ``WHYS``.
    """
    rng = Random(derive_seed(seed, "pick"))
    groups = groups_of(rows)
    taken: dict[int, str] = {}

    def take(why: str, found: Iterable[Row]) -> None:
        for row in found:
            if len(taken) < limit:
                taken.setdefault(places[id(row)], why)

    places = {id(row): place for place, row in enumerate(rows)}
    for why, holds in _TURNS.items():
        turned = [r for r in rows if r.get("trace") and holds(r) and places[id(r)] not in taken]
        take(why, _draw(rng, turned, _AT_MOST[why]))
    for why, row in _extremes(groups):
        take(why, [row])
    disagreeing = [pair for group in groups if (pair := _disagreement(group))]
    for pair in _draw(rng, disagreeing, _DISAGREEING_GROUPS):
        take("disagreement", pair)
    rest = [row for place, row in enumerate(rows) if place not in taken]
    take("random", _draw(rng, rest, limit))
    return sorted(((rows[place], why) for place, why in taken.items()), key=_rank)


def groups_of(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows in groups of one prompt each: ``index`` counts from 0 in every group."""
    groups: list[list[Row]] = []
    for row in rows:
        if row["index"] == 0 or not groups:
            groups.append([])
        groups[-1].append(row)
    return groups


_TURNS: dict[str, Callable[[Row], bool]] = {
    "aha": lambda row: row["trace"]["verified_aha"],
    "corrected": lambda row: row["trace"]["corrected"],
    "broken": lambda row: row["trace"]["broken"],
}


def _extremes(groups: Sequence[Sequence[Row]]) -> Iterator[tuple[str, Row]]:
    def advantage(row: Row) -> float:
        return float(row["advantage"])

    def spread(group: Sequence[Row]) -> float:
        return advantage(max(group, key=advantage)) - advantage(min(group, key=advantage))

    counted = [[row for row in group if row["advantage"] is not None] for group in groups]
    widest = max(filter(None, counted), key=spread, default=None)
    if widest and spread(widest) > 0:
        yield "best", max(widest, key=advantage)
        yield "worst", min(widest, key=advantage)


def _disagreement(group: Sequence[Row]) -> tuple[Row, Row] | None:
    favourite, _ = Counter(row["answer"] for row in group).most_common(1)[0]
    majority = next(row for row in group if row["answer"] == favourite)
    right = next((row for row in group if row["verdict"] == "correct"), None)
    if right is None or majority["verdict"] != "incorrect":
        return None
    return majority, right


def _draw(rng: Random, found: Sequence[Any], count: int) -> list[Any]:
    return rng.sample(found, min(count, len(found)))


def _rank(picked: tuple[Row, str]) -> int:
    return WHYS.index(picked[1])
