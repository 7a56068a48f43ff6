"""Which answers are the same vote: classes of answers that are proved equal.

Right answers are one class, since each is proved equal to the same solution set. Wrong answers are
one vote where their canonical texts are the same, or where the verifier proves them equal. Answers
with different verdicts are never one vote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import combinations, count

CUT = 500  # characters that a verdict keeps of an answer: such a text no longer says which it was
_RATIONALS = re.compile(r"\{?-?\d+(?:/\d+)?(?:, -?\d+(?:/\d+)?)*\}?")
_RIGHT = object()

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ballot:
    """``answer`` is canonical text; None votes for nothing."""

    answer: str | None
    is_right: bool


def open_pairs(ballots: Sequence[Ballot]) -> list[Pair]:
    """The pairs of wrong answers that may be equal although their texts differ, each in order.

    Of two finite sets of rational numbers the canonical texts tell already.
    """
    texts = sorted({b.answer for b in ballots if b.answer and not b.is_right and not _is_cut(b)})
    return [
        (left, right)
        for left, right in combinations(texts, 2)
        if not (_RATIONALS.fullmatch(left) and _RATIONALS.fullmatch(right))
    ]


def vote(ballots: Sequence[Ballot], equal: Set[Pair] = frozenset()) -> tuple[int | None, ...]:
    """The class of each ballot, numbered as they appear; ``equal`` are the pairs proved equal."""
    leader: dict[str, str] = {b.answer: b.answer for b in ballots if b.answer}

    def find(text: str) -> str:
        while leader[text] != text:
            text = leader[text]
        return text

    for left, right in sorted(equal):
        if left in leader and right in leader:
            first, second = sorted((find(left), find(right)))
            leader[second] = first
    numbers: dict[object, int] = {}
    fresh = count()
    votes: list[int | None] = []
    for ballot in ballots:
        if ballot.answer is None and not ballot.is_right:
            votes.append(None)
            continue
        key: object = _RIGHT
        if not ballot.is_right:
            assert ballot.answer is not None
            key = object() if _is_cut(ballot) else find(ballot.answer)
        if key not in numbers:
            numbers[key] = next(fresh)
        votes.append(numbers[key])
    return tuple(votes)


def _is_cut(ballot: Ballot) -> bool:
    return ballot.answer is not None and len(ballot.answer) >= CUT
