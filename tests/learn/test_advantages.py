from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.config import GrpoConfig
from rlvr.config_learn import EmaConfig, GaeConfig, KlInRewardConfig
from rlvr.learn.advantages import (
    ADVANTAGES,
    batch_norm,
    group_mean,
    group_mean_batch_std,
    group_std,
    rloo,
)
from rlvr.learn.advantages.ema import ema, ema_update
from rlvr.learn.advantages.groups import informative
from rlvr.learn.credit import Credit
from rlvr.types import TrainingSequence

# Sums of a few terms, as real rewards are; equal ones are then equal to the bit.
REWARDS = st.sampled_from([0.0, 0.1, 0.2, 1.0, 1.1, 1.3, -0.2])


@st.composite
def groups(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    problems, group = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    size = problems * group
    rewards = draw(st.lists(REWARDS, min_size=size, max_size=size))
    counted = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    shape = (problems, group)
    return np.array(rewards).reshape(shape), np.array(counted).reshape(shape)


def all_counted(rewards: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(rewards), np.ones((len(rewards), len(rewards[0])), dtype=bool)


def test_group_mean_by_hand() -> None:
    advantages = group_mean(*all_counted([[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]]))
    expected = [[0.5, -0.5, -0.5, 0.5], [0.75, -0.25, -0.25, -0.25]]
    np.testing.assert_allclose(advantages, expected)


def test_group_std_by_hand() -> None:
    # Mean 2, deviations -1, 0, 1, sample variance (1 + 0 + 1) / 2 = 1.
    advantages = group_std(*all_counted([[1.0, 2.0, 3.0]]))
    np.testing.assert_allclose(advantages, [[-1 / 1.0001, 0.0, 1 / 1.0001]])


def test_rloo_by_hand() -> None:
    # Each reward minus the mean of the other two; the second group has two counted rewards.
    rewards = np.array([[1.0, 0.0, 0.5], [1.0, 0.0, 9.0]])
    counted = np.array([[True, True, True], [True, True, False]])
    np.testing.assert_allclose(rloo(rewards, counted), [[0.75, -0.75, 0.0], [1.0, -1.0, 0.0]])


def test_batch_norm_by_hand() -> None:
    # Counted: 1, 1, 0, 2 over both groups: mean 1, variance (0 + 0 + 1 + 1) / 4. A group of equal
    # rewards is not the whole batch: it is compared with the others.
    rewards = np.array([[1.0, 1.0, 7.0], [0.0, 2.0, 7.0]])
    counted = np.array([[True, True, False], [True, True, False]])
    scale = 1 / (np.sqrt(0.5) + 1e-4)
    np.testing.assert_allclose(batch_norm(rewards, counted), [[0, 0, 0], [-scale, scale, 0]])
    np.testing.assert_allclose(
        batch_norm(*all_counted([[1.0], [3.0]])), [[-1 / 1.0001], [1 / 1.0001]]
    )


def test_group_mean_batch_std_by_hand() -> None:
    # Differences -1, 1 and 3, -3: mean square 5, whatever the groups' levels.
    advantages = group_mean_batch_std(*all_counted([[10.0, 12.0], [6.0, 0.0]]))
    scale = np.sqrt(5) + 1e-4
    np.testing.assert_allclose(advantages, [[-1 / scale, 1 / scale], [3 / scale, -3 / scale]])


def test_ema_by_hand() -> None:
    rewards = np.array([[1.0, 0.0, 50.0], [1.0, 1.0, 1.0]])
    counted = np.array([[True, True, False], [True, True, True]])
    np.testing.assert_allclose(ema(rewards, counted, 0.25), [[0.75, -0.25, 0], [0.75] * 3])
    # The mean counted reward is 4 / 5.
    assert ema_update(0.25, rewards, counted, 0.9) == pytest.approx(0.9 * 0.25 + 0.1 * 0.8)
    assert ema_update(0.25, rewards, np.zeros_like(counted), 0.9) == 0.25


def test_the_running_mean_is_of_earlier_batches_only() -> None:
    credit = Credit(GrpoConfig(advantage=EmaConfig(beta=0.5, initial=1.0)))
    sequence = TrainingSequence(prompt_ids=(1,), completion_ids=(2,))
    seen = []
    for reward in (0.0, 0.0, 4.0):
        sequences, advantages = credit.assign([sequence], *all_counted([[reward]]))
        assert [s.advantage for s in sequences] == advantages.ravel().tolist()
        seen.append(sequences[0].advantage)
    assert seen == [-1.0, -0.5, 3.75]
    assert credit.metrics() == {"baseline": 0.25 / 2 + 2}


def test_the_kl_in_the_reward_is_summed_over_the_completion() -> None:
    credit = Credit(GrpoConfig(kl=KlInRewardConfig(coef=0.5)))
    near, far = (
        TrainingSequence(
            prompt_ids=(1,),
            completion_ids=(2, 3),
            old_logprobs=(-1.0, -2.0),
            reference_logprobs=reference,
        )
        for reference in ((-1.0, -2.0), (-2.0, -5.0))
    )
    # Rewards 1 and 1 - 0.5 * (1 + 3); the uncounted third is in nothing.
    rewards, counted = np.array([[1.0, 1.0, 9.0]]), np.array([[True, True, False]])
    _, advantages = credit.assign([near, far], rewards, counted)
    np.testing.assert_allclose(advantages, [[1.0, -1.0, 0.0]])
    assert rewards.tolist() == [[1.0, 1.0, 9.0]]


def test_gae_takes_the_reward_at_the_last_token_and_the_kl_at_each() -> None:
    advantage = GaeConfig(gamma=1.0, lam=1.0, whiten=False)
    credit = Credit(GrpoConfig(advantage=advantage, kl=KlInRewardConfig(coef=0.5)))
    sequence = TrainingSequence(
        prompt_ids=(1,),
        completion_ids=(2, 3),
        old_logprobs=(-1.0, -2.0),
        reference_logprobs=(-2.0, -5.0),
        old_values=(0.25, -0.25),
    )
    rewards, counted = np.array([[9.0, 1.0]]), np.array([[False, True]])
    (found,), advantages = credit.assign([sequence], rewards, counted)
    assert found.returns == pytest.approx((1 - 0.5 - 1.5, 1 - 1.5))
    assert found.token_advantages == pytest.approx((-1.25, -0.25))
    np.testing.assert_allclose(advantages, [[0.0, -0.75]])


def test_an_uncounted_completion_is_in_no_baseline() -> None:
    rewards = np.array([[1.0, 0.0, 100.0]])
    counted = np.array([[True, True, False]])
    np.testing.assert_allclose(group_mean(rewards, counted), [[0.5, -0.5, 0.0]])
    # Deviations 0.5 and -0.5 of the two counted: sample variance 0.5.
    scale = 0.5 / (np.sqrt(0.5) + 1e-4)
    np.testing.assert_allclose(group_std(rewards, counted), [[scale, -scale, 0.0]])


@pytest.mark.parametrize("counted", [[True, False, False], [False, False, False]])
def test_fewer_than_two_counted_is_uninformative(counted: list[bool]) -> None:
    rewards, mask = np.array([[1.0, 0.0, 0.0]]), np.array([counted])
    assert not informative(rewards, mask).any()
    for advantages in ADVANTAGES.values():
        assert not advantages(rewards, mask).any()


@pytest.mark.parametrize("name", ADVANTAGES)
def test_equal_rewards_teach_nothing_to_the_bit(name: str) -> None:
    assert not ADVANTAGES[name](*all_counted([[0.1, 0.1, 0.1], [0.1, 0.1, 0.1]])).any()


def test_equal_rewards_are_uninformative_whatever_their_mean_rounds_to() -> None:
    # The mean of three 0.1 is not 0.1 in floating point; the advantages are 0 all the same.
    rewards, counted = all_counted([[0.1, 0.1, 0.1], [0.1, 0.1, 0.2]])
    assert rewards[0].sum() / 3 != 0.1
    assert informative(rewards, counted).tolist() == [False, True]
    assert not group_mean(rewards, counted)[0].any()
    assert group_mean(rewards, counted)[1].all()


def test_a_reward_that_does_not_count_may_be_anything() -> None:
    counted = np.array([[True, True, False]])
    np.testing.assert_allclose(
        group_mean(np.array([[1.0, 0.0, np.nan]]), counted), [[0.5, -0.5, 0.0]]
    )


@given(groups(), st.sampled_from(sorted(ADVANTAGES)))
def test_properties(group: tuple[np.ndarray, np.ndarray], name: str) -> None:
    rewards, counted = group
    advantages = ADVANTAGES[name](rewards, counted)
    assert advantages.shape == rewards.shape
    assert not advantages[~counted].any()
    np.testing.assert_allclose(advantages.sum(), 0.0, atol=1e-9)
    for row, mask, out, teaches in zip(
        rewards, counted, advantages, informative(rewards, counted), strict=True
    ):
        assert teaches == (len(set(row[mask])) > 1)
        if name != "batch_norm":
            assert teaches == bool(out.any())
            np.testing.assert_allclose(out.sum(), 0.0, atol=1e-9)
    # A better completion never gets a smaller advantage, and the order of a group means nothing.
    order = np.arange(rewards.shape[1])[::-1]
    np.testing.assert_allclose(
        ADVANTAGES[name](rewards[:, order], counted[:, order]), advantages[:, order], atol=1e-9
    )
    for row, mask, out in zip(rewards, counted, advantages, strict=True):
        ranked = out[mask][np.argsort(row[mask], kind="stable")]
        assert (np.diff(ranked) >= -1e-9).all()


@given(groups())
def test_leaving_the_own_reward_out_is_a_constant_factor(
    group: tuple[np.ndarray, np.ndarray],
) -> None:
    rewards, _ = group
    counted = np.ones_like(rewards, dtype=bool)
    size = rewards.shape[1]
    if size < 2:
        return
    others = (rewards.sum(axis=1, keepdims=True) - rewards) / (size - 1)
    np.testing.assert_allclose(
        group_mean(rewards, counted) * size / (size - 1), rewards - others, atol=1e-9
    )


@pytest.mark.parametrize(
    ("rewards", "counted", "message"),
    [
        (np.zeros(3), np.ones(3, dtype=bool), "shape"),
        (np.zeros((2, 0)), np.ones((2, 0), dtype=bool), "shape"),
        (np.zeros((2, 3)), np.ones((3, 2), dtype=bool), "counted"),
        (np.zeros((2, 3)), np.ones((2, 3)), "counted"),
        (np.full((1, 2), np.nan), np.ones((1, 2), dtype=bool), "finite"),
    ],
)
def test_refuses(rewards: np.ndarray, counted: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        group_mean(rewards, counted)
