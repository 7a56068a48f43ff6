from __future__ import annotations

import copy
import io
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rlvr.config import GrpoConfig, OptimizerConfig
from rlvr.config_learn import TokenTruncateConfig
from rlvr.learn.advantages import group_mean
from rlvr.learn.policy import Policy
from rlvr.learn.rows import choose_row_tokens
from rlvr.learn.trainer import Trainer
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import (
    assert_same_gradients,
    gradient_of,
    make_model,
    make_sequences,
    on_policy,
    plain_logprobs,
    same_bits,
    weights,
)

# Clipping is off, so that the gradients seen are the whole ones.
OPTIMIZER = OptimizerConfig(lr=1e-3, final_lr=1e-4, warmup_steps=2, max_grad_norm=1e9)
CONFIG = GrpoConfig(steps=10, micro_batch_tokens=10_000, optimizer=OPTIMIZER)


def make_trainer(temperature: float = 1.0, *, tied: bool = True, **changes: object) -> Trainer:
    config = CONFIG.model_copy(update=changes)
    return Trainer(Policy(make_model(tied=tied), {}), config, temperature)


def gradient(sequences: list[TrainingSequence], **changes: object) -> dict[str, torch.Tensor]:
    trainer = make_trainer(**changes)  # type: ignore[arg-type]
    return gradient_of(trainer, lambda: trainer.step(sequences, 0))


def reinforce_gradient(
    sequences: list[TrainingSequence], advantages: list[float], temperature: float, tied: bool
) -> dict[str, torch.Tensor]:
    """-(1/N) sum A log pi, one sequence at a time, without anything of the package."""
    model = make_model(tied=tied)
    num_tokens = sum(len(s.completion_ids) for s in sequences)
    total = torch.zeros(())
    for sequence, advantage in zip(sequences, advantages, strict=True):
        total = total - advantage * plain_logprobs(model, sequence, temperature).sum()
    torch.autograd.backward(total / num_tokens)
    return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_the_on_policy_gradient_is_that_of_reinforce(tied: bool, temperature: float) -> None:
    model = make_model(tied=tied)
    rewards = np.random.default_rng(1).choice([0.0, 0.2, 1.0, 1.3], size=(3, 4))
    advantages = group_mean(rewards, np.ones_like(rewards, dtype=bool)).ravel().tolist()
    sequences = [
        replace(s, advantage=a)
        for s, a in zip(on_policy(model, make_sequences(12), temperature), advantages, strict=True)
    ]
    assert all(advantages)
    ours = gradient(sequences, tied=tied, temperature=temperature)
    assert_same_gradients(ours, reinforce_gradient(sequences, advantages, temperature, tied))


@settings(max_examples=10, deadline=None)
@given(
    micro_batch_tokens=st.integers(1, 400),
    row_tokens=st.integers(24, 100),
    order=st.permutations(range(12)),
)
def test_the_gradient_depends_on_no_split_row_length_or_order(
    micro_batch_tokens: int, row_tokens: int, order: list[int]
) -> None:
    sequences = make_sequences(12)
    shuffled = [sequences[i] for i in order]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rlvr.learn.trainer.choose_row_tokens", lambda *_: row_tokens)
        split = gradient(shuffled, micro_batch_tokens=micro_batch_tokens)
    assert_same_gradients(gradient(sequences), split)


def test_metrics_cover_the_whole_step_whatever_the_split() -> None:
    sequences = make_sequences(12)
    whole = make_trainer().step(sequences, 0)
    split = make_trainer(micro_batch_tokens=1).step(sequences, 0)
    assert whole.keys() == split.keys()
    for name, value in whole.items():
        if name != "padding_share":  # rows are trimmed to their micro-batch
            assert value == pytest.approx(split[name], rel=1e-4), name


def test_metrics_by_hand() -> None:
    model, sequences = make_model(), make_sequences(5)
    with torch.no_grad():
        logprobs = [plain_logprobs(model, s) for s in sequences]
    gaps = [
        lp - torch.tensor(s.rollout_logprobs) for lp, s in zip(logprobs, sequences, strict=True)
    ]
    num_tokens = sum(len(s.completion_ids) for s in sequences)
    loss = -sum(
        float(s.advantage * gap.exp().clamp(max=2.0).sum())
        for s, gap in zip(sequences, gaps, strict=True)
    )
    gap = torch.cat(gaps)
    metrics = make_trainer().step(sequences, 1)
    expected: dict[str, float | torch.Tensor] = {
        "loss": loss / num_tokens,
        "num_tokens_trained": num_tokens,
        "num_completions_trained": 5,
        "updated": 1,
        "learning_rate": 1e-3 * 2 / 3,
        "clip_ratio/region_mean": 0,
        "sampling/sampling_logp_difference/mean": gap.abs().mean(),
        "sampling/sampling_logp_difference/max": gap.abs().max(),
        "sampling/importance_sampling_ratio/min": gap.exp().min(),
        "sampling/importance_sampling_ratio/mean": gap.exp().mean(),
        "sampling/importance_sampling_ratio/max": gap.exp().max(),
    }
    assert {name: metrics[name] for name in expected} == pytest.approx(
        {name: float(value) for name, value in expected.items()}, rel=1e-4
    )
    assert 0 < metrics["entropy"] < math.log(37)
    assert metrics["grad_norm"] > 0
    assert 0 <= metrics["padding_share"] < 1


