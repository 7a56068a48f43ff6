from __future__ import annotations

import numpy as np
import pytest

from rlvr.data.curriculum import behind, learnability, running, weighted_draw


def test_learnability_by_hand() -> None:
    weights = learnability(np.array([0.0, 0.25, 0.5, 1.0]), floor=0.1)
    np.testing.assert_allclose(weights, [0.1, 0.85, 1.1, 0.1])


def test_behind_by_hand() -> None:
    weights = behind({"easy": 0.9, "hard": 0.4}, ["easy", "hard", "unseen"], strength=2.0)
    np.testing.assert_allclose(weights, [1.0, 1 + 2 * 0.5, 1 + 2 * 0.9])
    np.testing.assert_allclose(behind({}, ["a", "b"], strength=2.0), [1.0, 1.0])


def test_running_by_hand() -> None:
    assert running(None, 1.0, 0.8) == 1.0
    assert running(0.5, 1.0, 0.8) == pytest.approx(0.6)


def test_a_row_is_drawn_as_often_as_it_weighs_and_never_twice() -> None:
    weights, rounds = np.array([1.0, 2.0, 4.0, 0.0]), 2000
    first = np.zeros(4)
    for seed in range(rounds):
        rows = weighted_draw(weights, 2, seed)
        assert len(set(rows)) == 2
        first[rows[0]] += 1
    error = np.sqrt(weights / 7 * (1 - weights / 7) / rounds)
    assert (np.abs(first / rounds - weights / 7) <= 4 * error).all()
    assert sorted(weighted_draw(weights, 9, 0)) == [0, 1, 2]
    assert weighted_draw(weights, 2, 5) == weighted_draw(weights, 2, 5)
    assert weighted_draw(weights, 0, 5) == weighted_draw(weights * 0, 3, 5) == []
