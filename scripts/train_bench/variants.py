"""The ways of taking one training step that are compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unittest.mock import patch

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

from rlvr.config import ModelConfig, OptimizerConfig
from rlvr.learn.batch import PackedBatch, fill_rows, pack, padding_share
from rlvr.learn.loss import next_token_cross_entropy
from rlvr.learn.optimizer import apply_gradients, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.learn.rows import Piece, choose_row_tokens, inputs
from rlvr.types import TrainingSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """``is_whole`` makes the logits of a micro-batch in one piece, as with a small vocabulary."""

    is_packed: bool = True
    shares: bool = True
    is_whole: bool = False
    gradient_checkpointing: bool = False
    autocast: bool = False


VARIANTS = {
    "padded, whole logits": Variant(is_packed=False, shares=False, is_whole=True),
    "padded": Variant(is_packed=False, shares=False),
    "packed": Variant(shares=False),
    "packed, shared, whole logits": Variant(is_whole=True),
    "packed, shared": Variant(),
    "+ checkpointing": Variant(gradient_checkpointing=True),
    "+ autocast": Variant(autocast=True),
    "+ both": Variant(gradient_checkpointing=True, autocast=True),
}


class Bench:
    """A variant's model and optimizer, and one timed step of it."""

    def __init__(
        self,
        variant: Variant,
        sequences: Sequence[TrainingSequence],
        vocabulary: int,
        micro_batch_tokens: int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.variant, self.sequences, self._clock = variant, sequences, clock
        self.micro_batch_tokens = micro_batch_tokens
        self.policy = _make_policy(variant, vocabulary)
        self.optimizer = make_optimizer(self.policy.model, OptimizerConfig(lr=1e-4, final_lr=1e-4))
        self.padding = 0.0
        self.num_positions = 0

    @property
    def num_tokens(self) -> int:
        return sum(len(s.prompt_ids) + len(s.completion_ids) for s in self.sequences)

    def step(self) -> float:
        """One whole step, laying out the rows included; its seconds by the clock."""
        start = self._clock()
        batches = self._batches()
        num_trained = sum(batch.num_targets for batch in batches)
        chunk = 2**62 if self.variant.is_whole else None
        for batch in batches:
            logprobs = self._logprobs(batch, chunk)
            torch.autograd.backward(next_token_cross_entropy(logprobs, num_trained))
        apply_gradients(self.optimizer, lr=1e-4, max_grad_norm=1.0)
        seconds = self._clock() - start
        self.padding = padding_share(batches)
        self.num_positions = sum(batch.input_ids.numel() for batch in batches)
        return seconds

    def _logprobs(self, batch: PackedBatch, chunk: int | None) -> torch.Tensor:
        if chunk is None:
            return self.policy.logprobs(batch, temperature=1.0)[0]
        with patch("rlvr.learn.logprobs.token_logprobs.__defaults__", (chunk, False)):
            return self.policy.logprobs(batch, temperature=1.0)[0]

    def _batches(self) -> list[PackedBatch]:
        if not self.variant.is_packed:
            return pad(self.sequences, self.micro_batch_tokens)
        shares = self.variant.shares
        row_tokens = choose_row_tokens(self.sequences, self.policy.width, shares)
        return pack(self.sequences, row_tokens, self.micro_batch_tokens, shares)


def pad(sequences: Sequence[TrainingSequence], micro_batch_tokens: int) -> list[PackedBatch]:
    """What a trainer without packing does: one sequence a row, all as long as the longest."""
    lengths = [len(inputs(sequence)) for sequence in sequences]
    size = max(1, micro_batch_tokens // max(lengths))
    rows = [[Piece(sequences=(i,), num_positions=n)] for i, n in enumerate(lengths)]
    return [fill_rows(sequences, rows[k : k + size]) for k in range(0, len(rows), size)]


def _make_policy(variant: Variant, vocabulary: int) -> Policy:
    torch.manual_seed(0)
    sizes = ModelConfig()
    config = Qwen3Config(
        vocab_size=vocabulary,
        hidden_size=sizes.width,
        intermediate_size=sizes.mlp_width,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        num_key_value_heads=sizes.kv_heads,
        head_dim=sizes.width // sizes.heads,
        max_position_embeddings=sizes.max_length,
        tie_word_embeddings=True,
    )
    return Policy(
        Qwen3ForCausalLM(config),  # type: ignore[no-untyped-call]
        {},
        gradient_checkpointing=variant.gradient_checkpointing,
        autocast=variant.autocast,
    )
