"""The ranks that ``torchrun`` starts, on torch.distributed: gloo for CPUs, NCCL for GPUs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from rlvr.learn.ranks import OneRank, RankError, Ranks
from rlvr.torchrun import restart_count

T = TypeVar("T")

# What torchrun tells each of its processes.
VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")


class ProcessGroup:
    """The ranks of torch.distributed's default process group, which must be there already."""

    def __init__(self, timeout: timedelta) -> None:
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()
        self.timeout = timeout

    def totals(self, *counts: int) -> list[int]:
        found = torch.tensor(counts, dtype=torch.int64)
        return [int(n) for n in self._reduce(found, dist.ReduceOp.SUM, "the totals of an update")]

    def most(self, count: int) -> int:
        found = torch.tensor(count, dtype=torch.int64)
        return int(self._reduce(found, dist.ReduceOp.MAX, "the number of micro-batches"))

    def sum(self, values: Tensor) -> Tensor:
        return self._reduce(values.sum().double(), dist.ReduceOp.SUM, "a metric's sum")

    def mean(self, values: Tensor) -> Tensor:
        return self.sum(values) / self.sum(torch.ones_like(values))

    def var(self, values: Tensor) -> Tensor:
        deviation = values.double() - self.mean(values)
        return self.sum(deviation.square()) / (self.sum(torch.ones_like(values)) - 1)

    def max(self, values: Tensor) -> Tensor:
        own = values.max() if len(values) else values.new_full((), -torch.inf)
        return self._reduce(own, dist.ReduceOp.MAX, "a metric's maximum")

    def min(self, values: Tensor) -> Tensor:
        return -self.max(-values)

    def weighted_mean(self, value: float, weight: float) -> float:
        found = torch.tensor([value * weight, weight], dtype=torch.float64)
        total, weights = self._reduce(found, dist.ReduceOp.SUM, "a metric's mean").tolist()
        return float(total / weights)

    def gather(self, indices: Sequence[int], own: Sequence[T]) -> list[T]:
        parts: list[Any] = [None] * self.size
        with self.waiting("the results of each rank's sequences"):
            dist.all_gather_object(parts, list(zip(indices, own, strict=True)))
        found: dict[int, T] = dict(item for part in parts for item in part)
        return [found[i] for i in range(len(found))]

    def add_gradients(self, parameters: Iterable[Tensor]) -> None:
        for parameter in parameters:
            assert parameter.grad is not None
            self._reduce(parameter.grad, dist.ReduceOp.SUM, "the value head's gradient")

    def check_same(self, what: str, value: object) -> None:
        digest = hash(value) >> 1  # so that its negative fits into 64 bits too
        found = torch.tensor([digest, -digest], dtype=torch.int64)
        largest, smallest = self._reduce(found, dist.ReduceOp.MAX, f"a comparison of {what}")
        if largest != -smallest:
            raise ValueError(
                f"the {self.size} ranks were given different {what}; the same on every rank, in "
                "the same order, is accepted"
            )

    def from_rank_0(self, value: T) -> T:
        with self.waiting("what all ranks are to know", "rank 0" if self.rank else "the others"):
            found: T = self._broadcast(value)
        return found

    def fill_from_rank_0(self, tensor: Tensor) -> None:
        # As bytes: gloo does not know every dtype.
        dist.broadcast(tensor.reshape(-1).view(torch.uint8), src=0)

    def send(self, value: object) -> None:
        """From rank 0 to all others, which are in ``receive``."""
        with self.waiting("a sign"):
            self._broadcast(value)

    def receive(self) -> Any:
        """What rank 0 sends next."""
        with self.waiting("the next call", "rank 0"):
            return self._broadcast(None)

    @contextmanager
    def waiting(self, what: str, whose: str = "the other ranks") -> Iterator[None]:
        try:
            yield
        except RankError:  # of a wait within this one
            raise
        except RuntimeError as error:
            if not _is_failed_wait(error):
                raise
            raise RankError(
                f"rank {self.rank} of {self.size} waited for {what} of {whose}, which did not "
                f"come: one has ended, or took longer than the limit of "
                f"{self.timeout.total_seconds():g} s ({str(error).splitlines()[0]})"
            ) from error

    def _broadcast(self, value: Any) -> Any:
        """Rank 0's value."""
        found = [value]
        dist.broadcast_object_list(found, src=0)
        return found[0]

    def _reduce(self, values: Tensor, operation: Any, what: str) -> Tensor:
        """In place."""
        with self.waiting(what):
            dist.all_reduce(values, operation)
        return values


def join(device: str, timeout: timedelta) -> Ranks:
    """The ranks that torchrun started together with this process; outside torchrun, this one alone.

    ``device`` is "cpu" (gloo) or "cuda" (NCCL, the GPU of the process's local rank). ``timeout``
    limits every wait for another rank, that for all to come included; rank 0's counts for all of
    them, because it is rank 0 that tells the others in time that it is still there.
    Raises ValueError for an incomplete environment, RankError where a rank does not come.
    """
    if "RANK" not in os.environ:
        return OneRank()
    if missing := [name for name in VARIABLES if name not in os.environ]:
        raise ValueError(
            f"the environment has RANK but not {', '.join(missing)}; a process that torchrun "
            "started, or none of its variables, is accepted"
        )
    if os.environ["WORLD_SIZE"] == "1":
        return OneRank()
    if device == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    # Objects and counts are on the CPU, and need not wait for the GPU's stream.
    backend = "cpu:gloo,cuda:nccl" if device == "cuda" else "gloo"
    rank, size, address, port = (os.environ[name] for name in VARIABLES if name != "LOCAL_RANK")
    try:
        joining = dist.rendezvous("env://", timeout=timeout)  # type: ignore[attr-defined]
        store, *_ = next(joining)
        # torchrun keeps its store over a restart, and with it the addresses of ended ranks.
        own = dist.PrefixStore(f"rlvr/{restart_count()}", store)  # type: ignore[attr-defined]
        timeout = _of_rank_0(own, timeout, int(rank))
        dist.init_process_group(
            backend, store=own, rank=int(rank), world_size=int(size), timeout=timeout
        )
    except RuntimeError as error:
        raise RankError(
            f"rank {rank} of {size} waited for all ranks to come to {address}:{port}, with a limit "
            f"of {timeout.total_seconds():g} s ({str(error).splitlines()[0]})"
        ) from error
    return ProcessGroup(timeout)


def _of_rank_0(store: Any, timeout: timedelta, rank: int) -> timedelta:
    if rank == 0:
        store.set("timeout", str(timeout.total_seconds()))
    return timedelta(seconds=float(store.get("timeout")))


def leave() -> None:
    """Close the process group, where there is one."""
    if dist.is_initialized():
        dist.destroy_process_group()


def _is_failed_wait(error: RuntimeError) -> bool:
    """Gloo raises plain RuntimeErrors, as many other things do."""
    text = str(error).lower()
    words = (
        "gloo/transport", "timed out", "timeout", "connection closed", "connection reset",
        "broken pipe",
    )  # fmt: skip
    return isinstance(error, dist.DistError) or any(word in text for word in words)
