"""Everything that a run writes about itself: JSON lines for the truth, wandb for the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rlvr.durable import sync
from rlvr.trace.jsonl import (
    append_rows,
    cut_back,
    plain,
    rollout_files,
    rollout_row,
    rollouts_path,
)
from rlvr.trace.probe import probe_metrics
from rlvr.trace.traced import with_trace
from rlvr.trace.wandb import WandbSink
from rlvr.types import Rollout

PROBE = "probe"
TIME = "time/"  # metrics that depend on the clock: in a second run of the same seed they differ


class Tracer:
    """Writes a run folder's ``metrics.jsonl``, ``timings.jsonl``, ``rollouts/``, ``probe/``, and
    wandb.

    Steps count on from stage to stage, since wandb's charts go by them. For an exact resume, put
    ``state()`` into the checkpoint and give it to ``restore``: the files are cut back to what they
    held then, and the run goes on as if it had not been interrupted.
    """

    def __init__(self, run_folder: Path, sink: WandbSink | None = None) -> None:
        self._folder, self._sink = run_folder, sink
        self._metrics = run_folder / "metrics.jsonl"
        self._timings = run_folder / "timings.jsonl"
        self._unsynced: set[Path] = set()

    def log_metrics(self, step: int, metrics: Mapping[str, float]) -> None:
        """Numbers of a step. Those named ``time/...`` (seconds, tokens a second, memory) go to the
        timings, so that the metrics of two runs of one seed are equal byte for byte."""
        timings = {name: value for name, value in metrics.items() if name.startswith(TIME)}
        others = {name: value for name, value in metrics.items() if name not in timings}
        for path, values in ((self._metrics, others), (self._timings, timings)):
            if values:
                append_rows(path, [{"step": step, **values}])
                self._unsynced.add(path)
        if self._sink:
            self._sink.log(step, metrics)

    def log_rollouts(
        self,
        step: int,
        groups: Sequence[Sequence[Rollout]],
        advantages: Sequence[Sequence[float | None]],
    ) -> None:
        """The rollouts of a step: P groups of G, and their advantages [P, G]."""
        rows = [
            rollout_row(step, rollout, advantage, index)
            for group, values in zip(groups, advantages, strict=True)
            for index, (rollout, advantage) in enumerate(zip(group, values, strict=True))
        ]
        path = rollouts_path(self._folder, step)
        append_rows(path, rows)
        self._unsynced.add(path)

    def log_table(self, step: int) -> None:
        """Have wandb show some of the rollouts of a step that was logged."""
        if self._sink:
            self._sink.table(step, rollouts_path(self._folder, step))

    def log_probe(self, step: int, rollouts: Sequence[Rollout]) -> None:
        """The probe set's rollouts, each with its checked ``trace``, and what they come to."""
        rows = [with_trace(plain(rollout_row(step, rollout, None))) for rollout in rollouts]
        path = rollouts_path(self._folder, step, PROBE)
        append_rows(path, rows)
        self._unsynced.add(path)
        self.log_metrics(step, probe_metrics(rows))

    def state(self) -> dict[str, Any]:
        """How far the files go; they are on the disk when this returns."""
        for path in self._unsynced | {path.parent for path in self._unsynced}:
            sync(path)
        self._unsynced.clear()
        return {
            "metrics_bytes": _size(self._metrics),
            "timings_bytes": _size(self._timings),
            "last_rollouts": max(rollout_files(self._folder), default=-1),
            "last_probe": max(rollout_files(self._folder, PROBE), default=-1),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Cut the files back to a ``state``; ``{}`` empties them, for a run that begins again.

        Raises ``ValueError`` when a file holds less than it did.
        """
        cut_back(self._metrics, state.get("metrics_bytes", 0))
        cut_back(self._timings, state.get("timings_bytes", 0))
        for name in ("rollouts", PROBE):
            for step, path in rollout_files(self._folder, name).items():
                if step > state.get(f"last_{name}", -1):
                    path.unlink()

    def close(self, exit_code: int = 0) -> None:
        """Finish wandb's run, as failed if the code is not 0."""
        if self._sink:
            self._sink.close(exit_code)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
