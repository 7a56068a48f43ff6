"""The processes that share each training step, behind the few calls that training makes.

A rank is one of them. Every rank is given the whole step, does its share of it, and ends with the
whole result: the calls here are collective, so all ranks make them in the same order. ``OneRank``
is the same without any other process, and does nothing but local arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from torch import Tensor
from torch.distributed.tensor import DTensor

T = TypeVar("T")


class RankError(RuntimeError):
    """Another rank did not come within the time limit, or is gone; says what was waited for."""


class Ranks(Protocol):
    """Values given by all ranks -> one value, the same on each of them."""

    rank: int
    """Of this process, from 0."""
    size: int

    def totals(self, *counts: int) -> list[int]:
        """The sum over the ranks of each count."""
        ...

    def most(self, count: int) -> int:
        """The largest of the ranks' counts."""
        ...

    def sum(self, values: Tensor) -> Tensor:
        """The sum of all entries on all ranks, []. As below, a rank may have none."""
        ...

    def mean(self, values: Tensor) -> Tensor: ...

    def var(self, values: Tensor) -> Tensor:
        """Their variance, divided by one less than their number."""
        ...

    def max(self, values: Tensor) -> Tensor: ...

    def min(self, values: Tensor) -> Tensor: ...

    def weighted_mean(self, value: float, weight: float) -> float:
        """The mean of one value a rank, by its weight."""
        ...

    def gather(self, indices: Sequence[int], own: Sequence[T]) -> list[T]:
        """Items of all ranks, each at its index; together the ranks have every index once."""
        ...

    def add_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Replace the gradient of parameters that every rank holds whole by its sum."""
        ...

    def check_same(self, what: str, value: object) -> None:
        """Raises ValueError where the ranks were given values of different hashes."""
        ...

    def from_rank_0(self, value: T) -> T:
        """Rank 0's value, on every rank."""
        ...

    def fill_from_rank_0(self, tensor: Tensor) -> None:
        """Put rank 0's numbers into ``tensor``, contiguous and of one shape and dtype."""
        ...

    def waiting(self, what: str) -> AbstractContextManager[None]:
        """A context in which a failed wait raises RankError with ``what`` in its message."""
        ...


class OneRank:
    """No other process: every value is its own total."""

    rank = 0
    size = 1

    def totals(self, *counts: int) -> list[int]:
        return list(counts)

    def most(self, count: int) -> int:
        return count

    def sum(self, values: Tensor) -> Tensor:
        return values.sum()

    def mean(self, values: Tensor) -> Tensor:
        return values.mean()

    def var(self, values: Tensor) -> Tensor:
        return values.var()

    def max(self, values: Tensor) -> Tensor:
        return values.max()

    def min(self, values: Tensor) -> Tensor:
        return values.min()

    def weighted_mean(self, value: float, weight: float) -> float:
        return value

    def gather(self, indices: Sequence[int], own: Sequence[T]) -> list[T]:
        return list(own)

    def add_gradients(self, parameters: Iterable[Tensor]) -> None:
        pass

    def check_same(self, what: str, value: object) -> None:
        pass

    def from_rank_0(self, value: T) -> T:
        return value

    def fill_from_rank_0(self, tensor: Tensor) -> None:
        pass

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        yield


def whole(tensor: Tensor) -> Tensor:
    """A sharded tensor put together on every rank (a collective call); another one as it is."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
