from dataclasses import replace

import numpy as np
import pytest

from rlvr.metrics import group_metrics
from tests.helpers import NO_HABITS, make_rollout


def test_metrics_of_two_groups_by_hand():
    factored = replace(NO_HABITS, factoring=True)
    groups = [
        (
            make_rollout(
                True, habits=factored, num_tokens=2, terms={"correct": 1.0, "format": 0.1}
            ),
            make_rollout(
                False, num_tokens=6, truncated=True, terms={"correct": 0.0, "format": 0.0}
            ),
        ),
        (make_rollout(None, "radical"), make_rollout(True, "radical")),
    ]
    metrics = group_metrics(groups, np.array([True, False]))
    assert metrics["reward"] == pytest.approx((1.1 + 0 + 0 + 1) / 4)
    assert metrics["reward_std"] == pytest.approx((0.55 + 0.5) / 2)
    assert metrics["frac_reward_zero_std"] == 0.5
    assert metrics["groups_skipped"] == 1
    assert metrics["completions/mean_length"] == 4
    assert metrics["completions/max_length"] == 6
    assert metrics["completions/clipped_ratio"] == 0.25
    assert metrics["completions/not_counted"] == 1
    assert metrics["verdict/correct_rate"] == 0.5
    assert metrics["verdict/undecided_rate"] == 0.25
    assert metrics["rewards/format/mean"] == pytest.approx(0.05)  # of those that have the term
    assert metrics["habits/factoring_rate"] == 1.0
    assert "habits/domain_stated_rate" not in metrics
    assert metrics["accuracy/linear"] == 0.5
