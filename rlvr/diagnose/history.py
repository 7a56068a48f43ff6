"""A run's GRPO steps as the diagnoses read them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rlvr.folder import RunFolder
from rlvr.trace.jsonl import read_rows, rollout_files

WINDOW = 20  # steps that stand for the beginning, and for the end, of a run
_READ = 3  # files of rollouts whose reasons are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """``rows``: the metrics of each GRPO step. ``reasons``: how often each reason of a verdict was
    given in the last steps, as shares. ``config``: as the run's file has it, of whatever version.
    """

    config: Mapping[str, Mapping[str, Any]]
    rows: Sequence[Mapping[str, float]]
    reasons: Mapping[str, float]

    def series(self, key: str) -> list[tuple[int, float]]:
        """``(step, value)`` of the steps that have the metric; steps as ``train/global_step``."""
        return [(int(row["step"]), row[key]) for row in self.rows if row.get(key) is not None]

    def first(self, key: str) -> float | None:
        """The mean over the first ``WINDOW`` steps, at most half of all; None where none has it."""
        return _mean(self.rows[: self._width(self.rows)], key)

    def last(self, key: str) -> float | None:
        """The mean over the last ``WINDOW`` steps, at most half of all; None where none has it."""
        return _mean(self.rows[-self._width(self.rows) :], key)

    def best(self, key: str) -> tuple[int, float] | None:
        """The highest mean over so many steps in a row, and the last of those steps."""
        series = self.series(key)
        width = self._width(series)
        means = [
            (series[end - 1][0], fmean(value for _, value in series[end - width : end]))
            for end in range(width, len(series) + 1)
        ]
        return max(means, key=lambda each: each[1], default=None)

    def names(self, prefix: str) -> list[str]:
        """The metrics under a prefix."""
        return sorted({key for row in self.rows for key in row if key.startswith(prefix)})

    @staticmethod
    def _width(values: Sequence[object]) -> int:
        return max(1, min(WINDOW, len(values) // 2))


def _mean(rows: Sequence[Mapping[str, float]], key: str) -> float | None:
    values = [row[key] for row in rows if row.get(key) is not None]
    return fmean(values) if values else None


def read_history(run_folder: Path) -> History:
    """Raises ``ValueError`` for a folder that is no run or has no GRPO step yet."""
    folder = RunFolder(run_folder)
    metrics = run_folder / "metrics.jsonl"
    if not folder.config.is_file() or not metrics.is_file():
        raise ValueError(f"{run_folder} is no run: it lacks config.toml or metrics.jsonl")
    rows = [row for row in read_rows(metrics) if "reward" in row]
    if not rows:
        raise ValueError(f"{run_folder} has no GRPO step yet: there is nothing to diagnose")
    config = tomllib.loads(folder.config.read_text("utf-8"))
    return History(config=config, rows=rows, reasons=_reasons(run_folder))


def _reasons(run_folder: Path) -> dict[str, float]:
    files: list[Any] = list(rollout_files(run_folder).values())[-_READ:]
    counts = Counter(row["reason"] for file in files for row in read_rows(file))
    return {reason: count / counts.total() for reason, count in counts.items()}
