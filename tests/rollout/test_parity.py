from __future__ import annotations

import math

import pytest

from rlvr.rollout.parity import Parity, ParityError, compare_logprobs


def test_mean_and_maximum_are_over_tokens_not_completions() -> None:
    parity = compare_logprobs([[-1.0, -2.0, -3.0], [-0.5]], [[-1.0, -2.0, -3.0], [-0.9]])
    assert parity.mean == pytest.approx(0.1)
    assert parity.max == pytest.approx(0.4)
    assert parity.num_tokens == 4


def test_differences_do_not_cancel() -> None:
    assert compare_logprobs([[-1.0, -1.0]], [[-0.5, -1.5]]).mean == pytest.approx(0.5)


def test_within_the_limits_nothing_is_raised() -> None:
    Parity(mean=0.02, p99=0.5, max=9.0, num_tokens=10).check(mean_limit=0.02, p99_limit=0.5)


@pytest.mark.parametrize(("mean", "p99"), [(0.03, 0.1), (0.001, 0.6), (math.nan, math.nan)])
def test_over_a_limit_both_numbers_and_both_limits_are_told(mean: float, p99: float) -> None:
    with pytest.raises(ParityError) as caught:
        Parity(mean=mean, p99=p99, max=p99, num_tokens=10).check(mean_limit=0.02, p99_limit=0.5)
    for text in (f"{mean:.3g}", f"{p99:.3g}", "limit 0.02", "limit 0.5", "10 tokens"):
        assert text in str(caught.value)


@pytest.mark.parametrize(("far", "p99"), [(1, 0.0), (3, 0.0), (4, 0.7)])
def test_the_99th_percentile_leaves_out_one_token_in_a_hundred(far: int, p99: float) -> None:
    parity = compare_logprobs([[-1.0] * 360], [[-1.7] * far + [-1.0] * (360 - far)])
    assert (parity.p99, parity.max) == (pytest.approx(p99), pytest.approx(0.7))


def test_of_few_tokens_every_one_counts() -> None:
    parity = compare_logprobs([[-1.0] * 99], [[-1.7] + [-1.0] * 98])
    assert parity.p99 == parity.max


def test_nan_on_one_token_is_not_hidden_by_the_others() -> None:
    parity = compare_logprobs([[-9.0, math.nan, -1.0]], [[-1.0, -1.0, -1.0]])
    assert math.isnan(parity.mean)
    assert math.isnan(parity.max)


def test_infinity_on_both_sides_is_a_disagreement() -> None:
    parity = compare_logprobs([[-math.inf]], [[-math.inf]])
    with pytest.raises(ParityError):
        parity.check(mean_limit=0.02, p99_limit=0.5)


@pytest.mark.parametrize(
    ("ours", "theirs", "message"),
    [
        ([[-1.0]], [], "1 completions from the engine, 0 from the trainer"),
        ([[-1.0], [-1.0, -2.0]], [[-1.0], [-1.0]], "completion 1: 2 logprobs .* 1 from"),
        ([[]], [[]], "no tokens"),
        ([], [], "no tokens"),
    ],
)
def test_shapes_that_differ_are_refused(
    ours: list[list[float]], theirs: list[list[float]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        compare_logprobs(ours, theirs)
