from __future__ import annotations

from math import sqrt

import pytest

from rlvr.wilson import Z_95, wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Brown, Cai, DasGupta 2001 give the formula; these by hand: (p + z²/2n ± ...) / (1 + z²/n).
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_known_intervals(count: int, total: int, low: float, high: float) -> None:
    assert wilson(count, total) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("total", [1, 7, 64])
def test_its_ends_are_where_the_share_is_z_errors_away(total: int) -> None:
    for count in range(total + 1):
        share = count / total
        low, high = wilson(count, total)
        assert 0 <= low <= share <= high <= 1
        for end in {low, high} - {0.0, 1.0}:
            assert abs(share - end) == pytest.approx(Z_95 * sqrt(end * (1 - end) / total))


@pytest.mark.parametrize(("count", "total"), [(1, 0), (-1, 4), (5, 4)])
def test_nonsense_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"got {count} of {total}"):
        wilson(count, total)
