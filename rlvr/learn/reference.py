"""The policy that the KL is measured from: a copy, frozen or renewed every so many steps."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from rlvr.learn.batch import PackedBatch
from rlvr.learn.policy import Policy


class Reference:
    """Starts as the policy it is made from; ``sync_every`` 0 keeps it there."""

    def __init__(self, policy: Policy, sync_every: int) -> None:
        self._sync_every = sync_every
        self._policy = copy.deepcopy(policy)
        self._policy.model.requires_grad_(False)

    @torch.no_grad()
    def logprobs(self, batch: PackedBatch, temperature: float) -> tuple[Tensor, Tensor]:
        """As the policy's."""
        return self._policy.logprobs(batch, temperature)

    def after_step(self, step: int, policy: Policy) -> None:
        """Take over the policy's weights where ``step`` (from 0) ends a round."""
        if self._sync_every and (step + 1) % self._sync_every == 0:
            self.load_state_dict(_parameters(policy))

    def state_dict(self) -> dict[str, Any]:
        return _parameters(self._policy)

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, tensor in _parameters(self._policy).items():
            tensor.copy_(state[name])


def _parameters(policy: Policy) -> dict[str, Tensor]:
    """Those of a sharded policy stay in parts."""
    return {name: parameter.detach() for name, parameter in policy.model.named_parameters()}
