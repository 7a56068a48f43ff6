"""A learner's whole state as a distributed checkpoint (DCP), read by any number of ranks.

Every rank writes its own part of what is sharded, and reads the parts that it now needs: what two
ranks wrote, one reads, and the other way round. DCP keeps its index in a pickle, so read only what
you would run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save
from torch.distributed.tensor import DTensor, distribute_tensor

from rlvr.checkpoint import STATE
from rlvr.learn.policy import Policy
from rlvr.learn.ranks import Ranks

SHARDS = "shards"
"""Where they lie in a checkpoint that several ranks wrote."""


class Stateful(Protocol):
    """A trainer of either stage."""

    ranks: Ranks
    policy: Policy

    def optimizers(self) -> list[torch.optim.Optimizer]: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


def save_shards(learner: Stateful, folder: Path) -> None:
    """Write weights and training state to ``folder``; all ranks call it.

    Raises OSError with the ranks that could not write, and why.
    """
    with learner.ranks.waiting(f"their parts of {folder}"), _readable(folder):
        save(_state(learner), checkpoint_id=folder)


def load_shards(learner: Stateful, folder: Path) -> None:
    """Go on from what ``save_shards`` wrote; all ranks call it.

    Raises ValueError for a folder that is not there, or is of another model or algorithm, with the
    ranks' own errors; OSError for one that cannot be read.
    """
    state = _state(learner)
    with learner.ranks.waiting(f"their reading of {folder}"), _readable(folder):
        load(state, checkpoint_id=folder)
    learner.load_state_dict(state["trainer"])


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """DCP's error is no Exception, so that nobody would catch it, and tells whole tracebacks."""
    try:
        yield
    except CheckpointException as error:
        causes = {rank: cause for rank, (cause, _) in sorted(error.failures.items())}
        told = "; ".join(f"rank {r}: {type(c).__name__}: {c}" for r, c in causes.items())
        first = next((c for c in causes.values() if isinstance(c, OSError)), None)
        if first:
            raise OSError(
                first.errno, f"the ranks' parts of a checkpoint: {told}", str(folder)
            ) from error
        raise ValueError(f"the ranks' parts of the checkpoint {folder}: {told}") from error


def restore(learner: Stateful, checkpoint: Path) -> None:
    """Go on from a run's checkpoint, by however many ranks it was written; all ranks call it."""
    if (checkpoint / SHARDS).is_dir():
        load_shards(learner, checkpoint / SHARDS)
        return
    # Of one process: each rank takes its parts, and reads no more of the file than those need.
    state = torch.load(checkpoint / STATE, map_location="cpu", weights_only=True, mmap=True)
    learner.load_state_dict(_in_parts(state["trainer"], _state(learner)["trainer"]))


def _in_parts(value: Any, like: Any) -> Any:
    """The same nested values, with tensors sharded where those of ``like`` are."""
    if isinstance(like, dict):
        # An optimizer without a step yet has no state where ``like`` has zeros.
        return {key: _in_parts(value[key], item) for key, item in like.items() if key in value}
    if isinstance(like, list):
        return [_in_parts(*pair) for pair in zip(value, like, strict=True)]
    if isinstance(like, DTensor):
        whole = value.to(like.device)
        return distribute_tensor(whole, like.device_mesh, like.placements, src_data_rank=None)
    return value.clone() if isinstance(value, Tensor) else value


def _state(learner: Stateful) -> dict[str, Any]:
    """DCP reads into tensors that are there already: the weights themselves, and zeros."""
    for optimizer in learner.optimizers():
        _make_state(optimizer)
    return {"weights": learner.policy.trained(), "trainer": learner.state_dict()}


def _make_state(optimizer: torch.optim.Optimizer) -> None:
    """The state that the first step would make, all 0, where there was no step yet."""
    if optimizer.state:
        return
    rates = [group["lr"] for group in optimizer.param_groups]
    for group in optimizer.param_groups:
        group["lr"] = 0.0  # a step at 0 with gradient 0 leaves the weights as they are
        for parameter in group["params"]:
            parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    for state in optimizer.state.values():
        for tensor in state.values():
            tensor.zero_()
