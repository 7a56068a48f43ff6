from __future__ import annotations

from rlvr.schedule import is_due


def test_at_the_start_every_so_often_and_at_the_end() -> None:
    assert [step for step in range(24) if is_due(step, 10, 23)] == [0, 10, 20, 23]
    assert [step for step in range(4) if is_due(step, 1, 3)] == [0, 1, 2, 3]
