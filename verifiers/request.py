"""What is judged in one go: an answer or a completion, against a problem or a gold answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from verifiers.gold import read_gold
from verifiers.grouped import readings
from verifiers.solve import outcome_of
from verifiers.types import Problem, Verdict
from verifiers.verify import check_call, verify, verify_completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``text`` is a bare answer or, as ``is_completion`` says, a text with the answer in a box.

    It is judged against ``problem``, or, where that is None, against ``gold``, whose unknown may
    be named by ``unknown``.
    """

    text: str
    is_completion: bool = False
    problem: Problem | None = None
    gold: str | None = None
    unknown: str | None = None


Item: TypeAlias = Request | tuple[Problem | str, str]
"""What a batch is made of: a request, or a problem with its bare answer."""


def as_request(item: Item) -> Request:
    """Raises ``ValueError`` for what is no item."""
    if isinstance(item, Request):
        return item
    if isinstance(item, tuple) and len(item) == 2:
        problem, text = item
        if isinstance(problem, str):
            problem = Problem(equation=problem)
        if isinstance(problem, Problem) and isinstance(text, str):
            return Request(problem=problem, text=text)
    raise ValueError(
        f"an item of a batch is {str(item)[:60]!a}; accepted: a Request, or a pair of a problem"
        " (a Problem or an equation) and an answer text"
    )


def as_request_of(
    problem: Problem | str | None, answer: str | None, gold: str | None, unknown: str | None
) -> Request:
    """The request of a call of ``verify``; raises ``ValueError`` as that does."""
    check_call(problem, answer, gold, unknown)
    if isinstance(problem, str):
        problem = Problem(equation=problem)
    assert answer is not None
    return Request(problem=problem, text=answer, gold=gold, unknown=unknown)


def prepare(request: Request) -> None:
    """Do all that depends on the problem alone; its outcome is kept for ``judge``."""
    if request.problem is not None:
        outcome_of(request.problem)
    elif request.gold is not None:
        for reading in readings(request.gold):
            read_gold(reading, request.unknown)


def judge(request: Request, on_prepared: Callable[[], None] = lambda: None) -> Verdict:
    """The verdict; ``on_prepared`` is called once only the answer is left to be judged."""
    prepare(request)
    on_prepared()
    grade = verify_completion if request.is_completion else verify
    return grade(request.problem, request.text, gold=request.gold, unknown=request.unknown)
