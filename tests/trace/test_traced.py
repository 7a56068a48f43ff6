from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import verifiers
from rlvr.trace.jsonl import rollout_row
from rlvr.trace.traced import as_row, problem_of, trace_row, with_trace
from rlvr.types import Rollout
from verifiers import Ask, Domain, Problem
from verifiers.trace.records import Trace

MakeRollout = Callable[..., Rollout]


def test_a_trace_as_a_row_is_json_and_does_not_depend_on_the_clock(aha_trace: Trace) -> None:
    row = as_row(aha_trace)
    assert "elapsed_ms" not in json.dumps(row)
    assert (row["verified_aha"], row["corrected"], row["broken"]) == (True, True, False)
    assert row["claims"][0]["truth"] == "false"
    assert row["correction"] == {"wrong": 0, "right": 2, "refuted_by": 1}


def test_a_problem_comes_back_from_its_row(make_rollout: MakeRollout) -> None:
    rollout = make_rollout()
    assert problem_of(json.loads(json.dumps(rollout_row(1, rollout, None)))) == (
        rollout.prompt.task.problem
    )
    fields = {"unknown": "x,y", "ask": "count", "domain": "integer", "params": {}}
    row = {"problem": {"equation": ["x + y = 3", "xy = 2"], **fields}}
    assert problem_of(row) == Problem(
        equation=("x + y = 3", "xy = 2"),
        unknown="x,y",
        ask=Ask.COUNT,
        domain=Domain.INTEGER,
        params={},
    )


def test_a_row_keeps_the_trace_that_it_has(make_rollout: MakeRollout) -> None:
    row = rollout_row(1, make_rollout(), None)
    assert with_trace({**row, "trace": {"claims": []}})["trace"] == {"claims": []}
    assert "trace" in with_trace(row)


def test_without_a_checker_of_steps_there_is_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(verifiers, "check_steps", raising=False)
    assert trace_row(Problem(equation="x = 1"), "x = 1") is None


@pytest.mark.skipif(not hasattr(verifiers, "check_steps"), reason="the grader checks no steps yet")
def test_the_grader_checks_the_steps() -> None:
    row = trace_row(Problem(equation="2x = 4"), "x = 4/2 = 2\n\\boxed{2}")
    assert row is not None
    assert {"claims", "first_error", "transition", "correction", "keyword_aha"} <= set(row)
