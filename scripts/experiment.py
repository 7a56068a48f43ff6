"""The main job over several seeds, with and without the domain reward, as two tables.

    source scripts/cpu_env.sh && .venv/bin/python scripts/experiment.py --seeds 0 1 2

All variants of a seed start from one supervised model: the others take it, and the data, from the
first, so that only what their name says differs. Runs that are there already are read, not run
again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

FULL = "all-terms"
VARIANTS = {
    FULL: [],
    "outcome-only": ["reward.domain=0.0"],
    "one-step-ahead": ["grpo.max_staleness=1"],
}
REWARDS = [FULL, "outcome-only"]
MEASURES = (
    ("accuracy", "accuracy"),
    ("shifted split", "accuracy_shifted"),
    ("sampled accuracy", "accuracy_sampled"),
    ("pass@8", "pass_at_8"),
    ("domain stated", "domain_stated_rate"),
    ("domain stated, rational", "domain_stated_rate_rational"),
    ("excluded value answered", "excluded_value_answered_rate"),
    ("factoring", "factoring_rate"),
    ("substitution check", "substitution_check_rate"),
    ("truncated", "truncated_rate"),
    ("undecided", "undecided_rate"),
)


FIRST, LAST = 5, 20  # steps whose mean stands for the beginning and the end of training
IN_TRAINING = "habits/domain_stated_rate"


def run(variant: str, seed: int, runs: Path, overrides: list[str]) -> dict[str, Any]:
    """The summary of one run, made if it is not there."""
    folder = runs / f"{variant}-seed{seed}"
    summary = folder / "summary.json"
    if not summary.exists():
        command = [sys.executable, "-m", "rlvr", "train", "--preset", "tiny"]
        place = [f"name={folder.name}", f"runs={runs}"]
        if (folder / "config.toml").exists():
            command += ["--resume", *place]
        else:
            command += [f"--seed={seed}", *place, *VARIANTS[variant], *overrides]
            command += _start(runs / f"{FULL}-seed{seed}") if variant != FULL else []
        subprocess.run(command, check=True)
    found: dict[str, Any] = json.loads(summary.read_text())
    return {**found, "in_training": _in_training(folder / "metrics.jsonl")}


def _in_training(metrics: Path) -> tuple[float, float]:
    """How often sampled completions stated the domain, in the first and in the last steps."""
    rows = [json.loads(line) for line in metrics.read_text().splitlines()]
    rates = [row[IN_TRAINING] for row in rows if IN_TRAINING in row]
    return fmean(rates[:FIRST]), fmean(rates[-LAST:])


def _start(full: Path) -> list[str]:
    """The supervised model and the data of the run with all terms, where it is there."""
    model = full / "models" / "sft"
    if not model.exists():
        return []
    return [f"model.path={model}", f"data.path={full / 'data'}", "sft.steps=0"]


def table(summaries: list[dict[str, Any]]) -> str:
    """Markdown: before and after of every measure, a column a seed."""
    head = "| | " + " | ".join(f"seed {s['seed']}" for s in summaries) + " |"
    lines = [head, "|---|" + "---|" * len(summaries)]
    for label, key in MEASURES:
        lines.append(_row(label, [(s["before"][key], s["after"][key]) for s in summaries]))
    lines.append(_row("domain stated, sampled in training", [s["in_training"] for s in summaries]))
    for family in summaries[0]["before"]["accuracy_by_family"]:
        pairs = [
            tuple(s[moment]["accuracy_by_family"][family] for moment in ("before", "after"))
            for s in summaries
        ]
        lines.append(_row(family, pairs))
    lines.append(_numbers("tokens a completion", [s["after"]["mean_tokens"] for s in summaries]))
    for stage in ("data", "sft", "grpo", "eval", "total"):
        lines.append(_numbers(f"seconds, {stage}", [s["seconds"][stage] for s in summaries]))
    lines.append(_numbers("peak memory, MB", [s["peak_memory_mb"] for s in summaries]))
    for work in ("rollout", "train"):
        values = [s["tokens_per_second"][work] for s in summaries]
        lines.append(_numbers(f"tokens/s, {work}", values))
    return "\n".join(lines)


def _row(label: str, pairs: list[Any]) -> str:
    return f"| {label} | " + " | ".join(f"{a:.1%} → {b:.1%}" for a, b in pairs) + " |"


def _numbers(label: str, values: list[float]) -> str:
    return f"| {label} | " + " | ".join(f"{value:,.0f}" for value in values) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=REWARDS)
    parser.add_argument("--runs", type=Path, default=Path("runs/experiment"))
    parser.add_argument("overrides", nargs="*", help="as grpo.steps=40")
    given = parser.parse_args()
    for variant in given.variants:
        found = [run(variant, seed, given.runs, given.overrides) for seed in given.seeds]
        print(f"\n{variant}\n\n{table(found)}")


if __name__ == "__main__":
    main()
