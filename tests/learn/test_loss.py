from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.learn.loss import (
    clipped_surrogate,
    clipped_tokens,
    next_token_cross_entropy,
    token_mean,
    truncated_importance_weights,
)

LOW, HIGH = 0.2, 0.28


@pytest.mark.parametrize(
    ("ratio", "advantage", "value", "clipped"),
    [
        (1.0, 2.0, 2.0, False),
        (1.5, 2.0, 1.28 * 2.0, True),  # good, already much likelier: no more push
        (0.5, 2.0, 0.5 * 2.0, False),  # good, but less likely: pushed up without bound
        (0.5, -2.0, 0.8 * -2.0, True),  # bad, already much less likely
        (1.5, -2.0, 1.5 * -2.0, False),  # bad, but likelier: pushed down without bound
        (1.27, 1.0, 1.27, False),  # the upper bound is not the lower one
        (0.81, -1.0, -0.81, False),
        (3.0, 0.0, 0.0, False),
    ],
)
def test_clipped_surrogate_by_hand(
    ratio: float, advantage: float, value: float, clipped: bool
) -> None:
    logprobs = torch.tensor([math.log(ratio) - 1.7], dtype=torch.float64, requires_grad=True)
    old = torch.tensor([-1.7], dtype=torch.float64)
    advantages = torch.tensor([advantage], dtype=torch.float64)
    surrogate = clipped_surrogate(logprobs, old, advantages, LOW, HIGH)
    assert surrogate.item() == pytest.approx(value)
    torch.autograd.backward(surrogate)
    # d(rho A)/d(log pi) = rho A where the unclipped branch is taken, 0 where the clipped one is.
    assert logprobs.grad is not None
    assert logprobs.grad.item() == pytest.approx(0.0 if clipped else ratio * advantage)
    assert clipped_tokens(logprobs, old, advantages, LOW, HIGH).tolist() == [clipped]


@given(
    st.floats(-2, 2),
    st.floats(-2, 2).filter(lambda a: abs(a) > 1e-3),
    st.floats(0.01, 0.9),
    st.floats(0.01, 3),
)
def test_a_clipped_token_is_one_without_gradient(
    log_ratio: float, advantage: float, low: float, high: float
) -> None:
    logprobs = torch.tensor([log_ratio], dtype=torch.float64, requires_grad=True)
    arguments = (torch.zeros(1, dtype=torch.float64), torch.tensor([advantage]).double(), low, high)
    torch.autograd.backward(clipped_surrogate(logprobs, *arguments))
    assert logprobs.grad is not None
    assert (logprobs.grad == 0).tolist() == clipped_tokens(logprobs, *arguments).tolist()


def test_truncated_importance_weights_by_hand() -> None:
    old = torch.tensor([-1.0, -1.0, -1.0, -1.0], requires_grad=True)
    rollout = torch.tensor([-1.0, -1.0 - math.log(1.5), -9.0, -1.0 + math.log(4)])
    weights = truncated_importance_weights(old, rollout, cap=2.0)
    torch.testing.assert_close(weights, torch.tensor([1.0, 1.5, 2.0, 0.25]))
    assert not weights.requires_grad


def test_token_mean_divides_by_the_tokens_of_the_step() -> None:
    values = torch.tensor([1.0, 2.0, 6.0])
    assert token_mean(values, 3).item() == pytest.approx(3.0)
    parts = token_mean(values[:1], 3) + token_mean(values[1:], 3) + token_mean(values[3:], 3)
    assert parts.item() == pytest.approx(3.0)


def test_next_token_cross_entropy_by_hand() -> None:
    logprobs = torch.tensor([0.5, 0.25, 0.125]).log()
    # (1 + 2 + 3) bits over three tokens, in nats.
    assert next_token_cross_entropy(logprobs, 3).item() == pytest.approx(2 * math.log(2))
