"""Habits over training as a picture; the first verified example of each is pinned to its curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rlvr.trace.first_seen import PERCENTS, habit_curves
from rlvr.trace.jsonl import read_rows, rollout_files
from rlvr.trace.terminal import printable

FIGURE = "habits.png"
_COLUMNS = 3
_BLUE, _ORANGE = "#0072B2", "#D55E00"  # of Okabe and Ito: told apart by the colour-blind
_TEXT_WIDTH = 46  # characters of an example

Point = Mapping[str, float]


def draw_habits(run_folder: Path) -> Path | None:
    """Writes ``habits.png`` into the run folder; None, and no file, for a run without probes.

    A panel a habit: its rate on the probe set with the 95 % interval, and, at the pin, the first
    rollout of that set in which the verifier found it.
    """
    metrics = run_folder / "metrics.jsonl"
    curves = habit_curves(read_rows(metrics)) if metrics.exists() else {}
    if not curves:
        return None
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    examples = first_examples(run_folder, list(curves))
    height = -(-len(curves) // _COLUMNS)
    figure, grid = plt.subplots(
        height,
        _COLUMNS,
        figsize=(12.6, 3.4 * height + 0.5),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axes in grid.flat[len(curves) :]:
        axes.set_visible(False)
    for axes, (habit, points) in zip(grid.flat, curves.items(), strict=False):
        _draw_panel(axes, habit, points, examples.get(habit))
    figure.suptitle(
        f"Habits on the probe set of {run_folder.resolve().name}: share where the verifier found "
        "them true, with 95 % intervals",
        x=0.01,
        ha="left",
        fontsize=12,
        parse_math=False,
    )
    figure.supxlabel("train/global_step", fontsize=10)
    half_written = run_folder / f".{FIGURE}"
    figure.savefig(half_written, dpi=110, format="png")
    plt.close(figure)
    half_written.replace(run_folder / FIGURE)
    return run_folder / FIGURE


def first_examples(run_folder: Path, habits: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Habit by habit, the first row of the probe set that shows it."""
    found: dict[str, dict[str, Any]] = {}
    for path in rollout_files(run_folder, "probe").values():
        for row in read_rows(path):
            for habit in habits:
                if habit not in found and row["habits"].get(habit):
                    found[habit] = row
        if len(found) == len(habits):
            break
    return found


def _draw_panel(
    axes: Any, habit: str, points: Sequence[Point], example: Mapping[str, Any] | None
) -> None:
    steps = [point["step"] for point in points]
    low, high = ([point[end] for point in points] for end in ("low", "high"))
    axes.fill_between(steps, low, high, color=_BLUE, alpha=0.15, linewidth=0)
    axes.plot(
        steps, [point["rate"] for point in points], color=_BLUE, marker="o", markersize=3, zorder=3
    )
    first = next((p for p in points if example and p["step"] == example["step"]), None)
    if first:
        axes.plot(
            first["step"], first["rate"], "D", color=_ORANGE, markersize=8, zorder=4, clip_on=False
        )
    shares = [0, *(percent / 100 for percent in PERCENTS), 1]
    axes.set_yticks(shares, [f"{share:.0%}" for share in shares])
    axes.set_ylim(-0.03, 1.03)
    axes.xaxis.get_major_locator().set_params(integer=True, nbins=6)
    axes.tick_params(labelsize=8.5)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(habit.replace("_", " "), loc="left", fontsize=11, fontweight="bold", pad=34)
    note = {"transform": axes.transAxes, "va": "bottom", "fontsize": 8, "parse_math": False}
    if example is None:
        axes.text(0.0, 1.03, "never seen", color="#555555", **note)
        return
    axes.text(0.0, 1.1, "◆", color=_ORANGE, **note)
    axes.text(0.045, 1.1, f"first at step {example['step']}, {example['task']}", **note)
    axes.text(0.045, 1.03, _short(example["text"]), family="monospace", **note)


def _short(text: str) -> str:
    line = printable(text.replace("\n", " "))
    return line if len(line) <= _TEXT_WIDTH else line[: _TEXT_WIDTH - 1] + "…"
