"""What a run folder holds for a report: frames of rollouts, and rows of metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlvr.trace.find import read_rollouts, run_files
from rlvr.trace.jsonl import read_rows, rollout_files

Row = dict[str, Any]
SOURCES = ("train", "probe", "eval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The rollouts of one moment: of a training step, of a probe, of an evaluation."""

    source: str  # one of SOURCES
    step: int
    path: Path


def read_frames(run_folder: Path) -> list[Frame]:
    """The frames of a run in the order of training; an evaluation stands after its step.

    Raises ``ValueError`` for a folder that is no run.
    """
    train = run_files(run_folder)
    probe = rollout_files(run_folder, "probe")
    evaluations = {}
    for path in sorted((run_folder / "eval").glob("*.jsonl")):
        first = next(read_rows(path), None)
        if first is not None:
            evaluations[int(first["step"])] = path
    frames = [
        Frame(source=source, step=step, path=path)
        for source, files in zip(SOURCES, (train, probe, evaluations), strict=True)
        for step, path in files.items()
    ]
    return sorted(frames, key=lambda frame: (frame.step, SOURCES.index(frame.source)))


def frame_groups(frame: Frame) -> Iterator[list[Row]]:
    """The groups of a frame: the rows of one problem, without the tokens.

    Raises ``ValueError`` with file and line for a row that is no rollout.
    """
    groups: dict[str, list[Row]] = {}
    for row in read_rollouts(frame.path):
        row["num_tokens"] = len(row.pop("token_ids"))
        groups.setdefault(row["task"], []).append(row)
    yield from groups.values()


def read_metrics(run_folder: Path) -> list[Row]:
    """Metrics and timings, one row a call of the tracer; [] where a run has written none."""
    files = (run_folder / name for name in ("metrics.jsonl", "timings.jsonl"))
    return [row for path in files if path.exists() for row in read_rows(path)]
