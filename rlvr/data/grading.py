"""What data sets ask the grader, by worker processes under limits: no text can stop it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rlvr.types import Task
from verifiers import Decision, Problem, Request, Verdict, verify_batch
from verifiers.record import read_request

# So long that only what would never end is stopped, and a busy machine changes no verdict.
TIMEOUT_MS, MEMORY_MB = 10_000, 512


def read_problem(fields: Mapping[str, Any]) -> Problem:
    """The problem of a record of the ``grade`` format; raises ``ValueError`` with what is wrong."""
    problem = read_request({**fields, "answer": "0"}).problem
    assert problem is not None
    return problem


def judge(completions: Sequence[tuple[Task, str]]) -> list[Verdict]:
    """A verdict for each, in order."""
    return verdicts(_request(task, text, is_completion=True) for task, text in completions)


def unreadable(tasks: Sequence[Task]) -> list[Verdict | None]:
    """Why no answer to a task can be judged; None where answers can be.

    Undecided is a property of the problem, so that any answer shows it.
    """
    found = verdicts(_request(task, "0", is_completion=False) for task in tasks)
    return [each if each.verdict is Decision.UNDECIDED else None for each in found]


def verdicts(requests: Iterable[Request]) -> list[Verdict]:
    """A verdict for each, in order; the workers start for the first."""
    items = list(requests)
    if not items:
        return []
    return verify_batch(items, timeout_ms=TIMEOUT_MS, memory_mb=MEMORY_MB)


def _request(task: Task, text: str, *, is_completion: bool) -> Request:
    if task.gold is None:
        return Request(text=text, is_completion=is_completion, problem=task.problem)
    unknown = task.problem.unknown
    return Request(text=text, is_completion=is_completion, gold=task.gold, unknown=unknown)
