import numpy as np
import pytest

from rlvr.evals.intervals import FEWEST, Interval, difference, mean, share
from rlvr.wilson import wilson


def test_a_share_has_wilsons_interval():
    # 81 of 100: (0.7222, 0.8749), by hand from the formula.
    found = share(81, 100)
    assert (found.value, found.num) == (0.81, 100)
    assert (found.low, found.high) == pytest.approx((0.7222, 0.8749), abs=1e-4)


def test_zeros_and_ones_are_a_count():
    assert mean([1.0, 0.0, 1.0, 1.0], seed=3) == Interval(0.75, *wilson(3, 4), 4)


def test_equal_values_still_have_a_width():
    found = mean([0.5] * 10, seed=0)
    assert found == Interval(0.5, *wilson(5, 10), 10)
    assert found.low < 0.3 < 0.7 < found.high
    assert mean([0.25], 0).high > 0.7


def test_of_a_handful_nobody_knows_much():
    found = mean([0.90, 0.95, 0.85, 0.90], seed=0)
    assert (found.low, found.high) == pytest.approx(wilson(3.6, 4))
    assert found.low < 0.5
    many = mean([0.90, 0.95, 0.85, 0.90] * 8, seed=0)
    assert 0.88 < many.low < many.high < 0.92


def test_the_bootstrap_is_seeded_and_near_the_normal_interval():
    values = list(np.random.default_rng(1).beta(2, 2, size=400))
    found = mean(values, seed=7)
    assert found == mean(values, seed=7)
    assert found != mean(values, seed=8)
    half = 1.96 * np.std(values) / 20
    assert found.value == pytest.approx(np.mean(values))
    assert found.high - found.value == pytest.approx(half, rel=0.1)
    assert found.value - found.low == pytest.approx(half, rel=0.1)


def test_a_large_set_is_drawn_in_parts_and_has_the_same_kind_of_interval(monkeypatch):
    values = list(np.random.default_rng(2).uniform(size=300))
    whole = mean(values, seed=0)
    monkeypatch.setattr("rlvr.evals.intervals._AT_ONCE", 1000)
    assert mean(values, seed=0) == whole


@pytest.mark.parametrize("num_problems", [4, 12, 30, 200])
def test_intervals_cover_what_they_should(num_problems):
    """Problems of mixed difficulty, 8 draws each: pass@4's true mean lies in 95 % of intervals."""
    rng = np.random.default_rng(5)
    truth = float(np.mean(1 - (1 - rng.beta(0.6, 0.9, size=400_000)) ** 4))
    hits, trials = 0, 400
    from rlvr.evaluate import pass_at_k

    for trial in range(trials):
        chances = rng.beta(0.6, 0.9, size=num_problems)
        values = [pass_at_k(8, int(c), 4) for c in rng.binomial(8, chances)]
        found = mean(values, seed=trial)
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / trials <= (0.98 if num_problems >= FEWEST else 1.0)


def test_a_difference_of_nothing_has_no_width_on_many_problems_alone():
    assert difference([0.0] * FEWEST, seed=0) == Interval(0.0, 0.0, 0.0, FEWEST)
    few = difference([0.0, 0.0], seed=0)
    assert (few.low, few.high) == pytest.approx((-0.811, 0.811), abs=1e-3)  # z / sqrt(n + z^2)
    assert difference([1.0] * 5, seed=0).low == pytest.approx(2 * wilson(5, 5)[0] - 1)


def test_a_paired_difference_is_narrower_than_its_parts():
    rng = np.random.default_rng(3)
    hard = rng.uniform(size=200)
    a, b = np.clip(hard, 0, 1), np.clip(hard + 0.02 + 0.02 * rng.normal(size=200), 0, 1)
    found = difference(list(b - a), seed=0)
    assert 0.01 < found.low < found.value < found.high < 0.03
    assert mean(list(a), seed=0).high - mean(list(a), seed=0).low > 0.05


def test_no_values_have_no_mean():
    with pytest.raises(ValueError, match="at least one problem"):
        mean([], seed=0)
