"""What votes ask the grader: which answers are proved equal."""

from __future__ import annotations

from collections.abc import Iterable

from rlvr.data.grading import verdicts
from rlvr.evals.votes import Ballot, Pair
from verifiers import Decision, Request, Verdict

Question = tuple[str | None, str, str]  # unknown, one answer, another


def proved_equal(questions: Iterable[Question]) -> set[Question]:
    """Those whose two answers are proved equal: one is right where the other is gold."""
    asked = list(dict.fromkeys(questions))
    found = verdicts(
        Request(text=answer, gold=gold, unknown=unknown) for unknown, gold, answer in asked
    )
    return {
        question
        for question, verdict in zip(asked, found, strict=True)
        if verdict.verdict is Decision.CORRECT
    }


def equal_pairs(unknown: str | None, pairs: Iterable[Pair], proved: set[Question]) -> set[Pair]:
    return {(left, right) for left, right in pairs if (unknown, left, right) in proved}


def ballot(verdict: Verdict) -> Ballot:
    return Ballot(verdict.answer, verdict.verdict is Decision.CORRECT)
