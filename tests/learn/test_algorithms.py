"""What holds for every kind of every part, in the trainer; the kinds are read from the config."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import torch

from rlvr.config import GrpoConfig, OptimizerConfig
from rlvr.config_keys import parts
from rlvr.config_learn import ConstantConfig, GaeConfig, KlInLossConfig
from rlvr.learn.batch import PackedBatch, pack
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import (
    assert_same_gradients,
    gradient_of,
    make_groups,
    make_model,
    make_sequences,
    on_policy,
    plain_logprobs,
)

# Clipping of the gradient is off, so that the gradients seen are the whole ones.
OPTIMIZER = OptimizerConfig(lr=1e-3, final_lr=1e-4, max_grad_norm=1e9)
LOSS_PARTS = ("surrogate", "aggregation", "engine_gap")
KINDS = [
    {part: section()}
    for part in LOSS_PARTS
    for section in parts()[f"grpo.{part}"].values()
] + [
    {"entropy_bonus": 0.3},
    {"kl": KlInLossConfig(coef=0.3)},
    {"advantage": GaeConfig(value_weight=1.0)},
]  # fmt: skip


def name_of(changes: dict[str, Any]) -> str:
    return "-".join(getattr(value, "kind", str(value)) for value in changes.values())


def make_trainer(**changes: Any) -> Trainer:
    config = GrpoConfig(steps=10, micro_batch_tokens=10_000, optimizer=OPTIMIZER, problems=3)
    return Trainer(Policy(make_model(), {}), config.model_copy(update=changes), 1.0)


def gradient(sequences: list[TrainingSequence], **changes: Any) -> dict[str, torch.Tensor]:
    trainer = make_trainer(**changes)
    if trainer._critic:  # at 0 its loss would not reach the policy's weights
        torch.nn.init.normal_(trainer._critic._head.weight, generator=torch.manual_seed(3))
    return gradient_of(trainer, lambda: trainer.step(sequences, 0))


def plain_reinforce(sequences: list[TrainingSequence], aggregation: str) -> dict[str, torch.Tensor]:
    """-sum A log pi, one sequence at a time, without anything of the package."""
    model = make_model()
    lengths = [len(s.completion_ids) for s in sequences]
    divisor = {
        "step_tokens": [sum(lengths)] * len(lengths),
        "sequence_mean": [length * len(lengths) for length in lengths],
        "constant": [3 * 8 * 128] * len(lengths),  # P, G, and the length in the configuration
    }[aggregation]
    for s, d in zip(sequences, divisor, strict=True):
        torch.autograd.backward(-s.advantage * plain_logprobs(model, s).sum() / d)
    return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("aggregation", parts()["grpo.aggregation"])
@pytest.mark.parametrize("surrogate", parts()["grpo.surrogate"])
def test_on_its_own_policy_every_surrogate_is_reinforce(surrogate: str, aggregation: str) -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    changes = {
        part: parts()[f"grpo.{part}"][kind]()
        for part, kind in (("surrogate", surrogate), ("aggregation", aggregation))
    }
    assert_same_gradients(gradient(sequences, **changes), plain_reinforce(sequences, aggregation))


@pytest.mark.parametrize("engine_gap", parts()["grpo.engine_gap"])
def test_without_a_gap_every_weight_is_1(engine_gap: str) -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    found = gradient(sequences, engine_gap=parts()["grpo.engine_gap"][engine_gap]())
    assert_same_gradients(found, plain_reinforce(sequences, "step_tokens"))


@pytest.mark.parametrize("changes", KINDS, ids=name_of)
def test_the_gradient_depends_on_no_split_row_length_order_padding_or_sharing(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sequences = with_everything(make_groups(16))
    with monkeypatch.context() as patch:
        patch.setattr("rlvr.learn.trainer.pack", partial(pack, share_prefixes=False))
        whole = gradient(sequences, **changes)
    monkeypatch.setattr("rlvr.learn.trainer.choose_row_tokens", lambda *_: 40)
    monkeypatch.setattr("rlvr.learn.trainer.pack", pack_with_garbage)
    split = gradient(sequences[::-1], **changes, micro_batch_tokens=80)
    assert_same_gradients(whole, split)


def with_everything(sequences: list[TrainingSequence]) -> list[TrainingSequence]:
    """Off its policy, with a small gap to the engine: bounds and masks act on some tokens."""

    def near(values: tuple[float, ...], scale: float) -> tuple[float, ...]:
        return tuple(v + ((7 * t) % 5 - 2) * scale for t, v in enumerate(values))

    return [
        replace(
            s,
            old_logprobs=near(s.rollout_logprobs, 0.1),
            rollout_logprobs=near(s.rollout_logprobs, 0.4),
            reference_logprobs=near(s.rollout_logprobs, -0.3),
            old_values=near((0.3,) * len(s.completion_ids), 0.1),
            returns=near((0.5,) * len(s.completion_ids), -0.2),
        )
        for s in on_policy(make_model(), sequences)
    ]


def pack_with_garbage(*arguments: Any) -> list[PackedBatch]:
    """Another token in every padding position: nothing may read it."""
    batches = pack(*arguments)
    assert len(batches) > 1
    assert any((batch.segment_ids == 0).any() for batch in batches)
    return [
        replace(batch, input_ids=batch.input_ids.where(batch.segment_ids > 0, 29))
        for batch in batches
    ]


def test_the_constant_does_not_depend_on_how_many_completions_train() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    padded = [*sequences, *(replace(s, advantage=0.0) for s in make_sequences(4, seed=1))]
    half = ConstantConfig(length=64)
    first = gradient(padded, aggregation=half)
    second = gradient(sequences, aggregation=ConstantConfig(length=128))
    assert_same_gradients(first, {name: 2 * g for name, g in second.items()})
