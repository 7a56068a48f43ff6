"""A policy whose parameters are sharded over the ranks by FSDP2 (``fully_shard``).

Each rank holds one part of every parameter, and with it of its gradient and optimizer state. A
layer's parameters are gathered before its forward and its backward and dropped after each; those
of embeddings, last norm and head stay from the forward to the end of the backward.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from transformers import PreTrainedModel

from rlvr.learn.batch import PackedBatch
from rlvr.learn.lora import save_adapters
from rlvr.learn.policy import ADAPTER_FOLDER, Policy
from rlvr.learn.ranks import Ranks, whole


class ShardedPolicy(Policy):
    """A policy on all ranks; what runs the model or puts weights together is a collective call."""

    def __init__(self, policy: Policy, ranks: Ranks) -> None:
        """Shard a policy that every rank has whole; it must not be used by itself any more."""
        vars(self).update(vars(policy))  # its model and settings
        model = self.model
        self._ranks = ranks
        mesh = init_device_mesh(self.device.type, (ranks.size,))
        for layer in _layers(model):
            fully_shard(layer, mesh=mesh)
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

    def _whole(self, name: str, tensor: Tensor) -> Tensor:
        """Put together on every rank; all ranks ask for all parameters, in their order."""
        with self._ranks.waiting(f"their parts of {name}"):
            return whole(tensor)

    def save(self, folder: Path) -> None:
        """As the policy's; all ranks call it, and rank 0 writes."""
        tensors = {}
        for name, tensor in self.named_tensors():
            if self._ranks.rank == 0:
                tensors[name] = tensor.cpu().to(self.model.dtype)
        adapters = self._adapters()
        if self._ranks.rank == 0:
            self._write(folder, tensors, adapters)

    def save_trained(self, folder: Path) -> None:
        """As the policy's; all ranks call it, and rank 0 writes."""
        adapters = self._adapters()
        if not adapters:
            self.save(folder)
        elif self._ranks.rank == 0:
            save_adapters(self.model, adapters, folder / ADAPTER_FOLDER)

    def __deepcopy__(self, memo: dict[int, Any]) -> ShardedPolicy:
        """FSDP's modules refuse to be copied: a new model takes over the weights.

        Raises ValueError for a model with adapters, whose frozen weights would be there twice.
        """
        if self._adapters():
            raise ValueError(
                "model.lora on several ranks has no second set of adapters, which grpo.kl and "
                'grpo.max_staleness 1 need: grpo.kl "none" and max_staleness 0 are accepted, or '
                "one rank, or model.lora.rank 0"
            )
        config = copy.deepcopy(self.model.config)
        with torch.random.fork_rng():  # the weights that a new model draws are not kept
            model = type(self.model)(config).to(self.model.dtype).to(self.device)  # type: ignore[arg-type]
        parameters = dict(model.named_parameters())
        for name, tensor in self.named_tensors():
            parameters[name].data.copy_(tensor)
        policy = Policy.__new__(Policy)
        vars(policy).update(vars(self), model=model.train(False))
        return ShardedPolicy(policy, self._ranks)


class _Root(nn.Module):
    """FSDP's hooks are on a forward, and the policy never calls the whole model's."""

    def __init__(self, model: PreTrainedModel, hidden: Callable[[PackedBatch], Tensor]) -> None:
        super().__init__()
        self.model = model
        self._hidden = hidden

    def forward(self, batch: PackedBatch) -> Tensor:
        return self._hidden(batch)


def _layers(model: PreTrainedModel) -> list[nn.Module]:
    """Those that transformers names as the parts of the model that are not to be split."""
    names = set(model._no_split_modules or ())
    layers = [module for module in model.modules() if type(module).__name__ in names]
    if not layers:
        raise ValueError(
            f"{type(model).__name__} does not say what its layers are; a model whose "
            "_no_split_modules names them is accepted"
        )
    return layers
