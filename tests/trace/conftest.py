from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rlvr.types import Completion, Prompt, Reward, Rollout, Task
from verifiers import Decision, Habits, Problem, Reason, Verdict

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
