"""One policy-gradient step: pack, backward in micro-batches, clip, update.

The loss over the N trained tokens of the step is

    L = -(1/N) sum_t w_t min(rho_t A_t, clip(rho_t, 1 - clip_low, 1 + clip_high) A_t)

Every step makes one update, so the old policy is the current one, rho is 1 where it is
evaluated, and no second forward pass is needed for the old logprobs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rlvr.config import GrpoConfig
from rlvr.learn.batch import PackedBatch, choose_row_tokens, pack, padding_share, unpack
from rlvr.learn.loss import (
    clipped_surrogate,
    clipped_tokens,
    token_mean,
    truncated_importance_weights,
)
from rlvr.learn.optimizer import apply_gradients, learning_rate, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """What a micro-batch leaves behind for the metrics of its step; each [N], without gradient."""

    logprobs: Tensor
    rollout_logprobs: Tensor
    entropy: Tensor
    clipped: Tensor
    losses: Tensor
    """Shares of the step's loss; over all micro-batches they add up to it."""


class Trainer:
    """Owns the optimizer of a policy. Equal inputs and thread counts give equal bits."""

    def __init__(self, policy: Policy, config: GrpoConfig, temperature: float) -> None:
        self.policy = policy
        self.config = config
        self.temperature = temperature
        self._optimizer = make_optimizer(policy.model, config.optimizer)

    def step(self, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
        """Train on a step's completions; metrics over the whole step.

        A completion with advantage 0 has no gradient: it is left out before packing and is not
        in N. Where none is left nothing is updated, and ``updated`` is 0. ``step`` counts from 0.
        Raises ValueError for missing rollout logprobs, RuntimeError for gradients not finite.
        """
        _check_rollout_logprobs(sequences)
        trained = [sequence for sequence in sequences if sequence.advantage != 0]
        lr = learning_rate(self.config.optimizer, step, self.config.steps)
        metrics = {
            "learning_rate": lr,
            "num_completions_trained": float(len(trained)),
            "num_tokens": float(sum(len(s.prompt_ids) + len(s.completion_ids) for s in trained)),
            "num_tokens_trained": float(sum(len(s.completion_ids) for s in trained)),
            "updated": float(bool(trained)),
        }
        if not trained:
            return metrics | {"loss": 0.0, "grad_norm": 0.0}
        batches = self._pack(trained)
        num_tokens = sum(batch.num_targets for batch in batches)
        self._optimizer.zero_grad()
        records = [self._backward(batch, num_tokens) for batch in batches]
        norm = apply_gradients(self._optimizer, lr, self.config.optimizer.max_grad_norm)
        metrics |= {"grad_norm": norm, "padding_share": padding_share(batches)}
        return metrics | step_metrics(records)

    def score(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
        """The policy's logprobs of each completion's tokens, at the trainer's temperature."""
        batches = self._pack(sequences)
        with torch.no_grad():
            values = [self.policy.logprobs(batch, self.temperature)[0] for batch in batches]
        return unpack(batches, values)

    def state_dict(self) -> dict[str, Any]:
        """What, beside the policy's weights, the next step depends on."""
        return {"optimizer": self._optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._optimizer.load_state_dict(state["optimizer"])

    def _pack(self, sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
        row_tokens = choose_row_tokens(sequences, self.policy.width)
        return pack(sequences, row_tokens, self.config.micro_batch_tokens)

    def _backward(self, batch: PackedBatch, num_tokens: int) -> TokenRecord:
        config, batch = self.config, batch.to(self.policy.device)
        clip = (config.clip_low, config.clip_high)
        logprobs, entropy = self.policy.logprobs(batch, self.temperature)
        old_logprobs = logprobs.detach()
        surrogate = clipped_surrogate(logprobs, old_logprobs, batch.advantages, *clip)
        weights = truncated_importance_weights(
            old_logprobs, batch.rollout_logprobs, config.importance_cap
        )
        losses = -weights * surrogate
        token_mean(losses, num_tokens).backward()
        return TokenRecord(
            logprobs=old_logprobs,
            rollout_logprobs=batch.rollout_logprobs,
            entropy=entropy,
            clipped=clipped_tokens(
                logprobs.detach(), old_logprobs, batch.advantages, *clip
            ).float(),
            losses=losses.detach() / num_tokens,
        )


def _check_rollout_logprobs(sequences: Sequence[TrainingSequence]) -> None:
    for i, sequence in enumerate(sequences):
        logprobs = sequence.rollout_logprobs
        if not logprobs or not all(map(math.isfinite, logprobs)):
            raise ValueError(
                f"the rollout logprobs of sequence {i} are missing or not finite; "
                "a finite one for each completion token is accepted"
            )


def step_metrics(records: Sequence[TokenRecord]) -> dict[str, float]:
    """The metrics of a step from all its trained tokens, under TRL's names where it has them.

    The engine gap is ``sampling/``: |log pi - log mu| a token in nats, and pi / mu uncapped.
    """

    def joined(name: str) -> Tensor:
        return torch.cat([getattr(record, name) for record in records])

    gap = joined("logprobs") - joined("rollout_logprobs")
    ratio = gap.exp()
    values = {
        "loss": joined("losses").sum(),
        "entropy": joined("entropy").mean(),
        "clip_ratio/region_mean": joined("clipped").mean(),
        "sampling/sampling_logp_difference/mean": gap.abs().mean(),
        "sampling/sampling_logp_difference/max": gap.abs().max(),
        "sampling/importance_sampling_ratio/min": ratio.min(),
        "sampling/importance_sampling_ratio/mean": ratio.mean(),
        "sampling/importance_sampling_ratio/max": ratio.max(),
    }
    return {name: float(value) for name, value in values.items()}
