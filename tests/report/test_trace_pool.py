from __future__ import annotations

from rlvr.report.trace_pool import check_traces, trace_key
from tests.report.runs import WRONG, aha_trace, row


def test_a_trace_depends_on_problem_and_completion_alone() -> None:
    assert trace_key(row()) == trace_key(row(step=9, index=3, verdict="incorrect"))
    assert trace_key(row()) != trace_key(row(completion=WRONG))
    assert trace_key(row()) != trace_key(row(problem={**row()["problem"], "unknown": "x"}))


def test_every_row_gets_its_trace() -> None:
    own = row(trace=aha_trace())
    rows = [own, row(), row(index=1), row(completion=WRONG, verdict="incorrect")]
    check_traces(rows, jobs=1)
    assert own["trace"] == aha_trace()
    assert rows[1]["trace"] == rows[2]["trace"]
    assert rows[1]["trace"]["first_error"] is None
    assert rows[3]["trace"]["first_error"]["gained"] == ("0",)
