"""One job on several ranks: rank 0 runs it, and the others do with it what is collective.

The loop, the engine, the verifier, traces and checkpoints are rank 0's alone, and know of no other
rank: they hold a ``Lead``, which has the calls of a trainer and of its policy, and makes each of
them on the ``Learner`` of every rank.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rlvr.config import Config, GrpoConfig, RolloutConfig
from rlvr.learn.process_group import ProcessGroup, join, leave
from rlvr.learn.ranks import Ranks
from rlvr.learn.sft import SftTrainer
from rlvr.learn.sharded import ShardedPolicy
from rlvr.learn.shards import load_shards, load_whole, save_shards
from rlvr.learn.trainer import Trainer
from rlvr.model_files import load_policy
from rlvr.types import TrainingSequence

SHARDS = "shards"
"""Of a checkpoint's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a learner is made of."""

    source: str
    config: GrpoConfig
    temperature: float


class Learner:
    """A trainer with a sharded policy, on one rank; its methods are collective calls."""

    def __init__(self, start: Start, ranks: Ranks) -> None:
        policy = ShardedPolicy(load_policy(start.source), ranks)
        self.trainer = Trainer(policy, start.config, start.temperature, ranks)

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
        return self.trainer.assign(sequences, rewards, counted)

    def step(self, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
        return self.trainer.step(sequences, step)

    def score(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
        return self.trainer.score(sequences)

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        return self.trainer.policy.named_tensors()

    def save(self, folder: Path) -> None:
        """The model in the hub's layout."""
        self.trainer.policy.save(folder)

    def save_shards(self, folder: Path) -> None:
        """All that training goes on from, in parts."""
        save_shards(self.trainer, folder)

    def load_shards(self, folder: Path) -> None:
        load_shards(self.trainer, folder)

    def load_whole(self, state: dict[str, Any]) -> None:
        """The ``state_dict`` of a trainer that had one rank."""
        load_whole(self.trainer, state)


class Lead:
    """Rank 0's; stands for a trainer and for its policy."""

    def __init__(self, start: Start, ranks: ProcessGroup) -> None:
        self._ranks = ranks
        ranks.send(start)
        self._learner = Learner(start, ranks)

    @property
    def policy(self) -> Lead:
        return self

    def assign(self, *arguments: Any) -> Any:
        return self._on_all("assign", *arguments)

    def step(self, *arguments: Any) -> Any:
        return self._on_all("step", *arguments)

    def score(self, *arguments: Any) -> Any:
        return self._on_all("score", *arguments)

    def named_tensors(self) -> Any:
        return self._on_all("named_tensors")

    def save(self, folder: Path) -> None:
        self._on_all("save", folder)

    def save_checkpoint(self, folder: Path) -> None:
        """Everything into a folder that all ranks can write to."""
        self._on_all("save", folder)
        self._on_all("save_shards", folder / SHARDS)

    def load_shards(self, folder: Path) -> None:
        self._on_all("load_shards", folder)

    def state_dict(self) -> dict[str, Any]:
        """Nothing: it is in the shards."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._on_all("load_whole", state)

    def _on_all(self, method: str, *arguments: Any) -> Any:
        self._ranks.send((method, arguments))
        return getattr(self._learner, method)(*arguments)


def join_ranks(config: Config) -> Ranks:
    """This process alone, or the ranks of torchrun, of which this is one."""
    if config.threads:
        torch.set_num_threads(config.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return join(device, timedelta(seconds=config.rank_timeout))


def make_trainer(source: Path, config: Config, ranks: Ranks) -> Trainer | Lead:
    """On rank 0; the other ranks must be in ``follow``."""
    temperature = config.rollout.temperature
    if not isinstance(ranks, ProcessGroup):
        return Trainer(load_policy(source), config.grpo, temperature)
    return Lead(Start(source=str(source), config=config.grpo, temperature=temperature), ranks)


def restore(trainer: SftTrainer | Trainer | Lead, state: dict[str, Any], checkpoint: Path) -> None:
    """Go on from a checkpoint; it may have been written by another number of ranks.

    ``state`` is the trainer's in its ``training_state.pt``: empty where several ranks wrote it.
    """
    if state:
        trainer.load_state_dict(state)
    elif isinstance(trainer, Lead):
        trainer.load_shards(checkpoint / SHARDS)
    else:
        assert isinstance(trainer, Trainer)
        load_shards(trainer, checkpoint / SHARDS)


def follow(ranks: Ranks) -> None:
    """What a rank other than 0 does of a job: make each of rank 0's calls, until it is released."""
    assert isinstance(ranks, ProcessGroup)
    start = ranks.receive()
    learner = Learner(start, ranks) if start else None
    while learner and (call := ranks.receive()):
        method, arguments = call
        result = getattr(learner, method)(*arguments)
        if isinstance(result, Iterator):
            deque(result, maxlen=0)


def release(ranks: Ranks) -> None:
    """Rank 0 needs the others no more."""
    if isinstance(ranks, ProcessGroup):
        ranks.send(None)
        leave()


def engine_settings(settings: RolloutConfig, ranks: Ranks) -> RolloutConfig:
    """Raises ValueError for an engine that cannot run beside other ranks."""
    if ranks.size == 1 or settings.engine == "transformers":
        return settings
    if settings.engine == "vllm":
        raise ValueError(
            'rollout.engine is "vllm", which in this process would take torch.distributed for '
            'itself; under torchrun "transformers" is accepted, and "auto" means it'
        )
    return settings.model_copy(update={"engine": "transformers"})
