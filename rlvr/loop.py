"""The algorithm: imitate worked solutions, then reinforce what the verifier finds right.

Shapes: P problems a step, G completions a problem, B = P * G.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rlvr.collect import collect, reward_arrays
from rlvr.config import Config
from rlvr.data.sampler import TaskSampler
from rlvr.learn.advantages.groups import informative
from rlvr.learn.sft import SftTrainer
from rlvr.learn.trainer import Trainer
from rlvr.metrics import group_metrics
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollout.parity import compare_logprobs
from rlvr.rollouts import Group
from rlvr.timing import Stopwatch
from rlvr.types import TrainingSequence

Metrics = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step of either stage leaves behind: ``step`` counts the updates made so far."""

    step: int
    metrics: Metrics
    timings: Metrics
    groups: Sequence[Group] = ()
    advantages: np.ndarray | None = None  # [P, G]


AfterStep = Callable[[StepResult], None]  # logs, saves; raises to stop


def supervise(trainer: SftTrainer, first_step: int, config: Config, after_step: AfterStep) -> None:
    """The supervised stage, from ``first_step`` on."""
    for step in range(first_step, config.sft.steps):
        watch = Stopwatch()
        with watch("train"):
            metrics = trainer.step(step)
        after_step(StepResult(step=step + 1, metrics=metrics, timings=watch.seconds))


def reinforce(
    engine: RolloutEngine,
    trainer: Trainer,
    prompter: Prompter,
    sampler: TaskSampler,
    first_step: int,
    config: Config,
    after_step: AfterStep,
) -> None:
    """Policy gradient on groups of completions (GRPO and its relatives), from ``first_step`` on.

    The engine holds the trainer's weights when a step begins; the parity check proves it, on the
    completions that the step is about to learn from.
    """
    engine.policy_version = first_step  # of a resumed run too, whose engine is new
    for step in range(first_step, config.grpo.steps):
        watch = Stopwatch()
        groups, sampling = collect(engine, prompter, sampler, step, config, watch)
        with watch("parity"):
            parity = check_parity(trainer, groups, config)
        with watch("train"):
            rewards, counted = reward_arrays(groups)
            sequences, advantages = trainer.assign(training_sequences(groups), rewards, counted)
            metrics = trainer.step(sequences, step)
        with watch("sync"):
            engine.update_weights(trainer.policy.named_tensors(), policy_version=step + 1)
        metrics |= parity | group_metrics(groups, informative(rewards, counted)) | sampling
        after_step(
            StepResult(
                step=step + 1,
                metrics=metrics,
                timings=watch.seconds,
                groups=groups,
                advantages=advantages,
            )
        )


def training_sequences(groups: Sequence[Group]) -> list[TrainingSequence]:
    """The counted completions, as the learner sees them."""
    return [
        TrainingSequence(
            prompt_ids=rollout.prompt.token_ids,
            completion_ids=rollout.completion.token_ids,
            rollout_logprobs=rollout.completion.rollout_logprobs,
        )
        for group in groups
        for rollout in group
        if rollout.reward.counted
    ]


def check_parity(trainer: Trainer, groups: Sequence[Group], config: Config) -> Metrics:
    """Scores a few fresh completions with the trainer; raises where engine and trainer disagree."""
    first = [group[0] for group in groups[: config.rollout.parity_completions]]
    sequences = [
        TrainingSequence(
            prompt_ids=rollout.prompt.token_ids, completion_ids=rollout.completion.token_ids
        )
        for rollout in first
    ]
    parity = compare_logprobs(
        [rollout.completion.rollout_logprobs for rollout in first],
        [logprobs.tolist() for logprobs in trainer.score(sequences)],
    )
    parity.check(config.rollout.parity_mean_limit, config.rollout.parity_p99_limit)
    return {
        "sync/parity_mean": parity.mean,
        "sync/parity_p99": parity.p99,
        "sync/parity_max": parity.max,
    }
