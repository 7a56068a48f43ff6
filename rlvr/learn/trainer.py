"""One policy-gradient step: pack, backward in micro-batches, clip, update.

The loss is in ``objective.py``. A step that makes one update is on its own policy: the ratio is 1
where it is evaluated, and no second forward pass is needed for the old logprobs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rlvr.config import GrpoConfig
from rlvr.learn.aggregation import Totals
from rlvr.learn.batch import PackedBatch, choose_row_tokens, pack, padding_share, unpack
from rlvr.learn.credit import Credit
from rlvr.learn.objective import Objective, TokenRecord
from rlvr.learn.optimizer import apply_gradients, learning_rate, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.learn.step_metrics import step_metrics
from rlvr.types import TrainingSequence


class Trainer:
    """Owns the optimizer of a policy. Equal inputs and thread counts give equal bits."""

    def __init__(self, policy: Policy, config: GrpoConfig, temperature: float) -> None:
        self.policy = policy
        self.config = config
        self.temperature = temperature
        self._credit = Credit(config)
        self._objective = Objective(config)
        self._optimizer = make_optimizer(policy.model, config.optimizer)

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
        """The counted completions with their advantages, and all advantages [P, G].

        Shapes: rewards [P, G], counted [P, G]; ``sequences`` are the counted ones in that order.
        """
        return self._credit.assign(sequences, rewards, counted)

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
        totals = Totals(
            num_tokens=sum(batch.num_targets for batch in batches),
            num_sequences=len(trained),
            num_asked=self.config.problems * self.config.group_size,
        )
        self._optimizer.zero_grad()
        records = [self._backward(batch, totals) for batch in batches]
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

    def _backward(self, batch: PackedBatch, totals: Totals) -> TokenRecord:
        batch = batch.to(self.policy.device)
        logprobs, entropy = self.policy.logprobs(batch, self.temperature)
        loss, record = self._objective(logprobs, entropy, batch, totals)
        loss.backward()
        return record


def _check_rollout_logprobs(sequences: Sequence[TrainingSequence]) -> None:
    for i, sequence in enumerate(sequences):
        logprobs = sequence.rollout_logprobs
        if not logprobs or not all(map(math.isfinite, logprobs)):
            raise ValueError(
                f"the rollout logprobs of sequence {i} are missing or not finite; "
                "a finite one for each completion token is accepted"
            )
