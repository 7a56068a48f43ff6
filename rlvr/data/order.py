"""Which rows a step reads: a pure function of seed and step, so that a resume needs no state."""

from __future__ import annotations

from random import Random

from rlvr.seeding import derive_seed


def batch_indices(num_rows: int, batch_size: int, step: int, seed: int) -> list[int]:
    """The rows of ``step`` (from 0): each epoch is a permutation, and batches run across epochs.

    Raises ValueError where there are fewer rows than one batch takes.
    """
    if num_rows < batch_size:
        raise ValueError(
            f"a batch of {batch_size} problems needs as many rows; there are {num_rows}"
        )
    indices: list[int] = []
    start = step * batch_size
    for position in range(start, start + batch_size):
        epoch, offset = divmod(position, num_rows)
        if not indices or offset == 0:
            order = list(range(num_rows))
            Random(derive_seed(seed, "epoch", epoch)).shuffle(order)
        indices.append(order[offset])
    return indices
