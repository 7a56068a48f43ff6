"""Learning curves of runs as a picture: accuracy and habits on the training batches.

.venv/bin/python scripts/plot_run.py runs/tiny -o docs/curves.png
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

FAMILIES = ("linear", "quadratic", "rational", "radical", "absolute")
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
    for run in runs:
        rows = read_grpo(run)
        steps = range(1, len(rows) + 1)
        style = {"alpha": 1.0 if len(runs) == 1 else 0.8}
        correct = [row["verdict/correct_rate"] for row in rows]
        axes[0].plot(steps, smooth(correct), label=f"correct ({run.name})", **style)
    rows = read_grpo(runs[0])
    steps = range(1, len(rows) + 1)
    skipped = [row["frac_reward_zero_std"] for row in rows]
    axes[0].plot(steps, smooth(skipped), "--", color="grey", label="groups skipped")
    for family in FAMILIES:
        values = [row.get(f"accuracy/{family}", np.nan) for row in rows]
        axes[1].plot(steps, smooth(values), label=family)
    for key, label in HABITS.items():
        values = [row.get(key, np.nan) for row in rows]
        axes[2].plot(steps, smooth(values), label=label)
    for axis, title in zip(
        axes, ("Completions right", "Right, by family", "Habits, where true"), strict=True
    ):
        axis.set(title=title, xlabel="GRPO step", ylim=(-0.02, 1.02))
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(output, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="families and habits: of the first")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/curves.png"))
    given = parser.parse_args()
    draw(given.runs, given.output)
    print(given.output)


if __name__ == "__main__":
    main()
