"""What each update of a step trains on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rlvr.types import TrainingSequence


def mini_batches(
    sequences: Sequence[TrainingSequence], epochs: int, count: int, step: int
) -> Iterator[list[TrainingSequence]]:
    """``epochs`` passes over the sequences, each in ``count`` parts of nearly equal number.

    The order depends on the step alone; a part may be missing where there are few sequences.
    """
    for epoch in range(epochs):
        if count == 1:
            yield list(sequences)
            continue
        order = np.random.default_rng((step, epoch)).permutation(len(sequences))
        for part in np.array_split(order, count):
            if len(part):
                yield [sequences[i] for i in part]
