"""Where a GRPO step of a finished run spent its time: medians over all steps.

With grpo.max_staleness = 1 the first two run beside the update, and "wait" is what the update
then still waits for them.

.venv/bin/python scripts/step_times.py runs/tiny
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import median, quantiles

STAGES = ("rollout", "verify", "parity", "train", "wait", "sync")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a run folder")
    path = parser.parse_args().run / "timings.jsonl"
    if not path.is_file():
        raise SystemExit(f"{path} is missing: name the folder of a run, as runs/tiny")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows = [row for row in rows if "time/rollout" in row]
    if len(rows) < 2:
        raise SystemExit(f"{path} holds {len(rows)} GRPO steps; at least 2 are needed")
    whole = [row["time/step"] for row in rows]
    print("| stage | median ms | share of the step |\n|---|---|---|")
    for stage in (stage for stage in STAGES if f"time/{stage}" in rows[0]):
        middle = median(row[f"time/{stage}"] for row in rows)
        print(f"| {stage} | {1000 * middle:.0f} | {middle / median(whole):.0%} |")
    low, _, high = quantiles(whole, n=4)
    print(f"| step | {1000 * median(whole):.0f} | quartiles {1000 * low:.0f}, {1000 * high:.0f} |")


if __name__ == "__main__":
    main()
