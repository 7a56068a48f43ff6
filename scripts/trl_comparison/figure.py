"""Both sides' learning curves as a picture: means over seeds, and the seeds' spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

from scripts.trl_comparison.results import Rows, curves

PANELS = {
    "reward": "Reward, mean of the batch",
    "correct": "Completions right",
    "mean_length": "Tokens a completion",
    "grad_norm": "Norm of the gradient",
}
COLOURS = ("#1f77b4", "#d95f02")


def draw(sides: Mapping[str, Sequence[Rows]], output: Path) -> None:
    """One panel a metric; the band is one standard deviation of the seeds to either side."""
    figure, axes = plt.subplots(1, len(PANELS), figsize=(17, 3.8), constrained_layout=True)
    for axis, (name, title) in zip(axes, PANELS.items(), strict=True):
        for (label, runs), colour in zip(sides.items(), COLOURS, strict=True):
            values = np.array(curves(runs, name))  # [S, T]
            steps = np.arange(1, values.shape[1] + 1)
            mean, spread = values.mean(axis=0), values.std(axis=0, ddof=min(1, len(values) - 1))
            axis.plot(steps, mean, color=colour, label=f"{label}, {len(values)} seeds")
            axis.fill_between(steps, mean - spread, mean + spread, color=colour, alpha=0.2)
        axis.set(title=title, xlabel="GRPO step")
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=8)
    output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(output, dpi=100)
    plt.close(figure)
