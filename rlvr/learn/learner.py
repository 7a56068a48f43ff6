"""What the loop asks of a trainer, whether it is of one process or stands for those of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from rlvr.types import TrainingSequence


class Weights(Protocol):
    """Of a policy, in the hub's names and layout."""

    def named_tensors(self) -> Iterable[tuple[str, Tensor]]: ...

    def save(self, folder: Path) -> None: ...


class Learner(Protocol):
    """See ``Trainer``."""

    @property
    def policy(self) -> Weights: ...

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]: ...

    def step(self, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]: ...

    def score(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]: ...

    def keep_weights(self) -> None: ...

    def score_kept(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]: ...
