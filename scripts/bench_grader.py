"""What the grader decides, how fast, and what it withstands, with Math-Verify 0.9.0 beside it.

    python scripts/bench_grader.py --out runs/bench_grader.json
    python scripts/bench_grader.py --sections a,d --no-rival
    python scripts/bench_grader.py --quick

Sections: (a) right forms accepted, (b) generated wrong answers accepted, (c) without a gold answer,
(d) milliseconds an answer, (e) answers a second, (f) hostile answers, (g) threads and processes.
Each prints a table in Markdown and whether its targets are met; the exit status is 1 where one is
not. Math-Verify runs in a process and an environment of its own, made under .venv-math-verify at
the first run.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from grader_bench.accuracy import right_forms, without_gold, wrong_answers
from grader_bench.agreement import agreement
from grader_bench.families import Seen
from grader_bench.hostile import hostile
from grader_bench.report import Section, save
from grader_bench.rival import Rival, rival_python
from grader_bench.speed import milliseconds, throughput

ORDER = "deabcfg"  # timings first, when no problem has been solved yet


def main() -> int:
    options = _parser().parse_args()
    if options.quick:
        options.wrong, options.rival_wrong, options.problems = 600, 60, 100
        options.timed, options.lines = 100, 2_000
    python = None if options.no_rival else rival_python(options.rival_python)
    rival = Rival(python) if python else None
    seen: Seen = set()  # of the timed problems
    run: dict[str, Callable[[], Section]] = {
        "a": lambda: right_forms(rival),
        "b": lambda: wrong_answers(rival, options.wrong, options.rival_wrong, options.seed),
        "c": lambda: without_gold(options.problems, options.seed),
        "d": lambda: milliseconds(rival, options.timed, options.seed, seen),
        "e": lambda: throughput(
            rival, options.timed, options.lines, options.jobs, options.seed, seen
        ),
        "f": lambda: hostile(python),
        "g": lambda: agreement(rival),
    }
    sections = []
    try:
        for key in sorted(options.sections, key=ORDER.index):
            start = perf_counter()
            sections.append(run[key]())
            print(sections[-1].markdown(), flush=True)
            print(f"section {key}: {perf_counter() - start:.0f} s", file=sys.stderr)
    finally:
        if rival is not None:
            rival.close()
    if options.out:
        save(sorted(sections, key=lambda each: each.key), _setting(options), options.out)
    failed = [goal.text for section in sections for goal in section.targets if not goal.met]
    print(f"{len(failed)} targets failed" if failed else "all targets met", file=sys.stderr)
    return 1 if failed else 0


def _setting(options: argparse.Namespace) -> dict[str, object]:
    chosen = {key: str(value) for key, value in vars(options).items()}
    return {"python": platform.python_version(), "machine": platform.machine(), **chosen}


def _sections(text: str) -> list[str]:
    keys = text.replace(",", "")
    if not keys or set(keys) - set("abcdefg"):
        raise argparse.ArgumentTypeError(f"{text!r}; accepted are letters a to g, as a,d")
    return sorted(set(keys))


def _jobs(text: str) -> list[int]:
    try:
        numbers = sorted({int(part) for part in text.split(",")})
    except ValueError:
        numbers = [0]
    if numbers[0] < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; accepted are counts of processes, as 1,2,4")
    return numbers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sections", type=_sections, default=list("abcdefg"), metavar="a,b,...")
    parser.add_argument("--out", type=Path, metavar="FILE.json")
    parser.add_argument("--quick", action="store_true", help="small numbers, to try it")
    parser.add_argument("--wrong", type=int, default=5_000, help="at least, in section b")
    parser.add_argument("--rival-wrong", type=int, default=2_000, help="of them for Math-Verify")
    parser.add_argument("--problems", type=int, default=2_000, help="of section c")
    parser.add_argument("--timed", type=int, default=1_000, help="answers of sections d and e")
    parser.add_argument("--lines", type=int, default=20_000, help="of grade, in section e")
    parser.add_argument("--jobs", type=_jobs, default=[1, 2], metavar="1,2,...", help="of grade")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rival-python", help="a Python with Math-Verify 0.9.0 installed")
    parser.add_argument("--no-rival", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
