"""From the rewards of a step to the advantage of each completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rlvr.config import GrpoConfig
from rlvr.learn.advantages import ADVANTAGES
from rlvr.learn.bind import bind
from rlvr.types import TrainingSequence


class Credit:
    """Gives sequences their advantages."""

    def __init__(self, config: GrpoConfig) -> None:
        self._advantage = bind(ADVANTAGES, config.advantage)

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
        """The counted completions with their advantages, and all advantages [P, G].

        Shapes: rewards [P, G], counted [P, G]; ``sequences`` are the counted ones in that order.
        """
        advantages = self._advantage(rewards, counted)
        given = zip(sequences, advantages[counted].tolist(), strict=True)
        return [replace(sequence, advantage=value) for sequence, value in given], advantages
