"""The from-nothing experiment for one GPU: the preset one-gpu, and tiny beside it.

    python scripts/one_gpu_experiment.py --runs runs/from-nothing
    python scripts/one_gpu_experiment.py --preset nine          # its curriculum on a CPU

Runs both presets (tiny is a matter of minutes; `--tiny RUN` takes a finished run instead), then
writes RUNS/comparison.md and RUNS/curves.png: accuracy, habits and times of both, and their
learning curves. What is there already is read, not run again, and a run that was interrupted goes
on from its last checkpoint: give the same command again. Other arguments are overrides of the
first run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.plot_run import draw_beside

PRESETS, BESIDE = ("one-gpu", "nine"), "tiny"
RATES = {
    "accuracy": "accuracy",
    "shifted split": "accuracy_shifted",
    "sampled accuracy": "accuracy_sampled",
    "pass@8": "pass_at_8",
    "domain stated": "domain_stated_rate",
    "excluded value answered": "excluded_value_answered_rate",
    "factoring": "factoring_rate",
    "substitution check": "substitution_check_rate",
    "truncated": "truncated_rate",
    "undecided": "undecided_rate",
}
STAGES = ("data", "sft", "grpo", "eval", "total")


def finished(preset: str, runs: Path, overrides: Sequence[str]) -> Path:
    """The folder of a finished run of the preset in ``runs``, run or resumed where it is not."""
    folder = runs / preset
    if not (folder / "summary.json").exists():
        subprocess.run(command(preset, runs, overrides), check=True)
    return folder


def command(preset: str, runs: Path, overrides: Sequence[str]) -> list[str]:
    """A run that was begun has its configuration, and goes on with it."""
    job = [sys.executable, "-m", "rlvr", "train"]
    place = [f"name={preset}", f"runs={runs}"]
    if (runs / preset / "config.toml").exists():
        return [*job, "--resume", *place]
    return [*job, "--preset", preset, *place, *overrides]


def table(summaries: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown: a column a run, before and after GRPO; a family that a run has not is left out."""
    lines = ["| | " + " | ".join(summaries) + " |", "|---|" + "---|" * len(summaries)]

    def row(label: str, cells: Sequence[str]) -> None:
        lines.append(f"| {label} | " + " | ".join(cells) + " |")

    found = list(summaries.values())
    for label, key in RATES.items():
        row(label, [_change(s["before"][key], s["after"][key]) for s in found])
    families = [{m: s[m]["accuracy_by_family"] for m in ("before", "after")} for s in found]
    for name in dict.fromkeys(name for each in families for name in each["after"]):
        row(name, [_change(*(each[m].get(name) for m in ("before", "after"))) for each in families])
    row("tokens a completion", [f"{s['after']['mean_tokens']:.0f}" for s in found])
    for stage in STAGES:
        row(f"seconds, {stage}", [f"{s['seconds'][stage]:,.0f}" for s in found])
    for work in ("rollout", "train"):
        row(f"tokens/s, {work}", [f"{s['tokens_per_second'][work]:,.0f}" for s in found])
    return "\n".join(lines) + "\n"


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return ""
    return f"{before:.1%} → {after:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/from-nothing"))
    parser.add_argument("--tiny", type=Path, help="a finished run of the tiny preset")
    parser.add_argument("overrides", nargs="*", help="of the first run, as grpo.steps=40")
    given = parser.parse_args()
    large = finished(given.preset, given.runs, given.overrides)
    small = given.tiny or finished(BESIDE, given.runs, [])
    summaries = {run.name: json.loads((run / "summary.json").read_text()) for run in (large, small)}
    text = table(summaries)
    (given.runs / "comparison.md").write_text(text)
    print(text)
    draw_beside([large, small], given.runs / "curves.png")
    print(given.runs / "curves.png")


if __name__ == "__main__":
    main()
