"""What a stage begins with, and whether every rank sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from rlvr.config import ModelConfig
from rlvr.learn.policy import Policy
from rlvr.model_files import load_policy, read_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The policy of a stage: see ``load_policy``."""

    start: str | Path
    model: ModelConfig
    seed: int
    checkpoint: Path | None

    def load(self) -> Policy:
        return load_policy(self.start, self.model, self.seed, self.checkpoint)

    def read(self, device: str) -> Policy:
        """Unchecked, on "cpu"; or its structure alone, on "meta"."""
        place = torch.device(device)
        return read_policy(self.start, self.model, self.seed, self.checkpoint, place)

    def placed(self) -> Beginning:
        """With whole paths, for ranks that started elsewhere."""
        checkpoint = self.checkpoint.absolute() if self.checkpoint else None
        return replace(self, start=place(self.start), checkpoint=checkpoint)


def place(source: str | Path) -> str | Path:
    """A folder by its whole path; a hub id as it is."""
    return Path(source).absolute() if Path(source).is_dir() else str(source)


def check_place(source: str | Path | None, rank: int) -> None:
    """Raises ValueError for a folder of rank 0 that is not there on this rank."""
    if isinstance(source, Path) and not source.is_dir():
        raise ValueError(
            f"rank {rank} does not see {source}, which rank 0 wrote or was given; a folder of runs "
            "(runs=...) on a disk that all ranks share is accepted"
        )
