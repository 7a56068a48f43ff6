"""Frozen copies of the policy: the one that the KL is measured from, and those of a moment."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from rlvr.learn.batch import PackedBatch
from rlvr.learn.policy import Policy


class Snapshot:
    """The policy as it was when it was last taken over; of one with adapters, those alone."""

    def __init__(self, policy: Policy) -> None:
        self._policy = copy.deepcopy(policy)
        self._policy.model.requires_grad_(False)

    @torch.no_grad()
    def logprobs(self, batch: PackedBatch, temperature: float) -> tuple[Tensor, Tensor]:
        """As the policy's."""
        return self._policy.logprobs(batch, temperature)

    @torch.no_grad()
    def take_over(self, policy: Policy) -> None:
        """The policy's weights of now."""
        self._copy(policy.trained())

    def _copy(self, weights: dict[str, Tensor]) -> None:
        for name, tensor in self._policy.trained().items():
            tensor.copy_(weights[name])


class Reference(Snapshot):
    """What the KL is measured from: renewed every ``sync_every`` steps; 0 keeps it as made."""

    def __init__(self, policy: Policy, sync_every: int) -> None:
        super().__init__(policy)
        self._sync_every = sync_every

    def after_step(self, step: int, policy: Policy) -> None:
        """Take over the policy's weights where ``step`` (from 0) ends a round."""
        if self._sync_every and (step + 1) % self._sync_every == 0:
            self.take_over(policy)

    def state_dict(self) -> dict[str, Any]:
        return self._policy.trained()

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._copy(state)
