"""A trainer's whole state as a distributed checkpoint (DCP), read by any number of ranks.

Every rank writes its own part of what is sharded, and reads the parts that it now needs: what two
ranks wrote, one reads, and the other way round. DCP keeps its index in a pickle, so read only what
you would run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save

from rlvr.learn.trainer import Trainer


def save_shards(trainer: Trainer, folder: Path) -> None:
    """Write weights and training state to ``folder``; all ranks call it."""
    with trainer.ranks.waiting(f"their parts of {folder}"):
        save(_state(trainer), checkpoint_id=folder)


def load_shards(trainer: Trainer, folder: Path) -> None:
    """Go on from what ``save_shards`` wrote; all ranks call it.

    Raises an error of DCP's for a folder that is not there, or is of another model or algorithm.
    """
    state = _state(trainer)
    with trainer.ranks.waiting(f"their reading of {folder}"):
        load(state, checkpoint_id=folder)
    trainer.load_state_dict(state["trainer"])


def _state(trainer: Trainer) -> dict[str, Any]:
    """DCP reads into tensors that are there already: the weights themselves, and zeros."""
    for optimizer in trainer.optimizers():
        _make_state(optimizer)
    return {"weights": trainer.policy.trained(), "trainer": trainer.state_dict()}


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
