from __future__ import annotations

from rlvr.report.habits import HabitCounts, HabitTable
from rlvr.trace.traced import TURNS


def test_first_seen_is_the_first_step_at_or_above_a_share() -> None:
    counts = HabitCounts(steps=[3, 5, 8, 9], shown=[0, 1, 5, 4], applies=[4, 10, 10, 10])
    assert counts.first_seen() == [5, 8, None]


def test_counts_of_frames() -> None:
    table = HabitTable()
    trace = dict.fromkeys(TURNS.values(), False)
    rows = [{"habits": {"factoring": value}, "trace": trace} for value in (True, False, None)]
    rows[0]["trace"] = {**trace, "verified_aha": True}
    table.add("train", 1, rows)
    table.add("train", 2, rows[1:2])
    data = {habit["name"]: habit for habit in table.as_data()["train"]}
    assert (data["factoring"]["shown"], data["factoring"]["applies"]) == ([1, 0], [2, 1])
    assert data["factoring"]["first"] == [1, 1, None]
    assert (data["aha"]["shown"], data["aha"]["applies"]) == ([1, 0], [3, 1])
    assert data["broken"]["first"] == [None, None, None]
