"""A completion cut into stretches, each with what the checked trace says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Where claims overlap, the first of these that covers a character is what is shown of it.
KINDS = ("refuted", "false", "excluded", "undecided", "true")


@dataclass(frozen=True, slots=True)
class Mark:
    """``text[start:end]`` (characters) is of a kind of ``KINDS``; evidence is for a person."""

    start: int
    end: int
    kind: str
    evidence: str


def marks_of(trace: Mapping[str, Any], length: int) -> list[Mark]:
    """The marks of a text of ``length`` characters, in order, without overlaps.

    ``refuted`` is the wrong value that the completion itself refutes later, ``excluded`` a
    restriction, or the rejection of a value, that holds.
    """
    return _flat([_mark(trace, number, length) for number in range(len(trace["claims"]))])


def stretches(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, Mark | None]]:
    """The whole text in order, piece by piece, with its mark or None."""
    at = 0
    for mark in marks:
        if at < mark.start:
            yield text[at : mark.start], None
        yield text[mark.start : mark.end], mark
        at = mark.end
    if at < len(text):
        yield text[at:], None


def _mark(trace: Mapping[str, Any], number: int, length: int) -> Mark:
    claim, correction = trace["claims"][number], trace["correction"] or {}
    kind, evidence = str(claim["truth"]), str(claim["evidence"])
    if kind == "true" and claim["kind"] == "exclusion":
        kind = "excluded"
    refuted_by = correction.get("refuted_by")
    if refuted_by is not None and number == correction["wrong"]:
        kind = "refuted"
        line = trace["claims"][refuted_by]["line"] + 1
        evidence = f"{evidence} Line {line} refutes it.".strip()
    return Mark(max(0, claim["start"]), min(length, claim["end"]), kind, evidence)


def _flat(marks: Sequence[Mark]) -> list[Mark]:
    """Cut at each other's ends, the strongest kept, of equals the shortest."""
    ends = sorted({end for mark in marks for end in (mark.start, mark.end)})
    flat: list[Mark] = []
    for start, end in pairwise(ends):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        if not over:
            continue
        best = min(over, key=lambda mark: (KINDS.index(mark.kind), mark.end - mark.start))
        if flat and (flat[-1].end, flat[-1].kind, flat[-1].evidence) == (
            start,
            best.kind,
            best.evidence,
        ):
            start = flat.pop().start
        flat.append(Mark(start, end, best.kind, best.evidence))
    return flat
