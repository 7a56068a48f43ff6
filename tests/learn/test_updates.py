"""Several updates a batch, a reference, a value head: what a step makes of them; their state."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from rlvr.checkpoint import load_state, save_checkpoint
from rlvr.config import GrpoConfig, OptimizerConfig
from rlvr.config_learn import (
    ClippedConfig,
    ConstantConfig,
    EmaConfig,
    GaeConfig,
    KlInLossConfig,
    KlInRewardConfig,
    ReinforceConfig,
)
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import (
    assert_same_gradients,
    make_model,
    make_sequences,
    on_policy,
    plain_logprobs,
    same_bits,
    weights,
)

OPTIMIZER = OptimizerConfig(lr=1e-3, final_lr=1e-3, max_grad_norm=1e9)


def make_trainer(**changes: Any) -> Trainer:
    config = GrpoConfig(steps=10, optimizer=OPTIMIZER, problems=2, group_size=4)
    return Trainer(Policy(make_model(), {}), config.model_copy(update=changes), 1.0)


def updates_of(trainer: Trainer, sequences: list[TrainingSequence]) -> list[dict[str, Any]]:
    """The gradient and the weights before each update of one step."""
    seen: list[dict[str, Any]] = []

    def record(*_: Any) -> None:
        model = trainer.policy.model
        seen.append(
            {
                "gradient": {n: p.grad.clone() for n, p in model.named_parameters()},  # type: ignore[union-attr]
                "weights": {n: p.detach().clone() for n, p in model.named_parameters()},
            }
        )

    handle = trainer._optimizer.parts[0].register_step_pre_hook(record)
    trainer.step(sequences, 0)
    handle.remove()
    return seen


def plain_ratio_gradient(
    at: dict[str, torch.Tensor], sequences: list[TrainingSequence]
) -> dict[str, torch.Tensor]:
    """-(1/N) sum rho A with the ratio to the first model, unclipped; nothing of the package."""
    old, model = make_model(), make_model()
    model.load_state_dict(at, strict=False)
    num_tokens = sum(len(s.completion_ids) for s in sequences)
    for s in sequences:
        ratio = (plain_logprobs(model, s) - plain_logprobs(old, s).detach()).exp()
        torch.autograd.backward(-(ratio * s.advantage).sum() / num_tokens)
    return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}


WIDE = {"clip_low": 1.0, "clip_high": 100.0}


def test_each_pass_is_measured_from_the_policy_before_the_step() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    trainer = make_trainer(epochs=3, surrogate=ClippedConfig(**WIDE))
    updates = updates_of(trainer, sequences)
    assert len(updates) == 3
    for update in updates:
        expected = plain_ratio_gradient(update["weights"], sequences)
        assert_same_gradients(update["gradient"], expected, rtol=1e-3)


def test_mini_batches_share_out_the_completions_and_the_constant() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    order = np.random.default_rng((0, 0)).permutation(8)
    halves = [[sequences[i] for i in half] for half in np.array_split(order, 2)]
    trainer = make_trainer(mini_batches=2)
    first, second = updates_of(trainer, sequences)
    expected = plain_ratio_gradient(first["weights"], halves[0])
    assert_same_gradients(first["gradient"], expected, rtol=1e-3)
    # The second is off its policy already, by one step of 1e-3: hardly, but measurably.
    expected = plain_ratio_gradient(second["weights"], halves[1])
    assert_same_gradients(second["gradient"], expected, rtol=0.1)


def test_with_the_constant_two_halves_have_the_mean_gradient_of_the_whole() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    still = {"aggregation": ConstantConfig(), "optimizer": OptimizerConfig(lr=1e-9, final_lr=1e-9)}
    (whole,) = updates_of(make_trainer(**still), sequences)
    halves = updates_of(make_trainer(**still, mini_batches=2), sequences)
    mean = {n: sum(half["gradient"][n] for half in halves) / 2 for n in whole["gradient"]}
    assert_same_gradients(whole["gradient"], mean)


def test_one_update_a_step_makes_no_second_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []
    forward = Policy.hidden

    def count(self: Policy, batch: Any) -> torch.Tensor:
        passes.append(batch.num_targets)
        return forward(self, batch)

    monkeypatch.setattr(Policy, "hidden", count)
    sequences = make_sequences(8)
    rewards, counted = np.arange(8.0).reshape(2, 4), np.ones((2, 4), dtype=bool)
    tokens = sum(len(s.completion_ids) for s in sequences)
    for changes, forwards in (
        ({}, 1),
        ({"epochs": 2}, 3),
        ({"kl": KlInLossConfig()}, 2),
        ({"kl": KlInRewardConfig()}, 3),
        ({"advantage": GaeConfig()}, 2),
        ({"advantage": GaeConfig(), "epochs": 2, "kl": KlInRewardConfig()}, 4),
    ):
        trainer = make_trainer(**changes)
        assigned, _ = trainer.assign(sequences, rewards, counted)
        passes.clear()
        assigned, _ = trainer.assign(sequences, rewards, counted)
        trainer.step(assigned, 0)
        assert sum(passes) == forwards * tokens, changes


def test_completions_that_train_nothing_are_not_scored_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer, sequences = make_trainer(epochs=2), make_sequences(8)
    scored: list[int] = []
    monkeypatch.setattr(trainer, "_with_old", lambda given: (scored.append(len(given)), given)[1])
    rewards = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
    assigned, _ = trainer.assign(sequences, rewards, np.ones((2, 4), dtype=bool))
    trainer.step(assigned, 0)
    assert scored == [4]


def test_clipping_and_the_distance_from_the_old_policy_are_seen() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    one = make_trainer().step(sequences, 0)
    assert "policy/approx_kl" not in one
    three = make_trainer(epochs=4, optimizer=OPTIMIZER.model_copy(update={"lr": 1e-2})).step(
        sequences, 0
    )
    assert one["clip_ratio/region_mean"] == 0 < three["clip_ratio/region_mean"]
    assert three["policy/approx_kl"] > 1e-4
    # The engine's gap is that of the policy before the step, whatever came after.
    assert three["sampling/sampling_logp_difference/max"] < 1e-4


def test_a_frozen_reference_stays_and_a_synced_one_follows() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    for sync_every, renewed in ((0, []), (2, [2, 4]), (1, [1, 2, 3, 4])):
        trainer = make_trainer(kl=KlInLossConfig(coef=0.1, sync_every=sync_every))
        seen = [trainer.step(sequences, step)["kl"] for step in range(5)]
        near_zero = [step for step, kl in enumerate(seen) if kl < 1e-9]
        assert near_zero == [0, *renewed]


def test_a_synced_reference_follows_at_the_end_of_a_step_that_trains_nothing() -> None:
    sequences = on_policy(make_model(), make_sequences(8))
    trainer = make_trainer(kl=KlInRewardConfig(sync_every=2))
    trainer.step(sequences, 0)
    assert trainer.step([replace(s, advantage=0.0) for s in sequences], 1)["updated"] == 0
    assert trainer.step(sequences, 2)["kl"] < 1e-9


def test_the_kl_in_the_loss_reaches_completions_without_an_advantage() -> None:
    sequences = [replace(s, advantage=0.0) for s in on_policy(make_model(), make_sequences(8))]
    assert make_trainer().step(sequences, 0)["updated"] == 0
    for changes in ({"kl": KlInLossConfig()}, {"entropy_bonus": 0.1}):
        assert make_trainer(**changes).step(sequences, 0)["num_completions_trained"] == 8


def test_the_entropy_bonus_by_plain_autograd() -> None:
    sequences = [replace(s, advantage=0.0) for s in on_policy(make_model(), make_sequences(6))]
    model, num_tokens = make_model(), sum(len(s.completion_ids) for s in sequences)
    for s in sequences:
        tokens = torch.tensor([s.prompt_ids + s.completion_ids])
        table = model(input_ids=tokens, use_cache=False).logits[0, :-1].log_softmax(-1)
        entropy = -(table.exp() * table).sum(-1)[-len(s.completion_ids) :]
        torch.autograd.backward(-0.1 * entropy.sum() / num_tokens)
    expected = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    trainer = make_trainer(entropy_bonus=0.1)
    assert_same_gradients(updates_of(trainer, sequences)[0]["gradient"], expected, rtol=1e-3)


def test_the_value_head_learns_the_returns() -> None:
    gae = GaeConfig(value_lr=0.05, value_clip=10.0, value_weight=1.0)
    trainer = make_trainer(advantage=gae)
    model = make_model()
    rewards, counted = np.arange(8.0).reshape(2, 4), np.ones((2, 4), dtype=bool)
    errors = []
    for step in range(8):
        fresh = on_policy(model, make_sequences(8))
        sequences, advantages = trainer.assign(fresh, rewards, counted)
        metrics = trainer.step(sequences, step)
        errors.append(metrics["value/error"])
        assert advantages.shape == (2, 4)
        model.load_state_dict(trainer.policy.model.state_dict())
    assert errors[-1] < errors[0] / 2
    assert "value/explained_variance" in metrics


METHODS: list[dict[str, Any]] = [
    {"advantage": EmaConfig()},
    {"advantage": GaeConfig(), "kl": KlInRewardConfig(coef=0.1, sync_every=3), "epochs": 2},
    {"kl": KlInLossConfig(coef=0.1), "mini_batches": 2},
    {"kl": KlInLossConfig(coef=0.1, sync_every=2), "surrogate": ReinforceConfig()},
]


@pytest.mark.parametrize("changes", METHODS, ids=lambda c: "-".join(c))
def test_every_state_comes_back_from_a_checkpoint(changes: dict[str, Any], tmp_path: Any) -> None:
    counted = np.ones((2, 4), dtype=bool)

    def go(trainer: Trainer, steps: range) -> list[dict[str, float]]:
        metrics = []
        for step in steps:
            rewards = np.random.default_rng(step).normal(size=(2, 4))
            assigned, _ = trainer.assign(make_sequences(8, seed=step), rewards, counted)
            metrics.append(trainer.step(assigned, step))
        return metrics

    straight, resumed = make_trainer(**changes), make_trainer(**changes)
    go(straight, range(4))  # a reference that was renewed is not the policy any more
    saved = io.BytesIO()
    torch.save(straight.policy.model.state_dict(), saved)
    path = save_checkpoint(tmp_path, "a", straight.state_dict(), lambda folder: None)
    saved.seek(0)
    go(resumed, range(2))  # whatever was there before is gone
    resumed.policy.model.load_state_dict(torch.load(saved))
    resumed.load_state_dict(load_state(path))
    assert go(straight, range(4, 7)) == go(resumed, range(4, 7))
    assert same_bits(weights(straight.policy), weights(resumed.policy))
