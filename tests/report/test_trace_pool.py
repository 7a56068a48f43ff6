from __future__ import annotations

from rlvr.report.marks import checker
from rlvr.report.trace_pool import TraceTable, trace_key
from tests.report.runs import WRONG, aha_trace, row


def test_a_trace_depends_on_problem_and_completion_alone() -> None:
    assert trace_key(row()) == trace_key(row(step=9, index=3, verdict="incorrect"))
    assert trace_key(row()) != trace_key(row(completion=WRONG))
    assert trace_key(row()) != trace_key(row(problem={**row()["problem"], "unknown": "x"}))


def test_every_row_gets_its_trace() -> None:
    table = TraceTable()
    own = row(trace=aha_trace())
    rows = [own, row(), row(index=1), row(completion=WRONG, verdict="incorrect")]
    table.check(rows, jobs=1)
    assert table.of(own) == aha_trace()
    for each in rows[1:]:
        assert (table.of(each) is not None) == (checker() is not None)
