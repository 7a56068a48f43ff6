"""The batch of a step: made when the step begins, or one step ahead while the trainer updates.

With ``grpo.max_staleness`` 1, step k trains on completions that were written before it began,
while the engine writes those of step k + 1 with the weights of version k; then the weights of
version k + 1 are handed over. So every batch but the first is one version old when it is trained
on, and the loss corrects for it: see ``docs/algorithms.md``. Source: one-step off-policy RLHF,
Noukhovitch et al. 2024 (arXiv 2410.18252).

The engine runs in a thread of this process, because it takes weights as tensors; torch's kernels
leave the interpreter free. Nothing but that thread touches engine and sampler until it has ended,
and it touches nothing of the trainer: the calls of several ranks must come one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rlvr.collect import collect, reward_arrays
from rlvr.config import Config
from rlvr.data.sampler import TaskSampler
from rlvr.learn.advantages.groups import informative
from rlvr.learn.learner import Learner
from rlvr.metrics import group_metrics, staleness_metrics
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollout.parity import compare_logprobs
from rlvr.rollouts import Group
from rlvr.timing import Stopwatch
from rlvr.types import TrainingSequence

Metrics = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The groups of one step, what they say, and the seconds that they took."""

    groups: list[Group]
    metrics: Metrics
    seconds: Metrics


MakeBatch = Callable[[int], Batch]
# A batch, the trainer's logprobs by the weights that wrote it, the time it takes: with its parity.
Score = Callable[[Sequence[TrainingSequence]], list[NDArray[np.float32]]]
CheckBatch = Callable[[Batch, Score, Stopwatch], Batch]


class BatchSource(Protocol):
    """Where the loop gets its batches from."""

    def take(self, step: int, watch: Stopwatch) -> Batch:
        """The batch of ``step``, before its update. Raises ParityError, as ``settle`` does."""
        ...

    def settle(self, watch: Stopwatch) -> Batch | None:
        """After the update: ends what runs beside it. The next step's batch, if it is there."""
        ...

    def close(self) -> None: ...


class OnPolicy:
    """Makes each batch when it is asked for: it is of the policy that it trains.

    Then the engine sleeps, until the update gives it other weights.
    """

    def __init__(
        self, make: MakeBatch, check: CheckBatch, trainer: Learner, engine: RolloutEngine
    ) -> None:
        self._make, self._check = make, check
        self._trainer, self._engine = trainer, engine

    def take(self, step: int, watch: Stopwatch) -> Batch:
        batch = self._check(self._make(step), self._trainer.score, watch)
        self._engine.sleep()
        return batch

    def settle(self, watch: Stopwatch) -> None:
        return None

    def close(self) -> None:
        pass


class OneStepAhead:
    """Makes the next step's batch while the caller updates the policy.

    ``ready`` is the first batch, of a run that is resumed; without one it is made on the spot. The
    parity check needs the weights that wrote a batch, which the update changes: the trainer keeps
    them.
    """

    def __init__(
        self,
        make: MakeBatch,
        check: CheckBatch,
        trainer: Learner,
        steps: int,
        ready: Batch | None,
    ) -> None:
        self._make, self._check = make, check
        self._trainer, self._steps = trainer, steps
        self._ready = ready
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="one-step-ahead")
        self._next: Future[Batch] | None = None

    def take(self, step: int, watch: Stopwatch) -> Batch:
        batch = self._ready or self._check(self._make(step), self._trainer.score, watch)
        if step + 1 < self._steps:
            self._trainer.keep_weights()
            self._next = self._pool.submit(self._make, step + 1)
        staleness = staleness_metrics(batch.groups, policy_version=step)
        return replace(batch, metrics=batch.metrics | staleness)

    def settle(self, watch: Stopwatch) -> Batch | None:
        """Raises what went wrong in the thread."""
        with watch("wait"):
            batch = self._next.result() if self._next else None
        self._next = None
        self._ready = self._check(batch, self._trainer.score_kept, watch) if batch else None
        return self._ready

    def close(self) -> None:
        """Waits for the completions in flight: an engine cannot be closed while it writes."""
        self._pool.shutdown()


def batch_source(
    engine: RolloutEngine,
    trainer: Learner,
    prompter: Prompter,
    sampler: TaskSampler,
    config: Config,
    ready: Batch | None = None,
) -> BatchSource:
    """As ``grpo.max_staleness`` says; ``ready`` is the first batch, where there is one already."""

    def make(step: int) -> Batch:
        watch = Stopwatch()
        groups, sampling = collect(engine, prompter, sampler, step, config, watch)
        found = group_metrics(groups, informative(*reward_arrays(groups)))
        return Batch(groups=groups, metrics=found | sampling, seconds=watch.laps)

    def check(batch: Batch, score: Score, watch: Stopwatch) -> Batch:
        with watch("parity"):
            parity = check_parity(score, batch.groups, config)
        return replace(batch, metrics=parity | batch.metrics)

    if not config.grpo.max_staleness:
        return OnPolicy(make, check, trainer, engine)
    return OneStepAhead(make, check, trainer, config.grpo.steps, ready)


def check_parity(score: Score, groups: Sequence[Group], config: Config) -> Metrics:
    """A few fresh completions, scored by the trainer with the weights that wrote them.

    Raises ParityError where engine and trainer disagree.
    """
    first = [group[0] for group in groups[: config.rollout.parity_completions]]
    sequences = [
        TrainingSequence(
            prompt_ids=rollout.prompt.token_ids, completion_ids=rollout.completion.token_ids
        )
        for rollout in first
    ]
    parity = compare_logprobs(
        [rollout.completion.rollout_logprobs for rollout in first],
        [logprobs.tolist() for logprobs in score(sequences)],
    )
    parity.check(config.rollout.parity_mean_limit, config.rollout.parity_p99_limit)
    return {
        "sync/parity_mean": parity.mean,
        "sync/parity_p99": parity.p99,
        "sync/parity_max": parity.max,
    }
