from __future__ import annotations

from collections.abc import Callable

import pytest

from rlvr.trace.jsonl import rollout_row
from rlvr.trace.probe import habit_key, habit_of, probe_metrics
from rlvr.trace.traced import as_row
from rlvr.types import Rollout
from rlvr.wilson import wilson
from verifiers import Decision
from verifiers.trace.records import Trace

MakeRollout = Callable[..., Rollout]


def test_rates_with_their_intervals(make_rollout: MakeRollout, aha_trace: Trace) -> None:
    right, wrong = make_rollout(), make_rollout(verdict=Decision.INCORRECT)
    trace = as_row(aha_trace)
    rows = [{**rollout_row(9, r, None), "trace": trace} for r in (right, right, right, wrong)]
    rows[1]["trace"] = {**trace, "verified_aha": False, "transition": "right_wrong"}
    rows[2]["trace"] = {**trace, "verified_aha": False, "corrected": False}
    rows[3]["habits"] = {**rows[3]["habits"], "domain_stated": False, "factoring": True}
    metrics = probe_metrics(rows)
    assert metrics["probe/accuracy"] == 0.75
    assert (metrics["probe/accuracy/low"], metrics["probe/accuracy/high"]) == wilson(3, 4)
    assert metrics["probe/habits/domain_stated_rate"] == 0.75
    assert metrics["probe/habits/factoring_rate"] == 1.0  # of the one to which it applies
    assert metrics["probe/habits/factoring_rate/low"] == wilson(1, 1)[0]
    assert "probe/habits/quadratic_formula_rate" not in metrics
    assert metrics["aha/n"] == 4
    assert metrics["aha/verified_rate"] == 0.5
    assert metrics["aha/corrected_rate"] == 0.75
    assert (metrics["aha/broken_rate"], metrics["aha/keyword_rate"]) == (0.0, 0.0)
    assert metrics["transition/wrong_right_rate"] == 0.75
    assert metrics["transition/right_wrong_rate"] == 0.25
    assert all(isinstance(value, float) for value in metrics.values())


def test_of_no_rows_there_are_no_rates() -> None:
    assert probe_metrics([]) == {}


@pytest.mark.parametrize(
    "key", ["habits/factoring_rate", "probe/accuracy", habit_key("x") + "/low"]
)
def test_only_rates_of_habits_are_habits(key: str) -> None:
    assert habit_of(key) is None
    assert habit_of(habit_key("factoring")) == "factoring"
