from __future__ import annotations

import numpy as np
import pytest
import torch

from rlvr.learn.advantages.gae import gae, whiten
from rlvr.learn.value import clipped_value_loss


def test_gae_by_hand() -> None:
    # deltas: 0 + 0.5 * 0.25 - 0.5, 0 + 0.5 * -0.5 - 0.25, 1 - -0.5; gamma lambda = 0.25.
    rewards, values = np.array([0.0, 0.0, 1.0]), np.array([0.5, 0.25, -0.5])
    advantages, returns = gae(rewards, values, gamma=0.5, lam=0.5)
    np.testing.assert_allclose(advantages, [-0.375 - 0.25 * 0.125, -0.5 + 0.25 * 1.5, 1.5])
    np.testing.assert_allclose(returns, advantages + values)


def test_gae_between_its_ends() -> None:
    rewards, values = np.array([0.1, -0.2, 0.0, 1.0]), np.array([0.3, 0.9, -0.4, 0.2])
    whole = gae(rewards, values, gamma=1.0, lam=1.0)
    np.testing.assert_allclose(whole[1], [0.9, 0.8, 1.0, 1.0])  # rewards still to come
    np.testing.assert_allclose(whole[0], whole[1] - values)
    one = gae(rewards, values, gamma=0.9, lam=0.0)
    np.testing.assert_allclose(one[1], rewards + 0.9 * np.append(values[1:], 0.0))


def test_whitening_is_over_all_tokens() -> None:
    # 1, 3 and 5, 7: mean 4, deviation sqrt 5.
    scale = np.sqrt(5) + 1e-4
    first, second = whiten([np.array([1.0, 3.0]), np.array([5.0, 7.0])])
    np.testing.assert_allclose(first, [-3 / scale, -1 / scale])
    np.testing.assert_allclose(second, [1 / scale, 3 / scale])


@pytest.mark.parametrize(
    ("value", "old", "target", "loss", "slope"),
    [
        (1.0, 1.0, 2.0, 0.5, -1.0),  # not moved yet
        (1.1, 1.0, 2.0, 0.405, -0.9),
        (1.5, 1.0, 2.0, 0.32, 0.0),  # moved by more than 0.2 towards it: (1.2 - 2)^2 / 2
        (0.5, 1.0, 2.0, 1.125, -1.5),  # moved away: pulled back
        (2.5, 1.0, 2.0, 0.32, 0.0),  # beyond it, but less wrong than the bounded one
        (3.5, 1.0, 2.0, 1.125, 1.5),
    ],
)
def test_clipped_value_loss_by_hand(
    value: float, old: float, target: float, loss: float, slope: float
) -> None:
    values = torch.tensor([value], requires_grad=True)
    found = clipped_value_loss(values, torch.tensor([old]), torch.tensor([target]), 0.2)
    torch.autograd.backward(found)
    assert found.item() == pytest.approx(loss)
    assert values.grad is not None
    assert values.grad.item() == pytest.approx(slope, abs=1e-6)
