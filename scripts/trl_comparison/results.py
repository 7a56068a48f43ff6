"""Rows of runs -> curves, speeds and memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

Rows = Sequence[dict[str, Any]]
WARM_UP = 1
"""Steps at the start that no speed is taken from: both sides allocate and compile there."""
STAGES = ("rollout", "verify", "parity", "train", "sync", "cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Of one contestant over all its seeds; seconds are medians over steps."""

    step_seconds: float
    completions_per_second: float
    """Completions of all timed steps over their wall time."""
    tokens_per_second: float
    """Completion tokens, likewise."""
    peak_memory_mb: float
    """The mean over seeds of each one's peak."""
    loaded_memory_mb: float
    """The same before the first step: libraries, weights, data."""
    stages: dict[str, float]
    """Median seconds of the stages that the side names; ``cpu``: processor time of the step."""


def steps_of(rows: Rows) -> list[dict[str, Any]]:
    return [row for row in rows if "reward" in row]


def curves(runs: Sequence[Rows], name: str) -> list[list[float]]:
    """A metric by step, one curve a seed: [S][T]."""
    return [[row[name] for row in steps_of(rows)] for rows in runs]


def speed(runs: Sequence[Rows]) -> Speed:
    """Raises ValueError where no run has a step after the warm-up."""
    timed = [row for rows in runs for row in steps_of(rows)[WARM_UP:]]
    if not timed:
        raise ValueError(f"no run has more than {WARM_UP} step: nothing to take a speed from")
    seconds = sum(row["seconds"] for row in timed)
    stages = {
        stage: median(row[f"seconds/{stage}"] for row in timed)
        for stage in STAGES
        if all(f"seconds/{stage}" in row for row in timed)
    }
    return Speed(
        step_seconds=median(row["seconds"] for row in timed),
        completions_per_second=sum(row["completions"] for row in timed) / seconds,
        tokens_per_second=sum(row["tokens"] for row in timed) / seconds,
        peak_memory_mb=fmean(rows[-1]["peak_memory_mb"] for rows in runs),
        loaded_memory_mb=fmean(rows[-1]["loaded_memory_mb"] for rows in runs),
        stages=stages,
    )
