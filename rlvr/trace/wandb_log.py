"""What is logged to a wandb run besides its metrics: rollouts, first seen, the figure, an artifact.

For the process that talks to wandb, and for ``rlvr traces sync``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rlvr.trace.figure import FIGURE
from rlvr.trace.first_seen import first_seen
from rlvr.trace.jsonl import read_rows
from rlvr.trace.view import RolloutView, rollout_view

STEP = "train/global_step"
TABLE, PANEL, HABITS = "rollouts", "rollouts/panel", "habits_over_training"


def view_of_file(path: Path, seed: int) -> RolloutView:
    """The view of a step's file. Raises ``ValueError`` where it holds no rollouts."""
    rows = list(read_rows(path)) if path.exists() else []
    if not rows:
        raise ValueError(f"{path} holds no rollouts")
    return rollout_view(rows, seed)


def log_view(run: Any, step: int, view: RolloutView) -> None:
    """A new table under the one key, and the panel, at a step."""
    import wandb

    run.log(
        {
            STEP: step,
            TABLE: wandb.Table(columns=view.columns, data=view.data, log_mode="IMMUTABLE"),
            PANEL: wandb.Html(view.panel, inject=False, data_is_not_path=True),
        }
    )


def log_end(run: Any, run_folder: Path) -> None:
    """First-seen values into the summary, the figure, and all JSON lines as an artifact."""
    import wandb

    if not jsonl_files(run_folder):
        return
    path = run_folder / "metrics.jsonl"
    metrics = list(read_rows(path)) if path.exists() else []
    run.summary.update(first_seen(metrics))
    figure = run_folder / FIGURE
    if metrics and figure.exists():
        run.log({STEP: metrics[-1]["step"], HABITS: wandb.Image(str(figure))})
    run.log_artifact(rollout_artifact(run_folder, run.id))


def rollout_artifact(run_folder: Path, run_id: str) -> Any:
    """``rollouts-<run id>`` of type ``rollouts``: every JSON lines file of the run, where it lies.

    The same files have the same digest, so a server keeps one version of them. Nothing is copied:
    the files of a finished run do not change.
    """
    import wandb

    artifact = wandb.Artifact(f"rollouts-{run_id}", type="rollouts")
    for path in jsonl_files(run_folder):
        name = path.relative_to(run_folder).as_posix()
        artifact.add_file(str(path), name=name, policy="immutable", skip_cache=True)
    return artifact


def jsonl_files(run_folder: Path) -> list[Path]:
    """The JSON lines of a run, in order."""
    patterns = ("*.jsonl", "rollouts/*.jsonl", "probe/*.jsonl", "eval/*.jsonl")
    return [path for pattern in patterns for path in sorted(run_folder.glob(pattern))]
