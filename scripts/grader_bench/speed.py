"""Sections (d) and (e): time an answer, answers a second, and more worker processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from .families import ALL, EQUATION_SET, Draw, Seen, draw_problems
from .pairs import Pair, grade
from .report import Section, Target, percentile, ratio
from .rival import Rival

GROUP = 16  # completions of one problem


def milliseconds(rival: Rival | None, count: int, seed: int, seen: Seen) -> Section:
    """(d): each answer has a problem of its own, not among ``seen``: nothing is known of it."""
    section = Section(
        "d",
        "Milliseconds an answer, one core, each problem new",
        ("answers", "median", "p95", "max"),
    )
    timed = {}
    for name, families in (("equation set", EQUATION_SET), ("every family", ALL)):
        pairs = _answers(families, count, seed, seen)
        grade(pairs[0])  # what is loaded at the first call
        timed[name] = sorted(_timed(pair) for pair in pairs[1:])
        section.rows.append((f"ours, {name}", *_spread(timed[name])))
        if rival is not None:
            theirs = [rival.ask(pair.gold, pair.answer).cpu_ms for pair in pairs[1:]]
            section.rows.append((f"Math-Verify, {name}", *_spread(theirs)))
            both = ((timed[name], theirs, part) for part in (0.5, 0.95))
            ratios = [ratio(percentile(a, part), percentile(b, part)) for a, b, part in both]
            section.rows.append((f"ratio, {name}", *ratios, ""))
    median, tail = (percentile(timed["equation set"], part) for part in (0.5, 0.95))
    section.targets = [
        Target(f"median {median:.2f} ms; at most 1", median <= 1),
        Target(f"95th percentile {tail:.2f} ms; at most 10", tail <= 10),
    ]
    section.figures = {"median_ms": median, "p95_ms": tail, "count": count}
    return section


def throughput(
    rival: Rival | None, count: int, lines: int, jobs: Sequence[int], seed: int, seen: Seen
) -> Section:
    """(e): answers a second of one core, and lines a second of ``grade`` with more processes."""
    section = Section("e", "Answers a second", ("", "answers a second", "against Math-Verify"))
    new = _answers(EQUATION_SET, count, seed, seen)
    rate_new = len(new) / sum(_timed(pair) / 1000 for pair in new)
    groups = _groups(EQUATION_SET, max(1, lines // (GROUP + 1)), seed, seen)
    some = groups[: max(1, count // GROUP)]
    for group in some:
        grade(group[0])
    known = [pair for group in some for pair in group[1:]]
    rate_known = len(known) / sum(_timed(pair) / 1000 for pair in known)
    theirs = None
    if rival is not None:
        total = sum(rival.ask(pair.gold, pair.answer).cpu_ms / 1000 for pair in new)
        theirs = len(new) / total
        section.rows.append(("Math-Verify, one core", f"{theirs:,.0f}", ""))
    for name, rate in (("each problem new", rate_new), ("problem already solved", rate_known)):
        against = ratio(theirs, rate) if theirs else ""
        section.rows.append((f"one core, {name}", f"{rate:,.0f}", against))
    section.targets = [
        Target(f"each problem new: {rate_new:,.0f} a second; at least 1,000", rate_new >= 1_000),
        Target(f"already solved: {rate_known:,.0f} a second; at least 5,000", rate_known >= 5_000),
    ]
    _scaling(section, groups, jobs)
    num_lines = sum(map(len, groups))
    size = f"{num_lines:,} lines, {GROUP + 1} a problem"
    section.notes.append(f"the file of grade has {size}; {os.cpu_count()} cores")
    section.figures = {"new_per_s": rate_new, "known_per_s": rate_known, "rival_per_s": theirs}
    return section


def _scaling(section: Section, groups: list[list[Pair]], jobs: Sequence[int]) -> None:
    """``python -m verifiers grade --jobs N`` on a file, less the time it takes on one line."""
    helped = subprocess.run(
        [sys.executable, "-m", "verifiers", "grade", "--help"], capture_output=True, text=True
    )
    if "--jobs" not in helped.stdout:
        section.notes.append("grade has no --jobs here: the scaling is not measured")
        return
    lines = [json.dumps(_record(pair)) for group in groups for pair in group]
    rates = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in jobs:
            idle = _grade_seconds(Path(folder), lines[:1], number)
            seconds = _grade_seconds(Path(folder), lines, number) - idle
            rates[number] = len(lines) / seconds
            speedup = f"{rates[number] / rates[jobs[0]]:.2f} x of --jobs {jobs[0]}"
            section.rows.append((f"grade --jobs {number}", f"{rates[number]:,.0f}", speedup))
    usable = [number for number in jobs if number <= (os.cpu_count() or 1)]
    first, last = usable[0], usable[-1]
    if last > first:
        got, ideal = rates[last] / rates[first], last / first
        text = f"--jobs {last}: {got:.2f} times --jobs {first}; at least {0.8 * ideal:.1f}"
        section.targets.append(Target(text, got >= 0.8 * ideal))


def _grade_seconds(folder: Path, lines: Sequence[str], jobs: int) -> float:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("\n".join(lines) + "\n", "utf-8")
    target.unlink(missing_ok=True)
    start = perf_counter()
    subprocess.run(
        [sys.executable, "-m", "verifiers", "grade", source, "-o", target, "--jobs", str(jobs)],
        check=True,
        capture_output=True,
    )
    seconds = perf_counter() - start
    written = len(target.read_text("utf-8").splitlines())
    assert written == len(lines), f"{written} lines out of {len(lines)}"
    return seconds


def _record(pair: Pair) -> dict[str, object]:
    fields = {"equation": pair.equation, "unknown": pair.unknown, "answer": pair.answer}
    return {**fields, "params": dict(pair.params), "ask": pair.ask}


def _answers(families: Sequence[Draw], count: int, seed: int, seen: Seen) -> list[Pair]:
    """An answer to each of ``count`` problems: half of them right."""
    rng = Random(seed)
    problems = draw_problems(families, count, seed, seen)
    return [
        problem.right_pair(rng) if index % 2 else rng.choice(problem.wrong_pairs())
        for index, problem in enumerate(problems)
    ]


def _groups(families: Sequence[Draw], count: int, seed: int, seen: Seen) -> list[list[Pair]]:
    """``GROUP`` answers to each of ``count`` problems, with one that comes first."""
    rng = Random(seed)
    groups = []
    for problem in draw_problems(families, count, seed, seen):
        choices = [*problem.wrong_pairs(), *(problem.right_pair(rng) for _ in range(4))]
        groups.append([rng.choice(choices) for _ in range(GROUP + 1)])
    return groups


def _timed(pair: Pair) -> float:
    """Milliseconds of processor time: what else runs on the machine does not count."""
    start = process_time()
    grade(pair)
    return (process_time() - start) * 1000


def _spread(values: Sequence[float]) -> tuple[str, str, str]:
    shares = (percentile(values, 0.5), percentile(values, 0.95), max(values))
    return (f"{shares[0]:.2f}", f"{shares[1]:.2f}", f"{shares[2]:.1f}")
