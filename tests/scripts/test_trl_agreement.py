"""The statistics of the comparison with TRL: by hand, from printed tables, and on drawn curves."""

from __future__ import annotations

from random import Random

import pytest

from scripts.trl_comparison.agreement import (
    agreement,
    paired,
    student_quantile,
    welch,
    window_means,
)
from scripts.trl_comparison.table import margin_text


@pytest.mark.parametrize(
    ("probability", "freedom", "table"),
    [(0.975, 4, 2.776), (0.975, 8, 2.306), (0.95, 1, 6.314), (0.995, 30, 2.750), (0.5, 7, 0.0)],
)
def test_quantiles_are_those_of_the_printed_tables(
    probability: float, freedom: float, table: float
) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(table, abs=5e-4)


def test_welch_by_hand() -> None:
    # Means 2 and 5, variances 1 and 4: error sqrt(1/3 + 4/3), freedom (5/3)^2 / (1/18 + 16/18).
    found = welch([1, 2, 3], [3, 5, 7])
    half = student_quantile(0.975, (25 / 9) / (17 / 18)) * (5 / 3) ** 0.5
    assert (found.value, found.low, found.high) == pytest.approx((-3, -3 - half, -3 + half))


def test_pairs_by_hand() -> None:
    # Differences 1, 1, 4: mean 2, variance 3, error 1; t(2) at 97.5 % is 4.303.
    found = paired([2, 3, 5], [1, 2, 1])
    assert (found.value, found.low, found.high) == pytest.approx((2, -2.303, 6.303), abs=1e-3)


def test_equal_seeds_have_an_interval_without_width() -> None:
    found = welch([1.0, 1.0], [1.0, 1.0])
    assert (found.low, found.high) == (0, 0)
    assert found.holds_zero


def test_one_seed_has_no_spread() -> None:
    with pytest.raises(ValueError, match="at least two"):
        welch([1.0], [1.0, 2.0])


def test_windows_are_counted_back_from_the_end() -> None:
    assert window_means([[9, 1, 3, 5, 7], [9, 2, 2, 4, 4]], 2) == [[2, 2], [6, 4]]
    with pytest.raises(ValueError, match="at least one window of 10"):
        window_means([[1.0] * 9], 10)


def drawn(shift: float, seed: int, num_seeds: int = 5, num_steps: int = 40) -> list[list[float]]:
    """Curves that rise, with noise of a step and of a seed, and ``shift`` in their second half."""
    rng = Random(seed)
    offsets = [rng.gauss(0, 0.01) for _ in range(num_seeds)]
    return [
        [
            0.8 + 0.005 * t + offset + shift * (t >= num_steps // 2) + rng.gauss(0, 0.03)
            for t in range(num_steps)
        ]
        for offset in offsets
    ]


def test_equal_processes_agree_in_most_draws() -> None:
    # Both tests are at 5 %, so at least about 90 % of the pairs agree; 40 draws, 4 standard errors.
    held = [agreement(drawn(0, 2 * k), drawn(0, 2 * k + 1), 10).holds for k in range(40)]
    assert sum(held) >= 28


def test_a_shift_in_the_second_half_is_seen_in_its_windows_and_at_the_end() -> None:
    found = agreement(drawn(0.2, 1), drawn(0, 2), 10)
    assert not found.holds
    assert not found.tail.holds_zero
    assert found.tail.value == pytest.approx(0.2, abs=0.05)
    assert [each.holds_zero for each in found.windows] == [True, True, False, False]


def test_the_windows_hold_together_at_95_percent() -> None:
    found = agreement(drawn(0, 1), drawn(0, 2), 10)
    assert [each.confidence for each in found.windows] == pytest.approx([0.9875] * 4)


def test_too_wide_an_interval_is_said_to_show_nothing() -> None:
    narrow = agreement([[1.0] * 10, [1.001] * 10], [[1.0] * 10, [1.0] * 10], 10)
    wide = agreement([[0.0] * 10, [1.0] * 10], [[0.0] * 10, [1.0] * 10], 10)
    assert "yes" in margin_text(narrow)
    assert wide.holds
    assert "not shown" in margin_text(wide)
