"""The supervised stage: next-token cross-entropy on the completions of worked examples."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from rlvr.config import SftConfig
from rlvr.learn.batch import pack, padding_share
from rlvr.learn.loss import next_token_cross_entropy
from rlvr.learn.optimizer import apply_gradients, learning_rate, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.learn.rows import choose_row_tokens
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


class SftTrainer:
    """Trains a policy on examples; what step t sees follows from (seed, t) alone."""

    def __init__(
        self,
        policy: Policy,
        config: SftConfig,
        examples: Examples,
        seed: int,
        micro_batch_tokens: int = MICRO_BATCH_TOKENS,
    ) -> None:
        self.policy = policy
        self.config = config
        self._examples = examples
        self._seed = seed
        self._micro_batch_tokens = micro_batch_tokens
        self._optimizer = make_optimizer(policy.model, config.optimizer)
        self._cursor = Cursor()
        self._next_step = 0

    def step(self, step: int) -> dict[str, float]:
        """Take step ``step``, which must be the one after the last; metrics over all of it.

        ``num_tokens`` counts prompt and completion tokens, ``num_tokens_trained`` completions'.
        """
        if step != self._next_step:
            raise ValueError(f"step {step} was asked for; step {self._next_step} is accepted")
        taken, cursor = next_batch(
            self._examples, self._seed, self._cursor, self.config.batch_tokens
        )
        row_tokens = choose_row_tokens(taken, self.policy.width)
        batches = pack(taken, row_tokens, self._micro_batch_tokens)
        num_trained = sum(batch.num_targets for batch in batches)
        self._optimizer.zero_grad()
        loss = entropy_sum = 0.0
        for batch in batches:
            logprobs, entropy = self.policy.logprobs(batch, temperature=1.0)
            share = next_token_cross_entropy(logprobs, num_trained)
            share.backward()
            loss += share.item()
            entropy_sum += entropy.sum().item()
        lr = learning_rate(self.config.optimizer, step, self.config.steps)
        norm = apply_gradients(self._optimizer, lr, self.config.optimizer.max_grad_norm)
        self._cursor, self._next_step = cursor, step + 1
        return {
            "loss": loss,
            "grad_norm": norm,
            "entropy": entropy_sum / num_trained,
            "learning_rate": lr,
            "epoch": cursor.epoch + cursor.position / len(self._examples),
            "num_tokens": float(sum(len(s.prompt_ids) + len(s.completion_ids) for s in taken)),
            "num_tokens_trained": float(num_trained),
            "padding_share": padding_share(batches),
        }

    def state_dict(self) -> dict[str, Any]:
        """What, beside the policy's weights, the next step depends on; the cursor included."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "cursor": asdict(self._cursor),
            "next_step": self._next_step,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._optimizer.load_state_dict(state["optimizer"])
        self._cursor = Cursor(**state["cursor"])
        self._next_step = state["next_step"]
