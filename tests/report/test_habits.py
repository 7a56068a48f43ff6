from __future__ import annotations

from rlvr.report.habits import HabitCounts, HabitTable


def test_first_seen_is_the_first_step_at_or_above_a_share() -> None:
    counts = HabitCounts(steps=[3, 5, 8, 9], shown=[0, 1, 5, 4], applies=[4, 10, 10, 10])
    assert counts.first_seen() == [5, 8, None]


def test_counts_of_frames() -> None:
    table = HabitTable()
    rows = [{"habits": {"factoring": value}} for value in (True, False, None)]
    table.add("train", 1, rows, [frozenset({"aha"}), None, frozenset()])
    table.add("train", 2, rows[:1], [None])
    data = {habit["name"]: habit for habit in table.as_data()["train"]}
    assert (data["factoring"]["shown"], data["factoring"]["applies"]) == ([1, 1], [2, 1])
    assert data["factoring"]["first"] == [1, 1, 2]
    assert (data["aha"]["steps"], data["aha"]["shown"], data["aha"]["applies"]) == ([1], [1], [2])
    assert data["broken"]["first"] == [None, None, None]
