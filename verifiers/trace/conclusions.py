"""Final answers in boxes, and "no solution" in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from verifiers.extract import boxes
from verifiers.trace.records import ClaimKind
from verifiers.trace.statement import Statement
from verifiers.trace.words import NOTHING, Mood, mood

MAX_BEYOND = 200  # characters after the last formula in which "no solution" is looked for
MAX_ALONE = 2000  # the same where there is no formula


def conclusions(completion: str, group: int, end: int) -> Iterator[Statement]:
    """The boxes, and outside of them "no real solutions": a candidate without values.

    ``group`` is the last one in use, ``end`` where the last formula ends.
    """
    groups = count(group + 1)
    closed = boxes(completion)
    for box in closed:
        if box.content is not None:
            yield Statement(
                kind=ClaimKind.CONCLUSION, start=box.start, end=box.end,
                line=completion.count("\n", 0, box.start), group=next(groups), box=box.content,
            )  # fmt: skip
    for match in NOTHING.finditer(completion[: end + MAX_BEYOND if end else MAX_ALONE]):
        start = match.start()
        if any(box.start <= start < box.end for box in closed):
            continue
        begin = max(completion.rfind(mark, 0, start) for mark in (".", "\n", ";")) + 1
        if mood(completion[begin:start], "", "") is not Mood.SUPPOSED:
            yield Statement(
                kind=ClaimKind.CANDIDATE, start=start, end=match.end(),
                line=completion.count("\n", 0, start), group=next(groups),
            )  # fmt: skip
