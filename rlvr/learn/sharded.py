"""A policy whose parameters are sharded over the ranks by FSDP2 (``fully_shard``).

Each rank holds one part of every parameter, and with it of its gradient and optimizer state. A
layer's parameters are gathered before its forward and its backward and dropped after each; those
of embeddings, last norm and head stay from the forward to the end of the backward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor
from transformers import PreTrainedModel

from rlvr.learn.batch import PackedBatch
from rlvr.learn.lora import Whole, save_adapters
from rlvr.learn.policy import ADAPTER_FOLDER, Policy
from rlvr.learn.ranks import Ranks, whole
from rlvr.learn.spread import fill, weights_of_rank_0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Whole tensors in rank 0's memory, to be written: weights by their hub names, and adapters by
    the model's; the other ranks have no weights."""

    tensors: dict[str, Tensor]
    adapters: dict[str, Tensor]


class ShardedPolicy(Policy):
    """A policy on all ranks; what runs the model or puts weights together is a collective call."""

    def __init__(self, policy: Policy, ranks: Ranks, device: torch.device) -> None:
        """Spread over the ranks a policy that rank 0 has whole, on the CPU or on ``device``.

        The other ranks give the same policy without weights (on the meta device). It must not be
        used by itself any more. No device holds more at a time than its parts and one layer, or
        its parts, embeddings and head.
        Raises ValueError where the ranks' policies are of other structures.
        """
        vars(self).update(vars(policy))  # its model and settings
        self._ranks = ranks
        self._shard(device, weights_of_rank_0(self.model, ranks, device))

    def _shard(self, device: torch.device, given: Whole) -> None:
        """Take over weights and buffers from ``given``, layer by layer, and keep a part of each."""
        model = self.model
        mesh = init_device_mesh(device.type, (self._ranks.size,))
        fill(model.named_buffers(), given)
        for name, layer in _layers(model):
            fill(layer.named_parameters(prefix=name), given)
            fully_shard(layer, mesh=mesh)
        rest = (item for item in model.named_parameters() if not isinstance(item[1], DTensor))
        fill(rest, given)
        self._root = _Root(model, super().hidden)
        # The head is used after the forward of the root, and outside of it.
        fully_shard(self._root, mesh=mesh, reshard_after_forward=False)
        for module in self._root.modules():
            if isinstance(module, FSDPModule):
                # The losses are shares of one loss: gradients add up, which is not FSDP's mean.
                module.set_gradient_divide_factor(1.0)
                # Gloo has no scaled sum, which torch takes for every factor but the mean's.
                module.set_force_sum_reduction_for_comms(True)

    def hidden(self, batch: PackedBatch) -> Tensor:
        hidden: Tensor = self._root(batch)
        return hidden

    def logprobs_from(
        self,
        hidden: Tensor,
        batch: PackedBatch,
        temperature: float,
        entropy_gradient: bool = False,
    ) -> tuple[Tensor, Tensor]:
        result = super().logprobs_from(hidden, batch, temperature, entropy_gradient)
        if not torch.is_grad_enabled():
            # No backward will do it, and an update would leave the gathered weights as they were.
            self._root.reshard()  # type: ignore[operator]
        return result

    def _logits(self, input_ids: Tensor) -> Tensor:
        self._root.unshard()  # type: ignore[operator]
        logits = super()._logits(input_ids)
        self._root.reshard()  # type: ignore[operator]
        return logits

    def _whole(self, name: str, tensor: Tensor) -> Tensor:
        """Put together on every rank; all ranks ask for all parameters, in their order."""
        with self._ranks.waiting(f"their parts of {name}"):
            return whole(tensor)

    def collect(self) -> Collected:
        """What ``save`` writes; a collective call."""
        tensors = {}
        for name, tensor in self.named_tensors():
            if self._ranks.rank == 0:
                tensors[name] = tensor.cpu().to(self.model.dtype)
        return Collected(tensors=tensors, adapters=self._adapters())

    def collect_trained(self) -> Collected:
        """What ``save_trained`` writes; a collective call."""
        if adapters := self._adapters():
            return Collected(tensors={}, adapters=adapters)
        return self.collect()

    def write(self, folder: Path, collected: Collected) -> None:
        """For rank 0 alone."""
        if collected.tensors:
            self._write(folder, collected.tensors, collected.adapters)
        else:
            save_adapters(self.model, collected.adapters, folder / ADAPTER_FOLDER)

    def save(self, folder: Path) -> None:
        """As the policy's; all ranks call it, and rank 0 writes."""
        collected = self.collect()
        if self._ranks.rank == 0:
            self.write(folder, collected)

    def save_trained(self, folder: Path) -> None:
        """As the policy's; all ranks call it, and rank 0 writes."""
        collected = self.collect_trained()
        if self._ranks.rank == 0:
            self.write(folder, collected)


class _Root(nn.Module):
    """FSDP's hooks are on a forward, and the policy never calls the whole model's."""

    def __init__(self, model: PreTrainedModel, hidden: Callable[[PackedBatch], Tensor]) -> None:
        super().__init__()
        self.model = model
        self._hidden = hidden

    def forward(self, batch: PackedBatch) -> Tensor:
        return self._hidden(batch)


def _layers(model: PreTrainedModel) -> list[tuple[str, nn.Module]]:
    """Those that transformers names as the parts of the model that are not to be split, by name."""
    classes = set(model._no_split_modules or ())
    layers = [item for item in model.named_modules() if type(item[1]).__name__ in classes]
    if not layers:
        raise ValueError(
            f"{type(model).__name__} does not say what its layers are; a model whose "
            "_no_split_modules names them is accepted"
        )
    return layers
