"""Dynamic sampling with an engine that solves some problems always, and others half of the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from rlvr.collect import collect
from rlvr.config import Config
from rlvr.config_sampling import SamplingConfig
from rlvr.data.sampler import TaskSampler
from rlvr.rollout.engine import Request
from rlvr.timing import Stopwatch
from rlvr.types import Completion, Prompt, Task
from verifiers import Problem

TASKS = [
    Task(id=f"t{n}", family="linear", text="", problem=Problem(equation=f"2x = {2 * n}"))
    for n in range(12)
]


class WordPrompter:
    """A token is a number, and a completion's text that number in a box."""

    def prompt(self, task: Task) -> Prompt:
        return Prompt(task=task, token_ids=(int(task.id[1:]),))

    def text(self, token_ids: tuple[int, ...]) -> str:
        return f"\\boxed{{{token_ids[0]}}}"


@dataclass
class HalfEngine:
    """Right every second time on the problems in ``learnable``, always on the others."""

    learnable: set[int]
    asked: int = 0

    def generate(self, requests: list[Request], sampling: Any) -> list[Completion]:
        self.asked += len(requests)
        found = []
        for index, request in enumerate(requests):
            right = request.prompt_ids[0]
            is_wrong = right in self.learnable and index % 2
            found.append(
                Completion(
                    token_ids=(99 if is_wrong else right,),
                    rollout_logprobs=(-1.0,),
                    finish_reason="stop",
                    policy_version=0,
                )
            )
        return found


def run(learnable: set[int], rounds: int, **sampling: Any) -> tuple[HalfEngine, Any, Any]:
    base = Config()
    config = base.model_copy(
        update={
            "grpo": base.grpo.model_copy(
                update={
                    "problems": 4,
                    "group_size": 2,
                    "sampling": SamplingConfig(refill_rounds=rounds, **sampling),
                }
            )
        }
    )
    engine = HalfEngine(learnable)
    sampler = TaskSampler(TASKS, config.grpo.sampling, seed=0)
    prompter: Any = WordPrompter()
    groups, metrics = collect(engine, prompter, sampler, 0, config, Stopwatch())  # type: ignore[arg-type]
    return engine, groups, metrics


def test_without_refill_a_step_costs_what_it_says() -> None:
    engine, groups, metrics = run(set(), rounds=0)
    assert (engine.asked, len(groups), metrics) == (8, 4, {})


def test_an_informative_batch_is_not_refilled() -> None:
    engine, groups, metrics = run(set(range(12)), rounds=5)
    assert (engine.asked, len(groups)) == (8, 4)
    assert metrics["sampling/refill_rounds"] == metrics["sampling/extra_share"] == 0


def test_refills_until_enough_groups_are_informative_and_shows_what_it_cost() -> None:
    engine, groups, metrics = run({1, 3, 5, 7, 9, 11}, rounds=8)
    kinds = [len({r.reward.total for r in group}) for group in groups]
    assert kinds.count(2) == 4 == metrics["sampling/informative_groups"]
    extra = len(groups) - 4
    assert extra > 0
    assert engine.asked == 2 * len(groups)
    assert metrics["sampling/extra_groups"] == extra
    assert metrics["sampling/extra_share"] == extra / 4
    assert 0 < metrics["sampling/refill_rounds"] <= 8
    assert len({group[0].prompt.task.id for group in groups}) == len(groups)


@pytest.mark.parametrize(("rounds", "asked"), [(1, 16), (2, 24), (9, 24)])
def test_the_refill_is_bounded_by_its_rounds_and_by_the_problems(rounds: int, asked: int) -> None:
    engine, _, metrics = run(set(), rounds=rounds)
    assert engine.asked == asked  # 4 problems a round, 12 in all
    assert metrics["sampling/informative_groups"] == 0


def test_an_advantage_that_learns_from_equal_rewards_takes_no_refill() -> None:
    for kind in ("ema", "gae", "batch_norm"):
        with pytest.raises(ValueError, match="0 is accepted, or one of group_mean"):
            Config.model_validate(
                {"grpo": {"advantage": {"kind": kind}, "sampling": {"refill_rounds": 2}}}
            )
