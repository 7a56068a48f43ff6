"""One step of policy gradient: pack, backward in micro-batches, clip, update; once or more often.

The loss is in ``objective.py``. A step that makes one update is on its own policy: the ratio is 1
where it is evaluated, and no second forward pass is needed. Old logprobs, a reference's logprobs
and values are computed before the step, where the configuration asks for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rlvr.config import GrpoConfig
from rlvr.config_learn import GaeConfig, NoKlConfig
from rlvr.learn.aggregation import Totals
from rlvr.learn.batch import PackedBatch, pack, padding_share, shared_share, unpack
from rlvr.learn.credit import Credit
from rlvr.learn.critic import Critic
from rlvr.learn.mini_batches import mini_batches
from rlvr.learn.objective import Objective, TokenRecord, check_rollout_logprobs
from rlvr.learn.optimizer import apply_gradients, learning_rate, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.learn.ranks import OneRank, Ranks
from rlvr.learn.rows import choose_row_tokens
from rlvr.learn.share import Share, deal
from rlvr.learn.snapshot import Reference, Snapshot
from rlvr.learn.step_metrics import step_metrics
from rlvr.types import TrainingSequence


class Trainer:
    """Owns the optimizer of a policy, and its reference and value head where there are any.

    Equal inputs and thread counts give equal bits. With several ``ranks`` each of them is given
    the same sequences and returns the same results; the work is shared between them.
    """

    def __init__(
        self, policy: Policy, config: GrpoConfig, temperature: float, ranks: Ranks | None = None
    ) -> None:
        self.ranks: Ranks = ranks or OneRank()
        self.policy = policy
        self.config = config
        self.temperature = temperature
        self._credit = Credit(config)
        self._objective = Objective(config)
        self._optimizer = make_optimizer(policy.model, config.optimizer)
        self._critic = (
            Critic(policy.width, config.advantage, policy.device)
            if isinstance(config.advantage, GaeConfig)
            else None
        )
        self._reference = (
            None if isinstance(config.kl, NoKlConfig) else Reference(policy, config.kl.sync_every)
        )
        self._kept: Snapshot | None = None
        is_repeated = config.epochs * config.mini_batches > 1
        self._needs_old = is_repeated or self._credit.needs_scores

    def assign(
        self,
        sequences: Sequence[TrainingSequence],
        rewards: NDArray[np.float64],
        counted: NDArray[np.bool_],
    ) -> tuple[list[TrainingSequence], NDArray[np.float64]]:
        """The counted completions with their advantages, and all advantages [P, G].

        Shapes: rewards [P, G], counted [P, G]; ``sequences`` are the counted ones in that order.
        """
        if self._credit.needs_scores:
            sequences = self.prepare(sequences)
        return self._credit.assign(sequences, rewards, counted)

    def prepare(self, sequences: Sequence[TrainingSequence]) -> list[TrainingSequence]:
        """The sequences with what must be known before the first update; computed only once.

        In the default configuration that is nothing.
        """
        found = list(sequences)
        if found and self._needs_old and not found[0].old_logprobs:
            found = self._with_old(found)
        if found and self._reference and not found[0].reference_logprobs:
            with self._reference.in_place():
                scores = self.score(found)
            found = [
                replace(sequence, reference_logprobs=tuple(logprobs.tolist()))
                for sequence, logprobs in zip(found, scores, strict=True)
            ]
        return found

    def step(self, sequences: Sequence[TrainingSequence], step: int) -> dict[str, float]:
        """Train on a step's completions; metrics over the whole step.

        A completion that can have no gradient is left out before packing and is not in N: one with
        advantage 0, unless the KL or the entropy is in the loss. Where none is left nothing is
        updated, and ``updated`` is 0. ``step`` counts from 0.
        Raises ValueError for missing rollout logprobs, RuntimeError for gradients not finite.
        """
        check_rollout_logprobs(sequences)
        trained = [s for s in sequences if self._has_gradient(s)]
        lr = learning_rate(self.config.optimizer, step, self.config.steps)
        metrics = {
            "learning_rate": lr,
            "num_completions_trained": float(len(trained)),
            "num_tokens": float(sum(len(s.prompt_ids) + len(s.completion_ids) for s in trained)),
            "num_tokens_trained": float(sum(len(s.completion_ids) for s in trained)),
            "updated": float(bool(trained)),
        } | self._credit.metrics()
        if trained:
            metrics |= self._learn(self.prepare(trained), step, lr)
        else:
            metrics |= {"loss": 0.0, "grad_norm": 0.0}
        if self._reference:
            self._reference.after_step(step)
        return metrics

    def score(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
        """The policy's logprobs of each completion's tokens, at the trainer's temperature."""
        share = self._share(sequences)
        with torch.no_grad():
            values = share.map(lambda batch: self.policy.logprobs(batch, self.temperature)[0])
        return self._gather(share, values)

    def keep_weights(self) -> None:
        """Keep a copy of the weights of now, in place of one that was kept before."""
        if self._kept:
            self._kept.take_over()
        else:
            self._kept = Snapshot(self.policy)

    def score_kept(self, sequences: Sequence[TrainingSequence]) -> list[NDArray[np.float32]]:
        """As ``score``, with the weights that were kept."""
        assert self._kept
        with self._kept.in_place():
            return self.score(sequences)

    def state_dict(self) -> dict[str, Any]:
        """What, beside the policy's weights, the next step depends on."""
        return {name: part.state_dict() for name, part in self._stateful().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, part in self._stateful().items():
            part.load_state_dict(state[name])

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Of the policy, and of the value head where there is one."""
        return [*self._optimizer.parts, *([self._critic.optimizer] if self._critic else [])]

    def _stateful(self) -> dict[str, Any]:
        parts = {
            "optimizer": self._optimizer,
            "credit": self._credit,
            "critic": self._critic,
            "reference": self._reference,
        }
        return {name: part for name, part in parts.items() if part is not None}

    def _has_gradient(self, sequence: TrainingSequence) -> bool:
        everyone = self._critic or self._objective.needs_every_completion
        return bool(everyone) or sequence.advantage != 0

    def _learn(self, trained: list[TrainingSequence], step: int, lr: float) -> dict[str, float]:
        records: list[TokenRecord] = []
        norms: list[float] = []
        batches: list[PackedBatch] = []
        for part in mini_batches(trained, self.config.epochs, self.config.mini_batches, step):
            share = self._share(part)
            records += self._backward_all(share)
            norms.append(self._update(lr))
            batches += share.batches
        num_positions = sum(batch.segment_ids.numel() for batch in batches)
        shares = {"padding_share": padding_share(batches), "shared_share": shared_share(batches)}
        metrics = {"grad_norm": math.fsum(norms) / len(norms)}
        metrics |= {n: self.ranks.weighted_mean(v, num_positions) for n, v in shares.items()}
        return metrics | step_metrics(records, len(norms), self.ranks)

    def _share(self, sequences: Sequence[TrainingSequence]) -> Share:
        return deal(sequences, self.ranks, self._pack)

    def _pack(self, sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
        row_tokens = choose_row_tokens(sequences, self.policy.width)
        return pack(sequences, row_tokens, self.config.micro_batch_tokens)

    def _with_old(self, sequences: list[TrainingSequence]) -> list[TrainingSequence]:
        """With the logprobs, and the values where there is a value head: one forward pass."""

        def forward(batch: PackedBatch) -> tuple[Tensor, ...]:
            hidden = self.policy.hidden(batch)
            logprobs, _ = self.policy.logprobs_from(hidden, batch, self.temperature)
            return (logprobs, self._critic.values(hidden, batch)) if self._critic else (logprobs,)

        share = self._share(sequences)
        with torch.no_grad():
            scores = share.map(forward)
        logprobs = self._gather(share, [each[0] for each in scores])
        found = [
            replace(sequence, old_logprobs=tuple(each.tolist()))
            for sequence, each in zip(sequences, logprobs, strict=True)
        ]
        if not self._critic:
            return found
        values = self._gather(share, [each[1] for each in scores])
        return [
            replace(sequence, old_values=tuple(each.tolist()))
            for sequence, each in zip(found, values, strict=True)
        ]

    def _gather(self, share: Share, values: Sequence[Tensor]) -> list[NDArray[np.float32]]:
        """From one tensor a micro-batch to one array a sequence, those of all ranks."""
        return self.ranks.gather(share.indices, unpack(share.batches, values))

    def _backward_all(self, share: Share) -> list[TokenRecord]:
        """The gradient of one update's loss."""
        num_tokens, num_sequences = self.ranks.totals(
            sum(batch.num_targets for batch in share.batches),
            sum(len(batch.target_counts) for batch in share.batches),
        )
        totals = Totals(
            num_tokens=num_tokens,
            num_sequences=num_sequences,
            num_asked=self.config.problems * self.config.group_size / self.config.mini_batches,
        )
        self._optimizer.zero_grad()
        if self._critic:
            self._critic.zero_grad()
        with self.ranks.waiting("weights and gradients"):
            return [self._backward(batch, totals) for batch in [*share.batches, *share.idle]]

    def _backward(self, batch: PackedBatch, totals: Totals) -> TokenRecord:
        batch = batch.to(self.policy.device)
        hidden = self.policy.hidden(batch)
        logprobs, entropy = self.policy.logprobs_from(
            hidden, batch, self.temperature, entropy_gradient=self.config.entropy_bonus > 0
        )
        loss, record = self._objective(logprobs, entropy, batch, totals)
        if self._critic:
            values = self._critic.values(hidden, batch)
            loss = loss + self._critic.loss(values, batch, totals.num_tokens)
            record = replace(record, values=values.detach(), returns=batch.returns)
        loss.backward()
        return record

    def _update(self, lr: float) -> float:
        norm = apply_gradients(self._optimizer, lr, self.config.optimizer.max_grad_norm)
        if self._critic:
            self._critic.update(self.config.optimizer.max_grad_norm, self.ranks)
        return norm
