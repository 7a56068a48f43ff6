"""What an evaluation writes down of each problem: one record, one line of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rlvr.types import Completion, Task
from verifiers import Decision, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A completion and what the verifier says; ``answer`` is canonical, None where there is none.

    ``evidence`` are the verifier's sentences on a greedy completion; of samples they are not kept.
    """

    completion: str
    num_tokens: int
    finish_reason: str
    verdict: str
    reason: str
    answer: str | None
    evidence: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        return self.verdict == Decision.CORRECT

    @property
    def is_decided(self) -> bool:
        return self.verdict != Decision.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A problem with its greedy completion and n sampled ones.

    ``votes`` has a number for each sample: equal answers have equal numbers, and None is the vote
    of a sample without an answer that can be read.
    """

    id: str
    family: str
    difficulty: str
    text: str
    expected: str | None
    greedy: Judged
    samples: tuple[Judged, ...]
    votes: tuple[int | None, ...]


def judged(completion: Completion, text: str, verdict: Verdict, *, evidence: bool) -> Judged:
    """Without the verdict's time: the same evaluation writes the same bytes."""
    return Judged(
        completion=text,
        num_tokens=len(completion.token_ids),
        finish_reason=completion.finish_reason,
        verdict=verdict.verdict.value,
        reason=verdict.reason.value,
        answer=verdict.answer,
        evidence=verdict.evidence if evidence else (),
    )


def answered(
    task: Task,
    expected: str | None,
    greedy: Judged,
    samples: tuple[Judged, ...],
    votes: tuple[int | None, ...],
) -> Answered:
    assert len(samples) == len(votes)
    return Answered(
        id=task.id,
        family=task.family,
        difficulty=task.difficulty,
        text=task.text,
        expected=expected,
        greedy=greedy,
        samples=samples,
        votes=votes,
    )


def to_row(record: Answered) -> dict[str, Any]:
    return asdict(record)


def from_row(row: Mapping[str, Any]) -> Answered:
    """Raises ``ValueError`` for a row of another shape."""
    try:
        return Answered(
            **{
                **row,
                "greedy": _judged(row["greedy"]),
                "samples": tuple(_judged(each) for each in row["samples"]),
                "votes": tuple(row["votes"]),
            }
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a row of an evaluation: {error}") from None


def _judged(fields: Mapping[str, Any]) -> Judged:
    return Judged(**{**fields, "evidence": tuple(fields["evidence"])})
