"""Rank 0's stand-ins for a trainer and its policy: each call is made on every rank's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from rlvr.config import Config
from rlvr.learn.sft import SftLearner
from rlvr.learn.sharded import Collected, ShardedPolicy
from rlvr.learn.shards import SHARDS, restore, save_shards
from rlvr.learn.trainer import Trainer
from rlvr.led.calls import Bench, Lead
from rlvr.led.place import Beginning, check_place
from rlvr.model_files import training_device
from rlvr.types import TrainingSequence


class LedPolicy:
    """The weights of a sharded policy; ``named_tensors`` puts them together on all ranks."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        return self._lead.stream(_named_tensors)

    def save(self, folder: Path) -> None:
        # Written outside of the call: a slow disk is not the other ranks' time limit.
        _policy(self._lead.bench).write(folder, self._lead.run(_collect))


class LedLearner:
    """What both stages' learners have."""

    def __init__(
        self,
        lead: Lead,
        beginning: Beginning,
        make: Callable[[Bench, Beginning, Config], None],
        config: Config,
    ) -> None:
        self._lead = lead
        self.policy = LedPolicy(lead)
        lead.run(_drop_learner)
        # Outside of a call, as above: it may be a download.
        lead.bench.whole = beginning.read("cpu")
        lead.run(make, beginning.placed(), config)

    def save(self, folder: Path) -> None:
        """Model or adapters, and training state, into a folder that all ranks can write to."""
        _policy(self._lead.bench).write(folder, self._lead.run(_collect_trained))
        self._lead.run(_save_shards, folder.absolute())

    def restore(self, checkpoint: Path) -> None:
        """Go on from a checkpoint, which any number of ranks may have written."""
        self._lead.run(_restore, checkpoint.absolute())


class LedTrainer(LedLearner):
    """Stands for a ``Trainer``."""

    def __init__(self, lead: Lead, beginning: Beginning, config: Config) -> None:
        super().__init__(lead, beginning, _make_trainer, config)

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
        return self._lead.run(_assign, sequences, rewards, counted)

    def step(self, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
        return self._lead.run(_step, sequences, step)

    def score(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
        return self._lead.run(_score, sequences)

    def keep_weights(self) -> None:
        self._lead.run(_keep_weights)

    def score_kept(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
        return self._lead.run(_score_kept, sequences)


class LedSftLearner(LedLearner):
    """Stands for an ``SftLearner``."""

    def __init__(self, lead: Lead, beginning: Beginning, config: Config) -> None:
        super().__init__(lead, beginning, _make_sft_learner, config)
        self.config = config.sft

    def learn(self, sequences: Sequence[TrainingSequence], lr: float) -> dict[str, float]:
        return self._lead.run(_learn, sequences, lr)


def _drop_learner(bench: Bench) -> None:
    """That of the stage before goes first."""
    bench.learner = None


def _spread_policy(bench: Bench, beginning: Beginning) -> ShardedPolicy:
    for folder in (beginning.start, beginning.checkpoint):
        check_place(folder, bench.ranks.rank)
    whole, bench.whole = bench.whole or beginning.read("meta"), None
    policy = ShardedPolicy(whole, bench.ranks, training_device())
    policy.check_packing()
    return policy


def _make_trainer(bench: Bench, beginning: Beginning, config: Config) -> None:
    policy = _spread_policy(bench, beginning)
    bench.learner = Trainer(policy, config.grpo, config.rollout.temperature, bench.ranks)


def _make_sft_learner(bench: Bench, beginning: Beginning, config: Config) -> None:
    policy = _spread_policy(bench, beginning)
    bench.learner = SftLearner(policy, config.sft, config.sft.micro_batch_tokens, ranks=bench.ranks)


def _policy(bench: Bench) -> ShardedPolicy:
    assert bench.learner
    assert isinstance(bench.learner.policy, ShardedPolicy)
    return bench.learner.policy


def _trainer(bench: Bench) -> Trainer:
    assert isinstance(bench.learner, Trainer)
    return bench.learner


def _assign(bench: Bench, *arguments: Any) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
    return _trainer(bench).assign(*arguments)


def _step(bench: Bench, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
    return _trainer(bench).step(sequences, step)


def _score(bench: Bench, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
    return _trainer(bench).score(sequences)


def _keep_weights(bench: Bench) -> None:
    _trainer(bench).keep_weights()


def _score_kept(bench: Bench, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
    return _trainer(bench).score_kept(sequences)


def _learn(bench: Bench, sequences: Sequence[TrainingSequence], lr: float) -> dict[str, float]:
    assert isinstance(bench.learner, SftLearner)
    return bench.learner.learn(sequences, lr)


def _named_tensors(bench: Bench) -> Iterator[tuple[str, Tensor]]:
    return _policy(bench).named_tensors()


def _collect(bench: Bench) -> Collected:
    return _policy(bench).collect()


def _collect_trained(bench: Bench) -> Collected:
    return _policy(bench).collect_trained()


def _save_shards(bench: Bench, folder: Path) -> None:
    # DCP would make the folder on a disk of this rank's own, and the checkpoint would lack it.
    check_place(folder, bench.ranks.rank)
    assert bench.learner
    save_shards(bench.learner, folder / SHARDS)


def _restore(bench: Bench, checkpoint: Path) -> None:
    assert bench.learner
    restore(bench.learner, checkpoint)
