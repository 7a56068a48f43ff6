from dataclasses import replace
from itertools import combinations

import pytest

from rlvr.evaluate import pass_at_k, summarise
from tests.helpers import NO_HABITS, make_rollout


def test_summary_of_a_handful_by_hand():
    stated = replace(NO_HABITS, domain_stated=True, excluded_value_answered=False)
    silent = replace(NO_HABITS, domain_stated=False, excluded_value_answered=True)
    greedy = [
        make_rollout(True, "linear", num_tokens=2),
        make_rollout(False, "linear", num_tokens=4),
        make_rollout(True, "rational", stated, num_tokens=6),
        make_rollout(None, "rational", silent, num_tokens=8, truncated=True),
    ]
    far = [make_rollout(True), make_rollout(False)]
    sampled = [[make_rollout(True)] + [make_rollout(False)] * 7, [make_rollout(False)] * 8]
    metrics = summarise(greedy, far, sampled)
    assert metrics["accuracy"] == 0.5
    assert metrics["accuracy_by_family"] == {"linear": 0.5, "rational": 0.5}
    assert metrics["accuracy_shifted"] == 0.5
    assert metrics["accuracy_sampled"] == 1 / 16
    assert metrics["pass_at_8"] == 0.5
    assert metrics["domain_stated_rate"] == 0.5  # of the two to which it applies
    assert metrics["excluded_value_answered_rate"] == 0.5
    assert metrics["factoring_rate"] == 0.0
    assert metrics["undecided_rate"] == 0.25
    assert metrics["truncated_rate"] == 0.25
    assert metrics["mean_tokens"] == 5.0


@pytest.mark.parametrize(("n", "c", "k"), [(4, 1, 2), (6, 3, 2), (8, 8, 8), (5, 0, 3)])
def test_pass_at_k_is_the_share_of_subsets_with_a_right_one(n, c, k):
    subsets = list(combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, subsets)) / len(subsets))


def test_pass_at_k_refuses_nonsense():
    with pytest.raises(ValueError, match="n=4, c=5, k=2"):
        pass_at_k(4, 5, 2)
