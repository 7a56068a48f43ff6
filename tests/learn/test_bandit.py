"""On a bandit everything is known: the best arm, and the exact gradient of the expected reward."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest
import torch

from rlvr.config_keys import parts
from rlvr.config_learn import (
    BatchNormConfig,
    CispoConfig,
    ClippedConfig,
    ConstantConfig,
    DualClipConfig,
    EmaConfig,
    GaeConfig,
    GroupMeanBatchStdConfig,
    GroupMeanConfig,
    GroupStdConfig,
    GspoConfig,
    KlInLossConfig,
    KlInRewardConfig,
    NoGapConfig,
    RlooConfig,
    TokenTruncateConfig,
)
from tests.learn.bandit import REWARDS, START, Bandit

SUM = ConstantConfig(length=1)  # the plain mean over completions, whatever was drawn
G = 4
BINARY = np.array([0.0, 1.0, 1.0])


def exact_gradient(rewards: np.ndarray, kl: float = 0.0, entropy: float = 0.0) -> np.ndarray:
    """Of sum pi r - kl KL(pi || reference) + entropy H(pi) by the logits, at ``START``."""
    logits = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    logprobs = logits.log_softmax(-1)
    inner = torch.tensor(rewards) - kl * (logprobs - reference()) - entropy * logprobs
    torch.autograd.backward((logprobs.exp() * inner).sum())
    assert logits.grad is not None
    return logits.grad.numpy()


def reference() -> torch.Tensor:
    return torch.tensor([-0.5, 0.5, 0.0], dtype=torch.float64).log_softmax(-1)


def set_reference(bandit: Bandit) -> None:
    assert bandit.trainer._reference is not None
    bandit.trainer._reference.load_state_dict({"weight": reference().float()[None]})


def assert_mean(bandit: Bandit, expected: np.ndarray, steps: int = 40) -> None:
    """The mean of the estimates lies within 4 standard errors, and those are small."""
    found = np.array([bandit.gradient() for _ in range(steps)])
    error = found.std(axis=0, ddof=1) / np.sqrt(steps)
    assert (error < 0.05 * np.abs(expected).max()).all(), error
    assert (np.abs(found.mean(axis=0) - expected) < 4 * error).all(), (found.mean(axis=0), expected)


def make(**changes: Any) -> Bandit:
    return Bandit(**{"aggregation": SUM, "group_size": G, "problems": 32} | changes)


@pytest.mark.parametrize(
    ("section", "factor"),
    [
        (GroupMeanConfig(), (G - 1) / G),  # the mean holds the own reward
        (RlooConfig(), 1.0),
        (EmaConfig(initial=0.7, beta=0.5), 1.0),
        (GaeConfig(whiten=False, value_weight=0.0), 1.0),
    ],
)
def test_the_mean_gradient_is_the_policy_gradient(section: Any, factor: float) -> None:
    assert_mean(make(advantage=section), factor * exact_gradient(REWARDS))


def test_the_mean_gradient_of_group_std_by_counting() -> None:
    """With rewards 0 and 1, E[A | own reward] is a sum over the right ones among the others."""
    p = torch.tensor(START, dtype=torch.float64).softmax(-1).numpy() @ BINARY

    def expected_advantage(own: int) -> float:
        total = 0.0
        for others in range(G):
            k = others + own
            std = np.sqrt(k * (G - k) / G / (G - 1))
            chance = comb(G - 1, others) * p**others * (1 - p) ** (G - 1 - others)
            total += chance * (own - k / G) / (std + 1e-4)
        return total

    factor = expected_advantage(1) - expected_advantage(0)
    bandit = make(advantage=GroupStdConfig(), rewards=BINARY)
    assert_mean(bandit, factor * exact_gradient(BINARY))


@pytest.mark.parametrize("section", [BatchNormConfig(), GroupMeanBatchStdConfig()])
def test_normalising_over_the_batch_only_rescales_the_policy_gradient(section: Any) -> None:
    p = torch.tensor(START, dtype=torch.float64).softmax(-1).numpy() @ BINARY
    # Over so many completions the deviation is nearly that of one reward, or of one difference.
    spread, factor = np.sqrt(p * (1 - p)), 1.0
    if section.kind == "group_mean_batch_std":
        spread, factor = spread * np.sqrt((G - 1) / G), (G - 1) / G
    bandit = make(advantage=section, rewards=BINARY, problems=64)
    assert_mean(bandit, factor / spread * exact_gradient(BINARY), steps=20)


@pytest.mark.parametrize("section", [KlInRewardConfig(coef=0.5), KlInLossConfig(coef=0.5)])
def test_both_kinds_of_kl_have_the_gradient_of_the_kl(section: Any) -> None:
    bandit = make(advantage=RlooConfig(), kl=section)
    set_reference(bandit)
    assert_mean(bandit, exact_gradient(REWARDS, kl=0.5))


def test_the_entropy_bonus_has_the_gradient_of_the_entropy() -> None:
    bandit = make(advantage=RlooConfig(), entropy_bonus=0.5)
    assert_mean(bandit, exact_gradient(REWARDS, entropy=0.5))


MU = np.array([0.3, 0.4, 0.3])


def test_engine_weights_correct_for_the_engine() -> None:
    wide = TokenTruncateConfig(cap=100.0)
    assert_mean(make(advantage=RlooConfig(), mu=MU, engine_gap=wide), exact_gradient(REWARDS))
    # The test can fail: without weights the same draws give another mean.
    bandit = make(advantage=RlooConfig(), mu=MU, engine_gap=NoGapConfig())
    with pytest.raises(AssertionError):
        assert_mean(bandit, exact_gradient(REWARDS))


def test_engine_weights_correct_the_kl_in_the_loss_too() -> None:
    bandit = make(
        advantage=RlooConfig(),
        mu=MU,
        engine_gap=TokenTruncateConfig(cap=100.0),
        kl=KlInLossConfig(coef=1.0),
    )
    set_reference(bandit)
    assert_mean(bandit, exact_gradient(REWARDS, kl=1.0))


def test_a_quarter_too_little_is_seen() -> None:
    bandit = make(advantage=GroupMeanConfig())
    with pytest.raises(AssertionError):
        assert_mean(bandit, exact_gradient(REWARDS))


@pytest.mark.parametrize(
    "surrogate",
    [
        ClippedConfig(clip_low=1.0, clip_high=100.0),
        DualClipConfig(clip_low=1.0, clip_high=100.0, dual_clip=100.0),
        CispoConfig(cap=100.0),
        GspoConfig(clip_low=1.0, clip_high=100.0),
    ],
)
def test_ratios_correct_for_an_older_policy(surrogate: Any) -> None:
    """Completions of the old policy MU, whose logprobs come with them; no bound is reached."""
    bandit = make(advantage=RlooConfig(), mu=MU, surrogate=surrogate, engine_gap=NoGapConfig())
    draw = bandit.draw
    bandit.draw = lambda: [  # type: ignore[method-assign]
        type(s)(
            prompt_ids=s.prompt_ids,
            completion_ids=s.completion_ids,
            rollout_logprobs=s.rollout_logprobs,
            old_logprobs=s.rollout_logprobs,
            advantage=s.advantage,
        )
        for s in draw()
    ]
    assert_mean(bandit, exact_gradient(REWARDS))


METHODS = [
    *({"advantage": section()} for section in parts()["grpo.advantage"].values()),
    *({"surrogate": section(), "epochs": 2} for section in parts()["grpo.surrogate"].values()),
    *({"aggregation": section()} for section in parts()["grpo.aggregation"].values()),
    *({"engine_gap": section()} for section in parts()["grpo.engine_gap"].values()),
    *({"kl": section()} for section in parts()["grpo.kl"].values()),
    {"mini_batches": 4, "epochs": 2},
    {"entropy_bonus": 0.01},
]


@pytest.mark.parametrize(
    "changes", METHODS, ids=lambda c: "-".join(getattr(v, "kind", str(v)) for v in c.values())
)
def test_every_method_finds_the_best_arm(changes: dict[str, Any]) -> None:
    bandit = Bandit(lr=0.1, problems=4, group_size=8, **changes)
    for step in range(60):
        bandit.step(step)
    assert bandit.policy.probabilities[2] > 0.9
