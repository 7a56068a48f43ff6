"""From rank 0, which alone has read a model's weights, to all ranks; and without a rank in between.

A model on the meta device has every tensor but none of its numbers. They are filled in place, so
that modules which share a weight (tied embeddings) go on to share it.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.utils import swap_tensors

from rlvr.learn.lora import Whole
from rlvr.learn.ranks import Ranks


def weights_of_rank_0(model: nn.Module, ranks: Ranks, device: torch.device) -> Whole:
    """A collective function: the whole tensor that rank 0 has under a name, on ``device``.

    Raises ValueError where a rank's model has other tensors than rank 0's.
    """
    own = {name: (tensor.shape, tensor.dtype) for name, tensor in _named_tensors(model)}
    given = ranks.from_rank_0(own)
    # Not the dtypes: some models keep a few of their weights in float32, as they are read.
    if [(n, shape) for n, (shape, _) in own.items()] != [(n, s) for n, (s, _) in given.items()]:
        raise ValueError(
            f"rank {ranks.rank} has another {type(model).__name__} than rank 0; the same "
            "configuration and version of transformers on every rank is accepted"
        )

    def whole(name: str, tensor: Tensor) -> Tensor:
        shape, dtype = given[name]
        if ranks.rank == 0:
            found = tensor.detach().to(device).contiguous()
        else:
            found = torch.empty(shape, dtype=dtype, device=device)
        with ranks.waiting(f"their readiness for {name}"):
            ranks.fill_from_rank_0(found)
        return found

    return whole


def fill(tensors: Iterable[tuple[str, Tensor]], whole: Whole) -> None:
    """Give each of a model's tensors the numbers, dtype and device of ``whole(name, tensor)``."""
    for name, tensor in tensors:
        found = whole(name, tensor)
        if isinstance(tensor, nn.Parameter):
            found = nn.Parameter(found, requires_grad=tensor.requires_grad)
        swap_tensors(tensor, found)


def _named_tensors(model: nn.Module) -> list[tuple[str, Tensor]]:
    return [*model.named_parameters(), *model.named_buffers()]
