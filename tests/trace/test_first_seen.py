from __future__ import annotations

from typing import Any

from rlvr.trace.first_seen import first_seen, habit_curves


def row(step: int, **rates: float) -> dict[str, Any]:
    keys = {f"probe/habits/{habit}_rate": rate for habit, rate in rates.items()}
    ends = {f"{key}/{end}": value for key, value in keys.items() for end in ("low", "high")}
    return {"step": step, "habits/factoring_rate": 1.0, **keys, **ends}


def test_the_first_step_at_which_a_share_is_reached() -> None:
    rows = [
        row(0, factoring=0.05, check=0.0),
        row(10, factoring=0.5, check=0.0),
        row(20, factoring=0.2, check=0.0),
        row(30, factoring=0.89, check=0.0),
    ]
    assert first_seen(rows) == {"first_seen/factoring/10": 10, "first_seen/factoring/50": 10}


def test_other_rows_say_nothing_of_habits() -> None:
    assert habit_curves([{"step": 1, "reward": 1.0, "habits/factoring_rate": 1.0}]) == {}
