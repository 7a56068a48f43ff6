"""How well check_steps finds what is labelled, beside a count of reflection words; and its time.

python scripts/bench_traces.py
python scripts/bench_traces.py --held-out   # traces the analysis was not developed on, alone
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from verifiers import Decision, Problem, Trace, check_steps

DATA = Path(__file__).parent.parent / "tests" / "data"
FILES = ("traces_composed.jsonl", "traces_written.jsonl")
HELD_OUT = ("traces_heldout.jsonl",)  # labelled blind; only to measure with
REPEATED = 4  # a labelled trace so many times over is about 200 tokens long


@dataclass
class Count:
    """Of one label: found and labelled, found alone, labelled alone."""

    both: int = 0
    found: int = 0
    labelled: int = 0

    @property
    def precision(self) -> float:
        return self.both / (self.both + self.found) if self.both + self.found else 1.0

    @property
    def recall(self) -> float:
        return self.both / (self.both + self.labelled) if self.both + self.labelled else 1.0


def rows(files: Sequence[str] = FILES) -> list[dict[str, Any]]:
    return [json.loads(line) for name in files for line in (DATA / name).open(encoding="utf-8")]


def labels_of(row: dict[str, Any]) -> Iterator[str]:
    """What is labelled, as words."""
    if row["correct"] and "\\boxed" in row["completion"]:  # the verdict needs a box
        yield "right answer"
    error = row["first_error"]
    if error:
        yield f"step error at its place: {error['text']}"
        yield f"cause: {error['cause']}"
        yield f"roots: {error['change']}"
    yield f"answers: {row['transition']}"
    for name in ("corrected", "verified_aha", "broken"):
        if row[name]:
            yield name
    for habit, shown in row["habits"].items():
        if shown:
            yield f"habit: {habit}"


def found_in(row: dict[str, Any], trace: Trace) -> Iterator[str]:
    """What the analysis finds, in the same words; habits only where they are labelled."""
    if trace.verdict.verdict is Decision.CORRECT:
        yield "right answer"
    error = trace.first_error
    if error:
        claim = trace.claims[error.claim]
        yield f"step error at its place: {_place(row, claim.start, claim.end)}"
        yield f"cause: {error.cause}"
        yield f"roots: {error.change}"
    yield f"answers: {trace.transition}"
    for name in ("corrected", "verified_aha", "broken"):
        if getattr(trace, name):
            yield name
    for habit in row["habits"]:
        if getattr(trace.habits, habit):
            yield f"habit: {habit}"


def _place(row: dict[str, Any], start: int, end: int) -> str:
    """What is labelled, where the claim stands in it: a list may be labelled whole."""
    labelled = row["first_error"]["text"] if row["first_error"] else ""
    for match in re.finditer(re.escape(labelled), row["completion"]):
        if labelled and match.start() <= start and end <= match.end():
            return labelled
    return row["completion"][start:end]


def count(
    labelled: Sequence[dict[str, Any]], traces: Iterable[Trace]
) -> tuple[dict[str, Count], list[tuple[str, set[str], set[str]]]]:
    """The counts of each label, and the rows in which the two differ."""
    counts: dict[str, Count] = defaultdict(Count)
    misses = []
    for row, trace in zip(labelled, traces, strict=True):
        wanted, found = set(labels_of(row)), set(found_in(row, trace))
        for label in wanted | found:
            each = counts[label.partition(": ")[0] if "place" in label else label]
            each.both += label in wanted and label in found
            each.found += label in found - wanted
            each.labelled += label in wanted - found
        words = counts["keyword aha, against verified"]
        words.both += trace.keyword_aha and row["verified_aha"]
        words.found += trace.keyword_aha and not row["verified_aha"]
        words.labelled += row["verified_aha"] and not trace.keyword_aha
        if wanted != found:
            misses.append((row["id"], wanted - found, found - wanted))
    return dict(counts), misses


def problem_of(row: dict[str, Any]) -> Problem:
    return Problem(equation=row["equation"], unknown=row["unknown"])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--held-out", action="store_true", help="the held-out traces alone")
    labelled = rows(HELD_OUT if parser.parse_args().held_out else FILES)
    traces = [check_steps(problem_of(row), row["completion"]) for row in labelled]
    counts, misses = count(labelled, traces)
    print(f"{len(labelled)} labelled traces\n")
    print("| label | labelled | precision | recall |\n|---|---|---|---|")
    for label in sorted(counts):
        each = counts[label]
        shown = f"{each.precision:.3f} | {each.recall:.3f}"
        print(f"| {label} | {each.both + each.labelled} | {shown} |")
    for name, missed, wrong in misses:
        print(f"{name}: missed {sorted(missed)}, found {sorted(wrong)}")
    times = []
    for row in labelled:
        long = "\n".join([row["completion"]] * REPEATED)
        start = time.perf_counter()
        check_steps(problem_of(row), long)
        times.append((time.perf_counter() - start) * 1000)
    spread = f"99 % within {quantiles(times, n=100)[-1]:.1f} ms, longest {max(times):.1f} ms"
    print(f"\n{REPEATED} times over: median {median(times):.1f} ms, {spread}")


if __name__ == "__main__":
    main()
