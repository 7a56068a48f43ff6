"""Rank 0's stand-ins for a trainer and its policy: each call is made on every rank's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from rlvr.config import Config
from rlvr.learn.reference import Snapshot
from rlvr.learn.sft import SftLearner
from rlvr.learn.sharded import ShardedPolicy
from rlvr.learn.shards import SHARDS, restore, save_shards
from rlvr.learn.trainer import Trainer
from rlvr.led.calls import Bench, Lead
from rlvr.led.place import Beginning, check_place
from rlvr.types import TrainingSequence


class LedPolicy:
    """The weights of a sharded policy; ``named_tensors`` puts them together on all ranks."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        return self._lead.stream(_named_tensors)

    def save(self, folder: Path) -> None:
        self._lead.run(_save_model, folder.absolute())


class LedLearner:
    """What both stages' learners have."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self.policy = LedPolicy(lead)

    def save(self, folder: Path) -> None:
        """Model or adapters, and training state, into a folder that all ranks can write to."""
        self._lead.run(_save_trained, folder.absolute())
        self._lead.run(_save_shards, folder.absolute() / SHARDS)

    def restore(self, checkpoint: Path) -> None:
        """Go on from a checkpoint, which any number of ranks may have written."""
        self._lead.run(_restore, checkpoint.absolute())


class LedTrainer(LedLearner):
    """Stands for a ``Trainer``."""

    def __init__(self, lead: Lead, beginning: Beginning, config: Config) -> None:
        super().__init__(lead)
        lead.run(_make_trainer, beginning.placed(), config)

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
        return self._lead.run(_assign, sequences, rewards, counted)

    def step(self, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
        return self._lead.run(_step, sequences, step)

    def score(
        self, sequences: Sequence[TrainingSequence], weights: Snapshot | None = None
    ) -> list[NDArray[np.float32]]:
        assert weights is None, "a snapshot is of one rank"
        return self._lead.run(_score, sequences)


class LedSftLearner(LedLearner):
    """Stands for an ``SftLearner``."""

    def __init__(self, lead: Lead, beginning: Beginning, config: Config) -> None:
        super().__init__(lead)
        self.config = config.sft
        lead.run(_make_sft_learner, beginning.placed(), config)

    def learn(self, sequences: Sequence[TrainingSequence], lr: float) -> dict[str, float]:
        return self._lead.run(_learn, sequences, lr)


def _policy(bench: Bench, beginning: Beginning) -> ShardedPolicy:
    bench.learner = None  # that of the stage before goes first
    for folder in (beginning.start, beginning.checkpoint):
        check_place(folder, bench.ranks.rank)
    return ShardedPolicy(beginning.load(), bench.ranks)


def _make_trainer(bench: Bench, beginning: Beginning, config: Config) -> None:
    policy = _policy(bench, beginning)
    bench.learner = Trainer(policy, config.grpo, config.rollout.temperature, bench.ranks)


def _make_sft_learner(bench: Bench, beginning: Beginning, config: Config) -> None:
    policy = _policy(bench, beginning)
    bench.learner = SftLearner(policy, config.sft, config.sft.micro_batch_tokens, ranks=bench.ranks)


def _trainer(bench: Bench) -> Trainer:
    assert isinstance(bench.learner, Trainer)
    return bench.learner


def _assign(bench: Bench, *arguments: Any) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
    return _trainer(bench).assign(*arguments)


def _step(bench: Bench, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
    return _trainer(bench).step(sequences, step)


def _score(bench: Bench, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
    return _trainer(bench).score(sequences)


def _learn(bench: Bench, sequences: Sequence[TrainingSequence], lr: float) -> dict[str, float]:
    assert isinstance(bench.learner, SftLearner)
    return bench.learner.learn(sequences, lr)


def _named_tensors(bench: Bench) -> Iterator[tuple[str, Tensor]]:
    assert bench.learner
    return bench.learner.policy.named_tensors()


def _save_model(bench: Bench, folder: Path) -> None:
    assert bench.learner
    bench.learner.policy.save(folder)


def _save_trained(bench: Bench, folder: Path) -> None:
    assert bench.learner
    bench.learner.policy.save_trained(folder)


def _save_shards(bench: Bench, folder: Path) -> None:
    assert bench.learner
    save_shards(bench.learner, folder)


def _restore(bench: Bench, checkpoint: Path) -> None:
    assert bench.learner
    restore(bench.learner, checkpoint)
