"""What completions share is computed once: nothing but the cost may depend on it."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import Qwen2Config, Qwen2ForCausalLM

from rlvr.learn.batch import pack, unpack
from rlvr.learn.logprobs import CHUNK_LOGITS
from rlvr.learn.policy import Policy
from tests.learn.learn_helpers import (
    assert_same_gradients,
    make_groups,
    make_model,
    plain_logprobs,
)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1_000),
    count=st.integers(1, 16),
    size=st.integers(1, 16),
    row_tokens=st.integers(24, 160),
    micro_batch_tokens=st.integers(1, 400),
    tied=st.booleans(),
)
def test_logprobs_entropy_and_gradients_are_those_of_each_completion_alone(
    seed: int, count: int, size: int, row_tokens: int, micro_batch_tokens: int, tied: bool
) -> None:
    """Whatever the groups, their order, what they have in common, and how they are split."""
    sequences = make_groups(count, seed=seed, size=size)
    found, expected = (
        score(
            pack(sequences, row_tokens, micro_batch_tokens, share_prefixes=share),
            Policy(make_model(tied=tied), {}),
        )
        for share in (True, False)
    )
    for ours, reference in zip(found[0], expected[0], strict=True):
        torch.testing.assert_close(ours, reference, rtol=0, atol=2e-5)
    assert_same_gradients(found[1], expected[1], rtol=1e-3)
    model = make_model(tied=tied)
    for ours, sequence in zip(found[0], sequences, strict=False):
        plain = plain_logprobs(model, sequence).detach()
        torch.testing.assert_close(ours, plain, rtol=0, atol=2e-5)


def score(batches: list[Any], policy: Policy) -> tuple[list[torch.Tensor], dict[str, torch.Tensor]]:
    """All logprobs, then all entropies, one array a sequence; the gradient of a sum of both."""
    logprobs, entropies = [], []
    for batch in batches:
        logprob, entropy = policy.logprobs_from(
            policy.hidden(batch), batch, 1.0, entropy_gradient=True
        )
        # Each token has a weight of its own: completions that share a position pull differently.
        torch.autograd.backward((batch.rollout_logprobs * logprob + 0.1 * entropy).sum())
        logprobs.append(logprob.detach())
        entropies.append(entropy.detach())
    arrays = unpack(batches, logprobs) + unpack(batches, entropies)
    gradients = {n: p.grad for n, p in policy.model.named_parameters() if p.grad is not None}
    return [torch.from_numpy(array) for array in arrays], gradients


def test_a_beginning_and_a_next_token_are_computed_once() -> None:
    sequences = make_groups(16, size=8)
    shared, alone = (
        pack(sequences, 200, 10_000, share_prefixes=share)[0] for share in (True, False)
    )
    texts = [(s.prompt_ids, s.completion_ids) for s in sequences]
    prompts = {(p, p[:n]) for p, _ in texts for n in range(1, len(p) + 1)}
    written = {(p, p + c[:n]) for p, c in texts for n in range(1, len(c))}
    targets = {(p, c[:n]) for p, c in texts for n in range(1, len(c) + 1)}
    assert int((shared.segment_ids > 0).sum()) == len(prompts | written)
    assert len(shared.distinct) == len(targets) < shared.num_targets
    assert alone.num_targets == len(alone.distinct) == shared.num_targets


class Sizes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Elements of the largest tensor that any operation returns."""

    largest = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for value in out if isinstance(out, tuple | list) else (out,):
            if isinstance(value, torch.Tensor):
                self.largest = max(self.largest, value.numel())
        return out


def test_the_logits_of_all_tokens_are_never_there_at_once() -> None:
    vocabulary = 2**17
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=4,
        intermediate_size=4,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
    )
    policy = Policy(Qwen2ForCausalLM(config), {})  # type: ignore[no-untyped-call]
    (batch,) = pack(make_groups(24), 200, 10_000)
    assert len(batch.distinct) * vocabulary > CHUNK_LOGITS["cpu"]
    saved: list[int] = []

    def note(tensor: torch.Tensor) -> torch.Tensor:
        saved.append(tensor.numel())
        return tensor

    with Sizes() as sizes:  # type: ignore[no-untyped-call]
        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            logprobs, _ = policy.logprobs(batch, 1.0)
        torch.autograd.backward(logprobs.sum())
    assert sizes.largest <= CHUNK_LOGITS["cpu"]
    # What is kept for the backward is not even a chunk of them: the head's weight at most.
    assert max(saved) <= 4 * vocabulary
