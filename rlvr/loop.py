"""The algorithm: imitate worked solutions, then reinforce what the verifier finds right.

Shapes: P problems a step, G completions a problem, B = P * G.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from rlvr.batches import Batch, Metrics, batch_source
from rlvr.collect import reward_arrays
from rlvr.config import Config
from rlvr.data.sampler import TaskSampler
from rlvr.learn.learner import Learner
from rlvr.learn.sft import SftTrainer
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollouts import Group
from rlvr.timing import Stopwatch
from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step of either stage leaves behind: ``step`` counts the updates made so far."""

    step: int
    metrics: Metrics
    timings: Metrics
    groups: Sequence[Group] = ()
    advantages: np.ndarray | None = None  # [P, G]
    ahead: Batch | None = None
    """The next step's batch, where it is there already: going on without it needs it."""


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
    trainer: Learner,
    prompter: Prompter,
    sampler: TaskSampler,
    first_step: int,
    config: Config,
    after_step: AfterStep,
    ahead: Batch | None = None,
) -> None:
    """Policy gradient on groups of completions (GRPO and its relatives), from ``first_step`` on.

    The engine holds the trainer's weights when a step begins; the parity check proves it, on
    completions that were written with them. ``ahead`` is the first step's batch, where a resumed
    run had it already.
    """
    engine.policy_version = first_step  # of a resumed run too, whose engine is new
    with closing(batch_source(engine, trainer, prompter, sampler, config, ahead)) as source:
        for step in range(first_step, config.grpo.steps):
            watch = Stopwatch()
            batch = source.take(step, watch)
            with watch("train"):
                rewards, counted = reward_arrays(batch.groups)
                sequences, advantages = trainer.assign(
                    training_sequences(batch.groups), rewards, counted
                )
                metrics = trainer.step(sequences, step)
            ahead = source.settle(watch)
            with watch("sync"):
                engine.update_weights(trainer.policy.named_tensors(), policy_version=step + 1)
            after_step(
                StepResult(
                    step=step + 1,
                    metrics=metrics | batch.metrics,
                    timings=batch.seconds | watch.seconds,
                    groups=batch.groups,
                    advantages=advantages,
                    ahead=ahead,
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