def test_truncated_weights_scale_the_gradient_up_to_the_cap() -> None:
    exact = on_policy(make_model(), make_sequences(6))

    def with_gap(gap: float) -> list[TrainingSequence]:
        """The engine found every token e^gap times less likely than the trainer does."""
        return [
            replace(s, rollout_logprobs=tuple(lp - gap for lp in s.rollout_logprobs)) for s in exact
        ]

    base = gradient(exact)
    for gap, factor in ((math.log(1.5), 1.5), (math.log(2), 2.0), (5.0, 2.0), (-2.0, math.exp(-2))):
        scaled = {name: g * factor for name, g in base.items()}
        assert_same_gradients(gradient(with_gap(gap)), scaled)
    tight = gradient(with_gap(5.0), engine_gap=TokenTruncateConfig(cap=1.0))
    assert_same_gradients(tight, base)


def test_uninformative_completions_have_no_part_in_the_step() -> None:
    sequences = make_sequences(8)
    mixed = [replace(s, advantage=0.0) if i % 2 else s for i, s in enumerate(sequences)]
    assert_same_gradients(gradient(mixed), gradient(sequences[::2]))


@pytest.mark.parametrize("count", [0, 5])
def test_without_informative_completions_nothing_is_updated(count: int) -> None:
    trainer = make_trainer()
    trainer.step(make_sequences(4), 0)
    before, state = weights(trainer.policy), copy.deepcopy(trainer.state_dict())
    metrics = trainer.step([replace(s, advantage=0.0) for s in make_sequences(count)], 1)
    assert metrics["updated"] == metrics["num_tokens_trained"] == metrics["loss"] == 0
    assert same_bits(before, weights(trainer.policy))
    torch.testing.assert_close(trainer.state_dict(), state, rtol=0, atol=0)


def test_a_step_raises_the_chance_of_the_better_completion() -> None:
    model = make_model()
    good, bad = on_policy(model, make_sequences(2))
    trainer = make_trainer()
    sequences = [replace(good, advantage=0.5), replace(bad, advantage=-0.5)]
    before = [float(lp.sum()) for lp in trainer.score(sequences)]
    trainer.step(sequences, 0)
    after = [float(lp.sum()) for lp in trainer.score(sequences)]
    assert after[0] > before[0]
    assert after[1] < before[1]


def test_score_gives_each_sequence_its_logprobs_in_order() -> None:
    trainer = make_trainer(temperature=0.7, micro_batch_tokens=60)
    sequences = make_sequences(11)
    model = make_model()
    for scored, sequence in zip(trainer.score(sequences), sequences, strict=True):
        with torch.no_grad():
            expected = plain_logprobs(model, sequence, 0.7)
        torch.testing.assert_close(torch.from_numpy(scored), expected, rtol=0, atol=1e-5)
    assert trainer.score([]) == []


def test_scoring_does_not_depend_on_the_rows() -> None:
    sequences = make_sequences(20)
    assert choose_row_tokens(sequences, 32) != choose_row_tokens(sequences[:1], 32)
    together = make_trainer().score(sequences)
    alone = [make_trainer().score([s])[0] for s in sequences]
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_equal_inputs_give_equal_bits(threads: int) -> None:
    torch.set_num_threads(threads)
    trainers = [make_trainer(micro_batch_tokens=100) for _ in range(2)]
    for step in range(3):
        first, second = (t.step(make_sequences(20, seed=step), step) for t in trainers)
        assert first == second
    assert same_bits(weights(trainers[0].policy), weights(trainers[1].policy))


def test_a_resumed_trainer_goes_on_bit_for_bit() -> None:
    straight = make_trainer()
    for step in range(2):
        straight.step(make_sequences(seed=step), step)
    file = io.BytesIO()
    torch.save((straight.policy.model.state_dict(), straight.state_dict()), file)
    file.seek(0)
    model, state = torch.load(file)
    resumed = make_trainer()
    resumed.policy.model.load_state_dict(model)
    resumed.load_state_dict(state)
    for step in range(2, 5):
        sequences = make_sequences(seed=step)
        assert straight.step(sequences, step) == resumed.step(sequences, step)
    assert same_bits(weights(straight.policy), weights(resumed.policy))


@pytest.mark.parametrize("bad", [(), (float("nan"),), (float("-inf"),)])
def test_refuses_rollout_logprobs_that_say_nothing_and_keeps_the_weights(
    bad: tuple[float, ...],
) -> None:
    trainer = make_trainer(micro_batch_tokens=1)
    sequences = make_sequences(4)
    count = len(sequences[3].completion_ids)
    sequences[3] = replace(sequences[3], rollout_logprobs=bad * count)
    before = weights(trainer.policy)
    with pytest.raises(ValueError, match="rollout logprobs of sequence 3 are missing"):
        trainer.step(sequences, 0)
    assert same_bits(before, weights(trainer.policy))


def test_a_step_that_failed_half_way_leaves_nothing_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer, sequences = make_trainer(micro_batch_tokens=1), make_sequences(4)
    hidden, calls = trainer.policy.hidden, iter(range(2))

    def fail_in_the_third(*arguments: Any) -> torch.Tensor:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return hidden(*arguments)

    before = weights(trainer.policy)
    monkeypatch.setattr(trainer.policy, "hidden", fail_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        trainer.step(sequences, 0)
    monkeypatch.undo()
    assert same_bits(before, weights(trainer.policy))
    after = gradient_of(trainer, lambda: trainer.step(sequences, 0))
    assert_same_gradients(after, gradient(sequences))
