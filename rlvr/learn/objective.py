"""The loss of an update, composed of the parts that the configuration names.

Over the trained tokens t of the update,

    L = sum_t share(w_t (-surrogate_t + coef k2_t) - entropy_bonus entropy_t)

with w the weight for the engine gap, k2 there only with ``grpo.kl = "k2_in_loss"``, and ``share``
the aggregation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rlvr.config import GrpoConfig
from rlvr.config_learn import KlInLossConfig
from rlvr.learn.aggregation import AGGREGATIONS, Totals
from rlvr.learn.batch import PackedBatch
from rlvr.learn.bind import bind
from rlvr.learn.gaps import GAPS
from rlvr.learn.kl import k2
from rlvr.learn.surrogates import SURROGATES
from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """What a micro-batch leaves behind for the metrics of its step; each [N], without gradient."""

    logprobs: Tensor
    old_logprobs: Tensor
    rollout_logprobs: Tensor
    reference_logprobs: Tensor | None
    entropy: Tensor
    clipped: Tensor
    losses: Tensor
    """Shares of the update's loss; over all micro-batches they add up to it."""
    values: Tensor | None = None
    returns: Tensor | None = None


class Objective:
    """A function of logprobs that keeps nothing between two calls."""

    def __init__(self, config: GrpoConfig) -> None:
        self._surrogate = bind(SURROGATES, config.surrogate)
        self._gap = bind(GAPS, config.engine_gap)
        self._share = bind(AGGREGATIONS, config.aggregation)
        self._kl_coef = config.kl.coef if isinstance(config.kl, KlInLossConfig) else 0.0
        self._entropy_bonus = config.entropy_bonus

    @property
    def needs_every_completion(self) -> bool:
        """Whether a completion with advantage 0 has a gradient too."""
        return bool(self._kl_coef or self._entropy_bonus)

    def __call__(
        self, logprobs: Tensor, entropy: Tensor, batch: PackedBatch, totals: Totals
    ) -> tuple[Tensor, TokenRecord]:
        """The micro-batch's part of the loss [], and its record. Shapes: [N], [N].

        Without old logprobs in the batch the policy is the old one: its ratio is 1.
        """
        counts = torch.tensor(batch.target_counts, dtype=torch.int64, device=logprobs.device)
        old_logprobs = logprobs.detach() if batch.old_logprobs is None else batch.old_logprobs
        surrogate = self._surrogate(logprobs, old_logprobs, batch.advantages, counts)
        weights = self._gap(old_logprobs, batch.rollout_logprobs, counts)
        losses = -weights * surrogate.objective
        if self._kl_coef:
            assert batch.reference_logprobs is not None
            losses = losses + weights * self._kl_coef * k2(logprobs, batch.reference_logprobs)
        if self._entropy_bonus:
            losses = losses - self._entropy_bonus * entropy
        losses = self._share(losses, counts, totals)
        return losses.sum(), TokenRecord(
            logprobs=logprobs.detach(),
            old_logprobs=old_logprobs,
            rollout_logprobs=batch.rollout_logprobs,
            reference_logprobs=batch.reference_logprobs,
            entropy=entropy.detach(),
            clipped=surrogate.clipped.float(),
            losses=losses.detach(),
        )


def check_rollout_logprobs(sequences: Sequence[TrainingSequence]) -> None:
    """Raises ValueError for a sequence without them: the engine gap cannot be seen."""
    for i, sequence in enumerate(sequences):
        logprobs = sequence.rollout_logprobs
        if not logprobs or not all(map(math.isfinite, logprobs)):
            raise ValueError(
                f"the rollout logprobs of sequence {i} are missing or not finite; "
                "a finite one for each completion token is accepted"
            )
