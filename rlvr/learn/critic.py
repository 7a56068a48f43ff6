"""A value head on the policy's hidden states, with an optimizer of its own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rlvr.config_learn import GaeConfig
from rlvr.learn.batch import PackedBatch
from rlvr.learn.ranks import Ranks
from rlvr.learn.value import clipped_value_loss


class Critic:
    """V = w h + b in float32, from 0. Its loss reaches the policy's weights too, through h.

    Every rank holds it whole.
    """

    def __init__(self, width: int, config: GaeConfig, device: torch.device) -> None:
        self._config = config
        self._head = nn.Linear(width, 1, device=device)
        nn.init.zeros_(self._head.weight)
        nn.init.zeros_(self._head.bias)
        self.optimizer = torch.optim.AdamW(
            self._head.parameters(), lr=config.value_lr, weight_decay=0.0
        )

    def values(self, hidden: Tensor, batch: PackedBatch) -> Tensor:
        """The value before each token. Shapes: [K, D] -> [N] float32."""
        values: Tensor = self._head(hidden.float())[:, 0]
        return values.index_select(0, batch.copies.to(values.device))

    def loss(self, values: Tensor, batch: PackedBatch, num_tokens: int) -> Tensor:
        """The micro-batch's part of the weighted value loss. Shapes: [N] -> []."""
        assert batch.old_values is not None
        assert batch.returns is not None
        losses = clipped_value_loss(
            values, batch.old_values, batch.returns, self._config.value_clip
        )
        return self._config.value_weight * losses.sum() / num_tokens

    def zero_grad(self) -> None:
        self.optimizer.zero_grad(set_to_none=True)

    def update(self, max_grad_norm: float, ranks: Ranks) -> None:
        """Add up the ranks' gradients, clip them, take one step, drop them."""
        ranks.add_gradients(self._head.parameters())
        nn.utils.clip_grad_norm_(self._head.parameters(), max_grad_norm, error_if_nonfinite=True)
        self.optimizer.step()
        self.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        return {"head": dict(self._head.state_dict()), "optimizer": self.optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._head.load_state_dict(state["head"])
        self.optimizer.load_state_dict(state["optimizer"])
