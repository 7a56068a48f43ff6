"""One rank's share of an update, or of a scoring, in micro-batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from torch import Tensor

from rlvr.learn.balance import balance
from rlvr.learn.batch import PackedBatch
from rlvr.learn.ranks import Ranks
from rlvr.types import TrainingSequence

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The micro-batches of one rank; every rank has as many as any other, ``idle`` ones included.

    The forward and the backward pass of a sharded model are collective.
    """

    indices: list[int]
    """Of its sequences among all."""
    batches: list[PackedBatch]
    idle: list[PackedBatch]
    """Micro-batches with nothing to train; their gradient is 0."""

    def map(self, function: Callable[[PackedBatch], T]) -> list[T]:
        """Of each micro-batch, the idle ones included, whose results are left out."""
        results = [function(batch) for batch in [*self.batches, *self.idle]]
        return results[: len(self.batches)]


def deal(
    sequences: Sequence[TrainingSequence],
    ranks: Ranks,
    pack: Callable[[Sequence[TrainingSequence]], list[PackedBatch]],
) -> Share:
    """This rank's share of sequences that every rank has been given.

    Raises ValueError where the ranks were given different ones.
    """
    ranks.check_same("sequences", tuple(sequences))
    indices = balance(sequences, ranks.size)[ranks.rank]
    batches = pack([sequences[i] for i in indices])
    num_idle = ranks.most(len(batches)) - len(batches)
    idle = []
    if num_idle:
        shortest = min(sequences, key=lambda s: len(s.prompt_ids) + len(s.completion_ids))
        idle = [without_targets(pack([shortest])[0])] * num_idle
    return Share(indices=indices, batches=batches, idle=idle)


def without_targets(batch: PackedBatch) -> PackedBatch:
    """The same positions with nothing to train: a forward and a backward pass with gradient 0."""
    nothing: dict[str, Any] = {}
    for field in fields(batch):
        value = getattr(batch, field.name)
        # What belongs to trained tokens has one dimension; positions lie in rows, and stay.
        if isinstance(value, tuple) or (isinstance(value, Tensor) and value.ndim == 1):
            nothing[field.name] = value[:0]
    return replace(batch, **nothing)
