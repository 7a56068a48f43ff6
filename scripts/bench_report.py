"""How fast a report of many rollouts opens and filters, in a headless Chromium, from the disk.

.venv/bin/python scripts/bench_report.py --rollouts 100000

Makes a run of so many different completions, builds its report, and measures from navigation to
the first curves drawn, to a filter's result, to the first search (which reads all texts) and to
the next one. Median of ``--rounds``; Chromium: RLVR_CHROMIUM, or the one on PATH.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from rlvr.report.build import build_report

GROUP, PROBLEMS = 8, 32
FAMILIES = ("linear", "quadratic", "rational", "radical", "absolute")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
CHANGE = """([id, value]) => new Promise((resolve) => {
  const field = document.getElementById(id), start = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("change"));
  const look = () => {
    const text = document.querySelector(".summary").innerText;
    const reading = document.querySelector(".reading").innerText;
    if (text.includes("(filtered)") && !reading && document.querySelector(".group"))
      requestAnimationFrame(() => setTimeout(() => resolve([performance.now() - start, text])));
    else setTimeout(look);
  };
  look();
})"""


def rows(step: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    for problem in range(PROBLEMS):
        family = FAMILIES[problem % len(FAMILIES)]
        task = f"train-{family}-{rng.randrange(8000):05d}"
        equation = f"{rng.randrange(9)}x + {rng.randrange(99)} = {rng.randrange(99)}"
        for index in range(GROUP):
            right = rng.random() < 0.7
            lines = [f"x = {rng.random():.12f} + {rng.randrange(99)}" for _ in range(7)]
            yield {
                "step": step, "index": index, "task": task, "family": family,
                "text": f"Solve {equation}",
                "problem": {"equation": equation, "unknown": "x", "ask": "solutions",
                            "domain": "real", "params": {}},
                "completion": "\n".join(lines), "token_ids": [1] * 60, "finish_reason": "stop",
                "verdict": "correct" if right else "incorrect",
                "reason": "equal" if right else "not_a_solution",
                "answer": "{1}", "expected": "{1}", "domain": ["x != 0"],
                "evidence": ["Every solution solves, multiplied out, x = 1."],
                "reward": 1.0 * right, "terms": {"correct": 1.0 * right, "format": 0.1},
                "counted": True, "advantage": 0.3 * right, "trace": _trace(lines),
                "habits": {"domain_stated": rng.random() < step / 400, "factoring": None},
            }  # fmt: skip


def _trace(lines: list[str]) -> dict[str, Any]:
    """Each line a claim, so that the pages carry as many marks as those of a checked run."""
    starts = [sum(len(line) + 1 for line in lines[:i]) for i in range(len(lines))]
    claims = [
        {"kind": "equation", "start": start, "end": start + len(line), "line": i, "truth": "true",
         "evidence": "The solution set is that of the line before."}
        for i, (start, line) in enumerate(zip(starts, lines, strict=True))
    ]  # fmt: skip
    return {
        "claims": claims,
        "first_error": None,
        "correction": None,
        "transition": None,
        "corrected": False,
        "verified_aha": False,
        "broken": False,
        "keyword_aha": False,
    }


def write_run(folder: Path, rollouts: int) -> None:
    rng = random.Random(0)
    (folder / "rollouts").mkdir(parents=True)
    metrics = []
    for step in range(1, -(-rollouts // (GROUP * PROBLEMS)) + 1):
        text = "".join(json.dumps(row) + "\n" for row in rows(step, rng))
        (folder / "rollouts" / f"step-{step:06d}.jsonl").write_text(text)
        metrics.append({"step": step, "reward": rng.random(), "grad_norm": rng.random()})
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in metrics))


def opened(page: Page, address: str, sign: str) -> float:
    """Milliseconds from navigation until ``sign`` is in the page."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    page.wait_for_selector(sign, timeout=120_000)
    return float(page.evaluate("performance.now()"))


def measure(index: str, executable: str, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for _ in range(rounds):
            page = browser.new_page()
            page.set_default_timeout(120_000)
            found = {
                "curves drawn": opened(page, index, ".plot[data-drawn]"),
                "rollouts shown": opened(page, f"{index}#rollouts?scope=all&step=9", ".group"),
            }
            for name, field, value in (
                ("filter by family", "filter-family", "rational"),
                ("filter by verdict too", "filter-verdict", "incorrect"),
                ("first search (reads all texts)", "search", "0.1234"),
                ("next search", "search", "0.567"),
            ):
                found[name], summary = page.evaluate(CHANGE, [field, value])
                print(f"  {name}: {found[name]:.0f} ms, {summary}", flush=True)
            for name, value in found.items():
                times.setdefault(name, []).append(value)
            page.close()
        browser.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rollouts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    executable = os.environ.get("RLVR_CHROMIUM") or shutil.which("chromium")
    if executable is None:
        raise SystemExit("no Chromium found: RLVR_CHROMIUM may name one")
    with tempfile.TemporaryDirectory() as scratch:
        run, report = Path(scratch) / "run", Path(scratch) / "report"
        write_run(run, options.rollouts)
        start = time.perf_counter()
        page = build_report([run], report)
        print(f"built in {time.perf_counter() - start:.1f} s", flush=True)
        index = report / "data" / "a" / "index.js"
        total = sum(file.stat().st_size for file in report.rglob("*") if file.is_file())
        print(f"index {index.stat().st_size / 1e6:.1f} MB, report {total / 1e6:.0f} MB", flush=True)
        for name, values in measure(page.as_uri(), executable, options.rounds).items():
            print(f"{name:<34}{statistics.median(values):>7.0f} ms (median of {len(values)})")


if __name__ == "__main__":
    main()
