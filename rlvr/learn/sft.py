"""The supervised stage: next-token cross-entropy on the completions of worked examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import torch

from rlvr.config import SftConfig
from rlvr.learn.batch import PackedBatch, pack, padding_share
from rlvr.learn.loss import next_token_cross_entropy
from rlvr.learn.optimizer import apply_gradients, learning_rate, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.learn.ranks import OneRank, Ranks
from rlvr.learn.rows import choose_row_tokens
from rlvr.learn.share import deal
from rlvr.types import TrainingSequence

# Measured on a 2-core CPU: larger micro-batches fall out of the cache, smaller ones start more
# kernels for the same work. A run takes what ``sft.micro_batch_tokens`` says.
MICRO_BATCH_TOKENS = 4_096


class Examples(Protocol):
    """Supervised examples by index; a list will do, and so will something lazy."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> TrainingSequence: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the stream of examples stands: a pass over all of them, and a place in it."""

    epoch: int = 0
    position: int = 0


def next_batch(
    examples: Examples, seed: int, cursor: Cursor, batch_tokens: int
) -> tuple[list[TrainingSequence], Cursor]:
    """The examples that fill one step, and the cursor after them.

    Each epoch is a permutation that follows from (seed, epoch). Examples are taken while their
    prompt and completion tokens fit into ``batch_tokens``; a longer one makes a step alone.
    """
    if len(examples) == 0:
        raise ValueError("there are no supervised examples; at least one is accepted")
    epoch, position = cursor.epoch, cursor.position
    taken: list[TrainingSequence] = []
    tokens = 0
    while True:
        order = np.random.default_rng((seed, epoch)).permutation(len(examples))
        while position < len(examples):
            example = examples[int(order[position])]
            tokens += len(example.prompt_ids) + len(example.completion_ids)
            if taken and tokens > batch_tokens:
                return taken, Cursor(epoch=epoch, position=position)
            taken.append(example)
            position += 1
        epoch, position = epoch + 1, 0


class SftLearner:
    """Trains a policy on the examples that it is given.

    With several ``ranks`` each of them is given the same ones and returns the same metrics; the
    work is shared between them.
    """

    def __init__(
        self,
        policy: Policy,
        config: SftConfig,
        micro_batch_tokens: int = MICRO_BATCH_TOKENS,
        ranks: Ranks | None = None,
    ) -> None:
        self.ranks: Ranks = ranks or OneRank()
        self.policy = policy
        self.config = config
        self._micro_batch_tokens = micro_batch_tokens
        self._optimizer = make_optimizer(policy.model, config.optimizer)

    def learn(self, sequences: Sequence[TrainingSequence], lr: float) -> dict[str, float]:
        """One update; metrics over all examples. ``num_tokens_trained`` counts completions'."""
        share = deal(sequences, self.ranks, self._pack)
        num_trained = self.ranks.totals(sum(batch.num_targets for batch in share.batches))[0]
        self._optimizer.zero_grad()
        loss = entropy_sum = 0.0
        with self.ranks.waiting("weights and gradients"):
            for batch in [*share.batches, *share.idle]:
                logprobs, entropy = self.policy.logprobs(batch, temperature=1.0)
                part = next_token_cross_entropy(logprobs, num_trained)
                part.backward()
                loss += part.item()
                entropy_sum += entropy.sum().item()
        norm = apply_gradients(self._optimizer, lr, self.config.optimizer.max_grad_norm)
        num_positions = sum(batch.segment_ids.numel() for batch in share.batches)
        return {
            "loss": self._total(loss),
            "grad_norm": norm,
            "entropy": self._total(entropy_sum) / num_trained,
            "num_tokens_trained": float(num_trained),
            "padding_share": self.ranks.weighted_mean(padding_share(share.batches), num_positions),
        }

    def optimizers(self) -> list[torch.optim.Optimizer]:
        return self._optimizer.parts

    def state_dict(self) -> dict[str, Any]:
        return {"optimizer": self._optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._optimizer.load_state_dict(state["optimizer"])

    def _pack(self, sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
        row_tokens = choose_row_tokens(sequences, self.policy.width)
        return pack(sequences, row_tokens, self._micro_batch_tokens)

    def _total(self, value: float) -> float:
        return float(self.ranks.sum(torch.tensor([value], dtype=torch.float64)))


class Learns(Protocol):
    """An ``SftLearner``, or what stands for those of several ranks."""

    config: SftConfig

    def learn(self, sequences: Sequence[TrainingSequence], lr: float) -> dict[str, float]: ...


class SftTrainer:
    """Shows a learner its examples; what step t sees follows from (seed, t) alone."""

    def __init__(self, learner: Learns, examples: Examples, seed: int) -> None:
        self._learner = learner
        self._examples = examples
        self._seed = seed
        self._cursor = Cursor()
        self._next_step = 0

    def step(self, step: int) -> dict[str, float]:
        """Take step ``step``, which must be the one after the last; metrics over all of it.

        ``num_tokens`` counts prompt and completion tokens.
        """
        if step != self._next_step:
            raise ValueError(f"step {step} was asked for; step {self._next_step} is accepted")
        config = self._learner.config
        taken, cursor = next_batch(self._examples, self._seed, self._cursor, config.batch_tokens)
        lr = learning_rate(config.optimizer, step, config.steps)
        metrics = self._learner.learn(taken, lr)
        self._cursor, self._next_step = cursor, step + 1
        return metrics | {
            "learning_rate": lr,
            "epoch": cursor.epoch + cursor.position / len(self._examples),
            "num_tokens": float(sum(len(s.prompt_ids) + len(s.completion_ids) for s in taken)),
        }

    def state_dict(self) -> dict[str, Any]:
        """What, beside the learner's state, the next step depends on."""
        return {"cursor": asdict(self._cursor), "next_step": self._next_step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._cursor = Cursor(**state["cursor"])
        self._next_step = state["next_step"]
