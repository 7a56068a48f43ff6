"""The main job over several seeds, with and without the domain reward, as two tables.

    .venv/bin/python scripts/experiment.py --seeds 0 1 2

Runs that are there already (``runs/<name>/summary.json``) are read, not run again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

VARIANTS = {"all-terms": [], "outcome-only": ["reward.domain=0.0"]}
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


def run(variant: str, seed: int, runs: Path, overrides: list[str]) -> dict[str, Any]:
    """The summary of one run, made if it is not there."""
    folder = runs / f"{variant}-seed{seed}"
    summary = folder / "summary.json"
    if not summary.exists():
        resume = ["--resume"] if (folder / "config.toml").exists() else []
        values = [f"name={folder.name}", f"runs={runs}", *VARIANTS[variant], *overrides]
        command = [sys.executable, "-m", "rlvr", "train", "--preset", "tiny", *resume]
        command += (
            [f"name={folder.name}", f"runs={runs}"] if resume else [f"--seed={seed}", *values]
        )
        subprocess.run(command, check=True)
    found: dict[str, Any] = json.loads(summary.read_text())
    return found


def table(summaries: list[dict[str, Any]]) -> str:
    """Markdown: before and after of every measure, a column a seed."""
    head = "| | " + " | ".join(f"seed {s['seed']}" for s in summaries) + " |"
    lines = [head, "|---|" + "---|" * len(summaries)]
    for label, key in MEASURES:
        lines.append(_row(label, [(s["before"][key], s["after"][key]) for s in summaries]))
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
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--runs", type=Path, default=Path("runs/experiment"))
    parser.add_argument("overrides", nargs="*", help="as grpo.steps=40")
    given = parser.parse_args()
    for variant in given.variants:
        found = [run(variant, seed, given.runs, given.overrides) for seed in given.seeds]
        print(f"\n{variant}\n\n{table(found)}")


if __name__ == "__main__":
    main()
