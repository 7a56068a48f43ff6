"""Small models and sequences; each test makes its own from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from rlvr.learn.policy import Policy
from rlvr.types import TrainingSequence

VOCABULARY = 37


def make_model(*, seed: int = 0, tied: bool = True) -> Qwen2ForCausalLM:
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=tied,
        # Far from uniform: a nearly flat distribution would hide mistakes.
        initializer_range=0.3,
    )
    return Qwen2ForCausalLM(config)  # type: ignore[no-untyped-call]


def make_sequences(count: int = 12, *, seed: int = 0) -> list[TrainingSequence]:
    """Sequences of 3 to 24 tokens with advantages and made-up rollout logprobs."""
    rng = np.random.default_rng(seed)
    sequences = []
    for _ in range(count):
        prompt, completion = (int(n) for n in rng.integers((1, 2), (8, 17)))
        sequences.append(
            TrainingSequence(
                prompt_ids=tuple(map(int, rng.integers(VOCABULARY, size=prompt))),
                completion_ids=tuple(map(int, rng.integers(VOCABULARY, size=completion))),
                rollout_logprobs=tuple(map(float, rng.normal(-3.0, 1.0, size=completion))),
                advantage=float(rng.normal()),
            )
        )
    return sequences


def make_groups(count: int = 12, *, seed: int = 0, size: int = 4) -> list[TrainingSequence]:
    """The same in groups of one prompt, whose completions begin alike more often than not.

    The groups lie mixed, and the last may be smaller.
    """
    rng = np.random.default_rng(seed)
    sequences = make_sequences(count, seed=seed)
    for i, sequence in enumerate(sequences):
        first = sequences[i - i % size]
        kept = min(int(rng.integers(0, 8)), len(first.completion_ids))
        ids = first.completion_ids[:kept] + sequence.completion_ids[kept:]
        sequences[i] = replace(
            sequence,
            prompt_ids=first.prompt_ids,
            completion_ids=ids,
            rollout_logprobs=(sequence.rollout_logprobs * 8)[: len(ids)],
        )
    return [sequences[i] for i in rng.permutation(count)]


def plain_logprobs(
    model: Qwen2ForCausalLM, sequence: TrainingSequence, temperature: float = 1.0
) -> torch.Tensor:
    """The reference: one sequence, no packing, no padding, the model's own logits."""
    tokens = torch.tensor([sequence.prompt_ids + sequence.completion_ids])
    logits = model(input_ids=tokens, use_cache=False).logits[0, :-1] / temperature
    logprobs: torch.Tensor = logits.log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0]
    return logprobs[-len(sequence.completion_ids) :]


def on_policy(
    model: Qwen2ForCausalLM, sequences: list[TrainingSequence], temperature: float = 1.0
) -> list[TrainingSequence]:
    """The same sequences as an engine without any gap would have scored them."""
    with torch.no_grad():
        return [
            replace(s, rollout_logprobs=tuple(plain_logprobs(model, s, temperature).tolist()))
            for s in sequences
        ]


def gradient_of(trainer: Any, action: Callable[[], Any]) -> dict[str, torch.Tensor]:
    """The gradients that a trainer's optimizer is handed while ``action`` runs."""
    seen: dict[str, torch.Tensor] = {}

    def record(*_: Any) -> None:
        for name, parameter in trainer.policy.model.named_parameters():
            assert parameter.grad is not None, name
            seen[name] = parameter.grad.clone()

    handle = trainer._optimizer.parts[0].register_step_pre_hook(record)
    action()
    handle.remove()
    return seen


def assert_same_gradients(
    first: dict[str, torch.Tensor], second: dict[str, torch.Tensor], rtol: float = 1e-4
) -> None:
    """Equal up to rounding, measured against each tensor's largest entry."""
    assert first.keys() == second.keys()
    for name, gradient in first.items():
        scale = float(gradient.abs().max())
        assert scale > 0, name
        torch.testing.assert_close(gradient, second[name], rtol=rtol, atol=rtol * scale, msg=name)


def assert_same_training(job: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Metrics of each step, and the weights after the last."""
    # Muon rounds its directions to bfloat16: the last bit of a gradient shows in the step.
    slack = 100.0 if "muon" in job else 1.0
    for one, two in zip(first["metrics"], second["metrics"], strict=True):
        assert one.keys() == two.keys()
        for name, value in one.items():
            if name not in ("padding_share", "shared_share"):  # the rows differ
                assert value == pytest.approx(two[name], rel=5e-5 * slack, abs=1e-6 * slack), name
    assert first["weights"].keys() == second["weights"].keys()
    for name, tensor in first["weights"].items():
        atol = 2e-6 * slack
        torch.testing.assert_close(tensor, second["weights"][name], rtol=0, atol=atol, msg=name)


def weights(policy: Policy) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in policy.named_tensors()}


def same_bits(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(first[n].equal(second[n]) for n in first)
