"""The loss of an update, composed of the parts that the configuration names.

Over the trained tokens t of the update,

    L = sum_t share(-w_t surrogate_t)

with w the weight for the engine gap and ``share`` the aggregation.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rlvr.config import GrpoConfig
from rlvr.learn.aggregation import AGGREGATIONS, Totals
from rlvr.learn.batch import PackedBatch
from rlvr.learn.bind import bind
from rlvr.learn.gaps import GAPS
from rlvr.learn.surrogates import SURROGATES


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """What a micro-batch leaves behind for the metrics of its step; each [N], without gradient."""

    old_logprobs: Tensor
    rollout_logprobs: Tensor
    entropy: Tensor
    clipped: Tensor
    losses: Tensor
    """Shares of the update's loss; over all micro-batches they add up to it."""


class Objective:
    """A function of logprobs that keeps nothing between two calls."""

    def __init__(self, config: GrpoConfig) -> None:
        self._surrogate = bind(SURROGATES, config.surrogate)
        self._gap = bind(GAPS, config.engine_gap)
        self._share = bind(AGGREGATIONS, config.aggregation)

    def __call__(
        self, logprobs: Tensor, entropy: Tensor, batch: PackedBatch, totals: Totals
    ) -> tuple[Tensor, TokenRecord]:
        """The micro-batch's part of the loss [], and its record. Shapes: [N], [N].

        Without old logprobs in the batch the policy is the old one: its ratio is 1.
        """
        counts = torch.tensor(batch.target_counts, device=logprobs.device)
        old_logprobs = logprobs.detach()
        surrogate = self._surrogate(logprobs, old_logprobs, batch.advantages, counts)
        weights = self._gap(old_logprobs, batch.rollout_logprobs, counts)
        losses = self._share(-weights * surrogate.objective, counts, totals)
        return losses.sum(), TokenRecord(
            old_logprobs=old_logprobs,
            rollout_logprobs=batch.rollout_logprobs,
            entropy=entropy.detach(),
            clipped=surrogate.clipped.float(),
            losses=losses.detach(),
        )
