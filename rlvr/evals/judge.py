"""What evaluation asks the grader, by worker processes under limits: no answer can stop it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rlvr.evals.votes import Ballot, Pair
from rlvr.types import Task
from verifiers import Decision, Problem, Request, Verdict, verify_batch
from verifiers.record import read_request

# So long that only what would never end is stopped, and a busy machine changes no verdict.
TIMEOUT_MS, MEMORY_MB = 10_000, 512

Question = tuple[str | None, str, str]  # unknown, one answer, another


def read_problem(fields: Mapping[str, Any]) -> Problem:
    """The problem of a record of the ``grade`` format; raises ``ValueError`` with what is wrong."""
    problem = read_request({**fields, "answer": "0"}).problem
    assert problem is not None
    return problem


def judge(completions: Sequence[tuple[Task, str]]) -> list[Verdict]:
    """A verdict for each, in order."""
    return _verdicts(_request(task, text, is_completion=True) for task, text in completions)


def unreadable(tasks: Sequence[Task]) -> list[Verdict | None]:
    """Why no answer to a task can be judged; None where answers can be.

    Undecided is a property of the problem, so that any answer shows it.
    """
    verdicts = _verdicts(_request(task, "0", is_completion=False) for task in tasks)
    return [each if each.verdict is Decision.UNDECIDED else None for each in verdicts]


def proved_equal(questions: Iterable[Question]) -> set[Question]:
    """Those whose two answers are proved equal: one is right where the other is gold."""
    asked = list(dict.fromkeys(questions))
    verdicts = _verdicts(
        Request(text=answer, gold=gold, unknown=unknown) for unknown, gold, answer in asked
    )
    return {
        question
        for question, verdict in zip(asked, verdicts, strict=True)
        if verdict.verdict is Decision.CORRECT
    }


def equal_pairs(unknown: str | None, pairs: Iterable[Pair], proved: set[Question]) -> set[Pair]:
    return {(left, right) for left, right in pairs if (unknown, left, right) in proved}


def ballot(verdict: Verdict) -> Ballot:
    return Ballot(verdict.answer, verdict.verdict is Decision.CORRECT)


def _request(task: Task, text: str, *, is_completion: bool) -> Request:
    if task.gold is None:
        return Request(text=text, is_completion=is_completion, problem=task.problem)
    unknown = task.problem.unknown
    return Request(text=text, is_completion=is_completion, gold=task.gold, unknown=unknown)


def _verdicts(requests: Iterable[Request]) -> list[Verdict]:
    items = list(requests)
    if not items:
        return []
    return verify_batch(items, timeout_ms=TIMEOUT_MS, memory_mb=MEMORY_MB)
