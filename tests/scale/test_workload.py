"""Lengths of completions: the distribution has the mean and the moments it says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.scale.workload import Workload, decay, mean_age, mean_pairs


@given(share=st.floats(0.05, 0.99), longest=st.integers(10, 30_000))
def test_the_cut_exponential_has_the_mean(share: float, longest: int) -> None:
    mean = max(1.0, share * longest)
    rate = decay(Workload(mean=mean, longest=longest))
    x = (np.arange(20_000) + 0.5) * longest / 20_000
    assert np.exp(-rate * x).mean() * longest == pytest.approx(mean, rel=1e-4)


def test_equal_lengths() -> None:
    workload = Workload(mean=40, longest=40, prompt=10)
    assert decay(workload) == 0
    assert mean_age(workload) == 20
    assert mean_pairs(workload) == 50 * 51 / 2


def test_moments_against_drawn_lengths() -> None:
    workload = Workload(mean=300, longest=900, prompt=50)
    theta = 1 / decay(workload)
    drawn = np.minimum(np.random.default_rng(0).exponential(theta, size=400_000), 900)
    assert drawn.mean() == pytest.approx(300, rel=5e-3)
    assert mean_age(workload) == pytest.approx((drawn**2).mean() / (2 * drawn.mean()), rel=5e-3)
    pairs = ((50 + drawn) * (51 + drawn) / 2).mean()
    assert mean_pairs(workload) == pytest.approx(pairs, rel=5e-3)


def test_a_step_in_tokens() -> None:
    workload = Workload(problems=4, group=2, prompt=10, mean=5, longest=20)
    assert (workload.completions, workload.completion_tokens, workload.tokens) == (8, 40, 120)


@pytest.mark.parametrize(
    "wrong",
    [{"mean": 9_000}, {"mean": 0.5}, {"problems": 0}, {"verify_seconds": -1}, {"group": 0},
     {"max_sequences": 0}, {"verify_seconds": math.nan}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="accepted"):
        Workload(**wrong)
