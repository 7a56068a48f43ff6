from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from rlvr.trace.jsonl import rollout_row
from rlvr.trace.traced import as_row, problem_of, turns, with_trace
from rlvr.types import Rollout
from verifiers import Ask, Domain, Problem
from verifiers.trace.records import Correction, Trace, Transition

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
    assert with_trace(row)["trace"]["claims"]


def test_turns(aha_trace: Trace) -> None:
    assert turns(None) == frozenset()
    assert turns(as_row(aha_trace)) == {"aha", "corrected"}
    unrefuted = replace(aha_trace, correction=Correction(wrong=0, right=2))
    assert turns(as_row(unrefuted)) == {"corrected"}
    broken = replace(
        aha_trace, correction=None, transition=Transition.RIGHT_WRONG, keyword_aha=True
    )
    assert turns(as_row(broken)) == {"broken", "keyword"}


def test_the_grader_checks_the_steps(make_rollout: MakeRollout) -> None:
    row = rollout_row(1, make_rollout(), None)
    row["problem"] |= {"equation": "2x = 4", "unknown": "x"}
    trace = with_trace({**row, "completion": "x = 4/2 = 3\n\\boxed{3}"})["trace"]
    assert trace["first_error"]["cause"] == "arithmetic"
    assert [claim["truth"] for claim in trace["claims"]].count("false") >= 1
