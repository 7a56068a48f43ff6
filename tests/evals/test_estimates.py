from collections import Counter
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.evals.estimates import estimate, maj_at_k, metric_names
from rlvr.evaluate import pass_at_k
from tests.evals.make import BLANK, UNDECIDED, make_answered

DRAWS = st.lists(st.sampled_from("rrabcd-"), min_size=1, max_size=9)


def majority(draws: str) -> float:
    """What a random choice among the most frequent answers gives on average."""
    counts = Counter(each for each in draws if each != "-")
    first = [answer for answer, count in counts.items() if count == max(counts.values())]
    return first.count("r") / len(first) if first else 0.0


@given(DRAWS, st.data())
def test_both_are_the_mean_over_all_subsets(draws, data):
    k = data.draw(st.integers(1, len(draws)))
    record = make_answered(samples="".join(draws))
    subsets = list(combinations(draws, k))
    assert estimate(record, f"maj@{k}") == pytest.approx(fmean(map(majority, subsets)))
    passed = fmean("r" in subset for subset in subsets)
    assert estimate(record, f"pass@{k}") == pytest.approx(passed)


@given(DRAWS)
def test_one_vote_is_one_draw(draws):
    record = make_answered(samples="".join(draws))
    assert estimate(record, "maj@1") == pytest.approx(estimate(record, "pass@1"))


@given(DRAWS, st.randoms())
def test_the_order_of_the_draws_does_not_matter(draws, random):
    shuffled = random.sample(draws, len(draws))
    one, other = (make_answered(samples="".join(each)) for each in (draws, shuffled))
    for k in range(1, len(draws) + 1):
        assert estimate(one, f"maj@{k}") == estimate(other, f"maj@{k}")


@pytest.mark.parametrize(
    ("draws", "k", "value"),
    [
        ("rrab", 4, 1.0),
        ("rraa", 4, 1 / 2),  # a tie of two
        ("rab", 3, 1 / 3),
        ("raab", 4, 0.0),
        ("---r", 4, 1.0),  # what votes for nothing outvotes nobody
        ("----", 4, 0.0),
        ("rraa", 2, 1 / 2),  # rr, aa, and four ties: (1 + 0 + 4/2) / 6
        ("rra", 2, (1 + 2 * 0.5) / 3),
        ("r-", 1, 1 / 2),
    ],
)
def test_majorities_by_hand(draws, k, value):
    assert estimate(make_answered(samples=draws), f"maj@{k}") == pytest.approx(value)


def test_many_draws_are_quick_and_exact():
    # 100 of 200 right and one rival with 100: by symmetry one half, whatever k is.
    assert maj_at_k(200, 100, (100,), 64) == pytest.approx(0.5)
    assert maj_at_k(200, 150, (10,) * 5, 200) == 1.0
    assert maj_at_k(64, 8, (1,) * 56, 32) > 0.9


def test_undecided_completions_are_left_out():
    record = make_answered(samples="r?a?")
    assert estimate(record, "pass@1") == 0.5
    assert estimate(record, "pass@2") == 1.0
    assert estimate(record, "maj@2") == 0.5
    assert estimate(record, "pass@4") is None
    assert estimate(make_answered(greedy=UNDECIDED), "greedy") is None
    assert estimate(make_answered(greedy=BLANK), "greedy") == 0.0


def test_names_of_the_metrics():
    assert metric_names(4, [1, 4]) == ["greedy", "pass@1", "pass@4", "maj@4"]
    assert metric_names(0, []) == ["greedy"]


@pytest.mark.parametrize(
    ("n", "right", "wrong", "k"), [(3, 2, (2,), 1), (3, 1, (), 4), (3, 1, (0,), 1), (3, -1, (), 1)]
)
def test_counts_that_do_not_fit_are_refused(n, right, wrong, k):
    with pytest.raises(ValueError, match=f"n={n}, right={right}"):
        maj_at_k(n, right, wrong, k)


def test_pass_at_k_is_without_bias_where_a_plain_average_is_not():
    # Of draws that are right with 1/2, pass@2 is 3/4, at any n.
    for n in (2, 5, 9):
        chances = [
            len(list(combinations(range(n), c))) / 2**n * pass_at_k(n, c, 2) for c in range(n + 1)
        ]
        assert sum(chances) == pytest.approx(0.75)
