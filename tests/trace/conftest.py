from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rlvr.types import Completion, Prompt, Reward, Rollout, Task
from tests.trace.wandb_server import WandbServer
from verifiers import Decision, Habits, Problem, Reason, Verdict
from verifiers.trace.records import (
    Cause,
    Change,
    Claim,
    ClaimKind,
    Correction,
    StepError,
    Trace,
    Transition,
    Truth,
)

HABITS = Habits(
    domain_stated=True,
    domain_first=False,
    factoring=None,
    quadratic_formula=None,
    substitution_check=False,
    excluded_value_answered=False,
)


def _make_rollout(
    text: str = "y != 0\n\\boxed{\\text{no real solution}}",
    *,
    id: str = "rational-000001",
    family: str = "rational",
    words: str = "Solve 3 - (3+y)/y = y.",
    verdict: Decision = Decision.CORRECT,
    total: float = 1.2,
    counted: bool = True,
    elapsed_ms: float = 1.0,
    logprobs: tuple[float, ...] = (-0.5, -0.25),
    **changes: Any,
) -> Rollout:
    problem = Problem(equation="3 - (3+y)/y = y", params={"a": "a = 6"})
    task = Task(id=id, family=family, text=words, problem=problem)
    return Rollout(
        prompt=Prompt(task=task, token_ids=(1, 2)),
        completion=Completion(
            token_ids=(7, 9),
            rollout_logprobs=logprobs,
            finish_reason=changes.get("finish_reason", "stop"),
            policy_version=4,
        ),
        text=text,
        reward=Reward(
            total=total,
            terms={"correct": 1.0, "domain": total - 1.0},
            counted=counted,
            verdict=Verdict(
                verdict=verdict,
                reason=Reason.EQUAL,
                answer=changes.get("answer", "{}"),
                expected="{}",
                domain=("y != 0",),
                evidence=("the discriminant of y^2 - 2y + 3 is -8",),
                elapsed_ms=elapsed_ms,
            ),
            habits=HABITS,
        ),
    )


@pytest.fixture
def make_rollout() -> Callable[..., Rollout]:
    """Makes a rollout; what a test does not name is a right answer to the seed problem."""
    return _make_rollout


@pytest.fixture
def no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nobody has ever logged in."""
    for name in [name for name in os.environ if name.startswith("WANDB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WANDB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def wandb_server(no_account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[WandbServer]:
    """A key, and a server that takes it; at the end it must have known all that it was asked."""
    with WandbServer() as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.url)
        monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
        yield server
        assert server.unknown == []


AHA = "y = 3\nCheck 3: 1 != 3\ny = 2\ny = 5 & <b>"


@pytest.fixture
def aha_trace() -> Trace:
    """A hand-made trace of ``AHA``: 3 is claimed, refuted and replaced by 2; 5 is false."""
    claims = [
        (ClaimKind.CONCLUSION, 0, 5, 0, Truth.FALSE, ("3",), "3 is no solution."),
        (ClaimKind.SUBSTITUTION, 6, 21, 1, Truth.TRUE, ("3",), ""),
        (ClaimKind.CONCLUSION, 22, 27, 2, Truth.TRUE, ("2",), "2 is <i>right</i>."),
        (ClaimKind.CANDIDATE, 28, 33, 3, Truth.FALSE, ("5",), "5 is not."),
    ]
    return Trace(
        claims=tuple(
            Claim(kind=k, start=s, end=e, line=n, truth=t, values=v, evidence=w)
            for k, s, e, n, t, v, w in claims
        ),
        first_error=StepError(claim=0, change=Change.GAINED, cause=Cause.SIGN, gained=("3",)),
        habits=HABITS,
        transition=Transition.WRONG_RIGHT,
        correction=Correction(wrong=0, right=2, refuted_by=1),
        keyword_aha=False,
        verdict=Verdict(verdict=Decision.CORRECT, reason=Reason.EQUAL, elapsed_ms=3.5),
    )
