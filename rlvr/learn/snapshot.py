"""The policy's weights of another moment: that wrote a batch, or that a KL is measured from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from rlvr.learn.policy import Policy


class Snapshot:
    """A copy of what training changes: all weights, or adapters alone. Of a sharded policy each
    rank has a copy of its own parts.

    There is no second model: the copy and the policy's weights change places for as long as it is
    asked something.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._kept = {name: tensor.clone() for name, tensor in policy.trained().items()}

    @torch.no_grad()
    def take_over(self) -> None:
        """The policy's weights of now."""
        self._copy(self._policy.trained())

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """A context in which the policy has these weights. Nothing may be trained in it."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def state_dict(self) -> dict[str, Any]:
        return self._kept

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._copy(state)

    def _copy(self, weights: dict[str, Tensor]) -> None:
        for name, kept in self._kept.items():
            kept.copy_(weights[name])

    @torch.no_grad()
    def _swap(self) -> None:
        for name, tensor in self._policy.trained().items():
            kept = self._kept[name]
            current = tensor.clone()
            tensor.copy_(kept)
            kept.copy_(current)


class Reference(Snapshot):
    """What the KL is measured from: renewed every ``sync_every`` steps; 0 keeps it as made."""

    def __init__(self, policy: Policy, sync_every: int) -> None:
        super().__init__(policy)
        self._sync_every = sync_every

    def after_step(self, step: int) -> None:
        """Take over the policy's weights where ``step`` (from 0) ends a round."""
        if self._sync_every and (step + 1) % self._sync_every == 0:
            self.take_over()
