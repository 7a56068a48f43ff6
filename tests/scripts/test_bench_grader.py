"""The benchmark of the grader: what it draws is what it says, and a bad child is seen as bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from scripts.grader_bench.accuracy import verdict_of
from scripts.grader_bench.attacks import ATTACKS, attacks
from scripts.grader_bench.child import Child
from scripts.grader_bench.families import ALL, EQUATION_SET, draw_problems
from scripts.grader_bench.pairs import load_pairs
from scripts.grader_bench.report import Section, Target, percentile, ratio, shown
from tests.scripts.conftest import ROOT

ECHO = (
    "import sys; print('ready', flush=True)\nfor line in sys.stdin: print(line, end='', flush=True)"
)
SLEEP = "import sys, time; print('ready', flush=True); sys.stdin.readline(); time.sleep(60)"
DIE = "import os, sys; print('ready', flush=True); sys.stdin.readline(); os.abort()"


def test_the_same_seed_draws_the_same_problems_and_none_twice() -> None:
    problems = draw_problems(ALL, 200, seed=3)
    assert problems == draw_problems(ALL, 200, seed=3)
    keys = Counter((p.equation, str(p.params), p.ask) for p in problems)
    assert max(keys.values()) == 1
    assert len({problem.family for problem in problems}) == len(ALL)


def test_the_grader_agrees_with_what_was_built_in() -> None:
    rng = Random(0)
    for problem in draw_problems(EQUATION_SET, 60, seed=11):
        assert verdict_of(problem.right_pair(rng)) == "correct", problem
        for pair in problem.wrong_pairs():
            assert verdict_of(pair) == "incorrect", pair


def test_a_wrong_answer_is_never_written_as_a_right_one() -> None:
    for problem in draw_problems(ALL, 400, seed=5):
        assert problem.wrong
        assert not set(problem.right) & {answer for _, answer in problem.wrong}, problem


def test_too_few_problems_is_an_error() -> None:
    with pytest.raises(ValueError, match="only"):
        draw_problems(ALL[-1:], 10_000, seed=0)


def test_the_table_names_the_line_that_is_no_pair(tmp_path: Path) -> None:
    table = tmp_path / "pairs.jsonl"
    row = '{"gold": "2", "answer": "2", "right": true, "form": "value"}'
    table.write_text(f"{row}\n" + row.replace("gold", "god") + "\n")
    with pytest.raises(ValueError, match=r"pairs\.jsonl, line 2"):
        load_pairs(table)


def test_a_child_answers_hangs_and_dies() -> None:
    for code, end in ((ECHO, None), (SLEEP, "hang"), (DIE, "crash")):
        child = Child([sys.executable, "-c", code], patience=1.0 if code == SLEEP else 60.0)
        try:
            for _ in range(2):  # the second question starts another process after an end
                reply = child.ask("2, 3")
                assert (reply.end, reply.text) == (end, None if end else "2, 3\n")
                assert reply.seconds >= (1.0 if end == "hang" else 0.0)
        finally:
            child.close()


def test_every_kind_of_attack_that_was_asked_for() -> None:
    asked = ("towers", "factorials", "brackets", "digits", "huge polynomials", "nested radicals",
             "integrals", "confusables", "code", "format strings", "control",
             "megabytes")  # fmt: skip
    assert all(any(kind.startswith(name) for kind in ATTACKS) for name in asked)
    assert max(len(text) for _, text in attacks()) >= 10**6


def test_figures_of_a_report() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 3
    assert percentile([1], 0.95) == 1
    assert ratio(2.0, 20.0) == "10.0 x"
    assert "\x00" not in shown("a\x00|`b`")
    section = Section("a", "Title", ("x", "y"), [(1, 2)], [Target("none", False)])
    assert "| 1 | 2 |" in section.markdown()
    assert "FAILED: none" in section.markdown()
    assert section.record()["rows"] == [{"x": 1, "y": 2}]


def test_the_command_writes_markdown_and_json(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "bench.json"
    command = [
        sys.executable,
        "scripts/bench_grader.py",
        "--quick",
        "--no-rival",
        "--sections",
        "a",
    ]
    result = subprocess.run(
        [*command, "--out", str(out)], cwd=ROOT, env=_env(), capture_output=True, text=True
    )
    failed = "FAILED" in result.stdout
    assert result.returncode == int(failed), result.stderr
    assert result.stdout.startswith("### (a) ")
    record = json.loads(out.read_text("utf-8"))
    assert any(not goal["met"] for goal in record["a"]["targets"]) == failed


@pytest.mark.parametrize("given", [["--sections", "x"], ["--jobs", "0"], ["--jobs", "two"]])
def test_bad_options_are_refused(given: list[str]) -> None:
    command = [sys.executable, "scripts/bench_grader.py", *given]
    result = subprocess.run(command, cwd=ROOT, env=_env(), capture_output=True, text=True)
    assert result.returncode == 2
    assert "accepted are" in result.stderr


def test_a_short_campaign_finds_nothing() -> None:
    command = [sys.executable, "scripts/fuzz_grader.py", "--seconds", "1", "--only", "trees"]
    result = subprocess.run(command, cwd=ROOT, env=_env(), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith("| trees |")


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}
