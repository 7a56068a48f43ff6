"""Two variants of the main job side by side over seeds: what they learn, and the time of a step.

    source scripts/cpu_env.sh
    .venv/bin/python scripts/compare_variants.py all-terms one-step-ahead

Runs are made as scripts/experiment.py makes them, and read where they are there already.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import fmean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.experiment import VARIANTS, run
from scripts.trl_comparison.agreement import Difference, paired, window_means

WINDOW = 20  # steps
AFTER = ("accuracy", "accuracy_shifted", "accuracy_sampled", "pass_at_8")


def rewards(folder: Path) -> list[float]:
    """Mean reward of each GRPO step."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [row["reward"] for row in rows if "reward" in row]


def step_seconds(folder: Path) -> float:
    """Median wall time of a GRPO step."""
    rows = [json.loads(line) for line in (folder / "timings.jsonl").read_text().splitlines()]
    return median(row["time/step"] for row in rows if "time/rollout" in row)


def learning(first: list[list[float]], second: list[list[float]]) -> list[str]:
    """Rows: mean reward of both in windows of steps, [seeds][steps] each, and their difference."""
    start = min(len(curve) for curve in [*first, *second]) % WINDOW
    windows = zip(window_means(first, WINDOW), window_means(second, WINDOW), strict=True)
    return [
        _row(f"reward, steps {start + i * WINDOW + 1} to {start + (i + 1) * WINDOW}", a, b)
        for i, (a, b) in enumerate(windows)
    ]


def outcome(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[str]:
    """Rows: both after training, from the summaries of the runs."""
    return [
        _row(
            f"{key} after",
            [each["after"][key] for each in first],
            [each["after"][key] for each in second],
        )
        for key in AFTER
    ]


def _row(label: str, first: list[float], second: list[float]) -> str:
    return (
        f"| {label} | {fmean(first):.3f} | {fmean(second):.3f} | {_shown(paired(second, first))} |"
    )


def _shown(each: Difference) -> str:
    return f"{each.value:+.3f} ({each.low:+.3f} to {each.high:+.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", choices=VARIANTS)
    parser.add_argument("second", choices=VARIANTS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--runs", type=Path, default=Path("runs/experiment"))
    parser.add_argument("overrides", nargs="*", help="as grpo.steps=40")
    given = parser.parse_args()
    if given.first == given.second or len(given.seeds) < 2:
        raise SystemExit("two different variants and at least two seeds are needed")
    names = (given.first, given.second)
    made = [
        [run(name, seed, given.runs, given.overrides) for seed in given.seeds] for name in names
    ]
    folders = [[given.runs / f"{name}-seed{seed}" for seed in given.seeds] for name in names]
    print(f"\n| mean of {len(given.seeds)} seeds | {names[0]} | {names[1]} | difference, 95 % |")
    print("|---|---|---|---|")
    curves = [[rewards(folder) for folder in each] for each in folders]
    print("\n".join([*learning(*curves), *outcome(*made)]))
    times = [[step_seconds(folder) for folder in each] for each in folders]
    print(_row("seconds a step, median", *times))


if __name__ == "__main__":
    main()
