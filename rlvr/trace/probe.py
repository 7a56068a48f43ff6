"""What the probe set says: rates over the same held-out problems, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rlvr.wilson import wilson

Row = Mapping[str, Any]

TURNS = {
    "aha/verified_rate": "verified_aha",
    "aha/corrected_rate": "corrected",
    "aha/broken_rate": "broken",
    "aha/keyword_rate": "keyword_aha",
}
TRANSITIONS = ("right_right", "wrong_right", "right_wrong", "wrong_wrong")


def probe_metrics(rows: Sequence[Row]) -> dict[str, float]:
    """``probe/accuracy`` and ``probe/habits/<habit>_rate`` (over the problems to which a habit
    applies), and over all ``aha/n`` rows, by their checked ``trace``, ``aha/*_rate`` and
    ``transition/*_rate``; beside each rate its Wilson interval as ``.../low`` and ``.../high``.

    What applies to no row is left out.
    """
    if not rows:
        return {}
    metrics = _rate("probe/accuracy", [row["verdict"] == "correct" for row in rows])
    for habit in sorted({name for row in rows for name in row["habits"]}):
        shown = (row["habits"][habit] for row in rows)
        metrics |= _rate(habit_key(habit), [value for value in shown if value is not None])
    traces = [row["trace"] for row in rows]
    metrics["aha/n"] = float(len(traces))
    for name, field in TURNS.items():
        metrics |= _rate(name, [trace[field] for trace in traces])
    for turn in TRANSITIONS:
        name = f"transition/{turn}_rate"
        metrics |= _rate(name, [trace["transition"] == turn for trace in traces])
    return metrics


def habit_key(habit: str) -> str:
    """Under ``probe/``: plain ``habits/...`` are those of the training batches."""
    return f"probe/habits/{habit}_rate"


def habit_of(key: str) -> str | None:
    """The habit whose rate a metric is; None for other metrics."""
    if key.startswith("probe/habits/") and key.endswith("_rate"):
        return key.removeprefix("probe/habits/").removesuffix("_rate")
    return None


def _rate(name: str, values: Iterable[bool]) -> dict[str, float]:
    found = list(values)
    if not found:
        return {}
    low, high = wilson(sum(found), len(found))
    return {name: sum(found) / len(found), f"{name}/low": low, f"{name}/high": high}
