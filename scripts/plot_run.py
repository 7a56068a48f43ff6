"""Learning curves of runs as a picture: accuracy and habits on the training batches.

.venv/bin/python scripts/plot_run.py runs/tiny -o docs/curves.png
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rlvr.config_data import FamilyName

HABITS = {
    "habits/domain_stated_rate": "domain stated",
    "habits/factoring_rate": "factoring",
    "habits/quadratic_formula_rate": "quadratic formula",
    "habits/substitution_check_rate": "substitution check",
    "habits/excluded_value_answered_rate": "excluded value answered",
}


def read_grpo(run: Path) -> list[dict[str, float]]:
    """The metrics of GRPO's steps, first step 1."""
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    rows = [row for row in rows if "reward" in row]
    if not rows:
        raise SystemExit(f"{run}: metrics.jsonl holds no step of the GRPO stage")
    return rows


def smooth(values: Sequence[float], width: int = 9) -> np.ndarray:
    """A centred moving mean over the values that are there."""
    array = np.array(values, dtype=float)
    return np.array(
        [np.nanmean(array[max(0, i - width // 2) : i + width // 2 + 1]) for i in range(len(array))]
    )


def draw(runs: Sequence[Path], output: Path) -> None:
    figure, axes = plt.subplots(1, 3, figsize=(15, 4.2), constrained_layout=True)
    draw_correct(axes[0], runs)
    draw_families(axes[1], read_grpo(runs[0]))
    draw_habits(axes[2], read_grpo(runs[0]))
    save(figure, output)


def draw_beside(runs: Sequence[Path], output: Path) -> None:
    """A row of panels for each run."""
    figure, axes = plt.subplots(
        len(runs), 3, figsize=(15, 4.2 * len(runs)), constrained_layout=True, squeeze=False
    )
    for run, row in zip(runs, axes, strict=True):
        draw_correct(row[0], [run])
        draw_families(row[1], read_grpo(run))
        draw_habits(row[2], read_grpo(run))
    save(figure, output)


def draw_correct(axis: Axes, runs: Sequence[Path]) -> None:
    """Completions right, of each run; groups skipped, of the first."""
    for run in runs:
        rows = read_grpo(run)
        correct = [row["verdict/correct_rate"] for row in rows]
        alpha = 1.0 if len(runs) == 1 else 0.8
        axis.plot(_steps(rows), smooth(correct), label=f"correct ({run.name})", alpha=alpha)
    rows = read_grpo(runs[0])
    skipped = [row["frac_reward_zero_std"] for row in rows]
    axis.plot(_steps(rows), smooth(skipped), "--", color="grey", label="groups skipped")
    _finish(axis, "Completions right")


def draw_families(axis: Axes, rows: Sequence[dict[str, float]]) -> None:
    """A family has the same colour in every picture."""
    for number, family in enumerate(get_args(FamilyName)):
        values = [row.get(f"accuracy/{family}", np.nan) for row in rows]
        if not np.isnan(values).all():
            axis.plot(_steps(rows), smooth(values), color=f"C{number}", label=family)
    _finish(axis, "Right, by family")


def draw_habits(axis: Axes, rows: Sequence[dict[str, float]]) -> None:
    for key, label in HABITS.items():
        values = [row.get(key, np.nan) for row in rows]
        axis.plot(_steps(rows), smooth(values), label=label)
    _finish(axis, "Habits, where true")


def save(figure: Figure, output: Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(output, dpi=110)


def _steps(rows: Sequence[dict[str, float]]) -> range:
    return range(1, len(rows) + 1)


def _finish(axis: Axes, title: str) -> None:
    axis.set(title=title, xlabel="GRPO step", ylim=(-0.02, 1.02))
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="families and habits: of the first")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/curves.png"))
    parser.add_argument("--beside", action="store_true", help="all panels, of every run")
    given = parser.parse_args()
    (draw_beside if given.beside else draw)(given.runs, given.output)
    print(given.output)


if __name__ == "__main__":
    main()
