"""When a habit came: the first probe at which a share of the probe set shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rlvr.trace.probe import habit_of

PERCENTS = (10, 50, 90)


def habit_curves(metrics: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, float]]]:
    """Habit by habit, its points in the order of the rows of ``metrics.jsonl``: ``step``, ``rate``,
    ``low``, ``high``."""
    curves: dict[str, list[dict[str, float]]] = {}
    for row in metrics:
        for key, rate in row.items():
            habit = habit_of(key)
            if habit is not None:
                point = {"step": row["step"], "rate": rate}
                point |= {end: row[f"{key}/{end}"] for end in ("low", "high")}
                curves.setdefault(habit, []).append(point)
    return curves


def first_seen(metrics: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """``first_seen/<habit>/<percent>``: the first probe step (as ``train/global_step`` counts) at
    which the habit's rate is at least that; no entry where it never was."""
    seen: dict[str, int] = {}
    for habit, points in habit_curves(metrics).items():
        for percent in PERCENTS:
            steps = [int(p["step"]) for p in points if 100 * p["rate"] >= percent]
            if steps:
                seen[f"first_seen/{habit}/{percent}"] = steps[0]
    return seen
