"""Files of answers and the command line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from verifiers.cli import main
from verifiers.grade import grade_line, grade_lines

LINES: list[tuple[str, str, str]] = [
    ('{"id": 1, "equation": "x^2 = 4", "answer": "±2"}', "correct", "equal"),
    ('{"id": "b", "equation": ["x^2 = 4"], "answer": "2"}', "incorrect", "missing_solution"),
    ('{"equation": "x^2 = 4", "response": "\\\\boxed{2, -2}"}', "correct", "equal"),
    ('{"equation": "x^2 = 4", "response": "2, -2"}', "incorrect", "no_answer"),
    ('{"equation": "x^2 = 4", "answer": "0", "ask": "sum"}', "correct", "equal"),
    ('{"equation": "a x = 4", "answer": "2", "params": {"a": "a = 2"}}', "correct", "equal"),
    ('{"equation": "x^2 = 4", "answer": "±2", "note": "more fields"}', "correct", "equal"),
    ('{"equation": "x^2 = 4", "answer": "\\ud800"}', "incorrect", "unparsable_answer"),
    ('{"equation": "2^x = x^2", "answer": "2"}', "undecided", "unsupported_equation"),
    ('{"equation": ["x + y = 3", "x - y = 1"], "answer": "(2, 1)"}', "correct", "equal"),
    ('{"equation": ["x + y = 3", 1], "answer": "(2, 1)"}', "undecided", "malformed_problem"),
    ('{"equation": [], "answer": "(2, 1)"}', "undecided", "malformed_problem"),
    ('{"equation": "x^2=-1", "answer": "±i", "domain": "complex"}', "correct", "equal"),
    ('{"gold": "3", "answer": "3"}', "correct", "equal"),
    ('{"gold": "3", "response": "\\\\boxed{x = 4}", "unknown": "x"}', "incorrect", "wrong_value"),
    ('{"gold": "3", "response": "3"}', "incorrect", "no_answer"),
    ('{"gold": "see above", "answer": "3"}', "undecided", "malformed_problem"),
    ('{"gold": "3", "equation": "x = 3", "answer": "3"}', "undecided", "malformed_problem"),
    ('{"gold": null, "equation": "x = 3", "answer": "3", "ask": null}', "correct", "equal"),
    ('{"problem": "Solve $x^2 = 4$ for $x$.", "answer": "±2"}', "correct", "equal"),
    ('{"problem": "Solve x^2 = 4 elegantly.", "answer": "±2"}', "undecided", "malformed_problem"),
    ('{"equation": "x=1", "answer": "1", "domain": "octonion"}', "undecided",
     "unsupported_equation"),
    ('{"equation": "x=1", "answer": "1", "ask": "median"}', "undecided", "malformed_problem"),
    ('{"equation": "x=1", "answer": "1", "ask": ["sum"]}', "undecided", "malformed_problem"),
    ('{"equation": "x=1", "answer": "1", "params": {"a": 6}}', "undecided", "malformed_problem"),
    ('{"equation": "x=1"}', "undecided", "malformed_problem"),
    ('{"equation": "x=1", "answer": "1", "response": "1"}', "undecided", "malformed_problem"),
    ('{"equation": "x=1", "answer": 1}', "undecided", "malformed_problem"),
    ('{"answer": "1"}', "undecided", "malformed_problem"),
    ("[]", "undecided", "malformed_problem"),
    ("{", "undecided", "malformed_problem"),
    ("[" * 100_000, "undecided", "malformed_problem"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "verdict", "reason"), LINES)
def test_lines(line: str, verdict: str, reason: str) -> None:
    _, result = grade_line(line)
    assert (result.verdict, result.reason) == (verdict, reason), result
    assert result.evidence


def test_blank_lines_are_skipped() -> None:
    assert list(grade_lines(["", "  \n"])) == []


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_file_in_order(tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / f"in.jsonl{ending}", tmp_path / f"out.jsonl{ending}"
    opener: Any = gzip.open if ending else open
    with opener(source, "wt", encoding="utf-8") as file:
        file.writelines(line + "\n" for line, _, _ in LINES)
    assert main(["grade", str(source), "-o", str(target)]) == 0
    with opener(target, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    assert [record["verdict"] for record in records] == [verdict for _, verdict, _ in LINES]
    assert [record["id"] for record in records[:3]] == [1, "b", None]
    assert set(records[0]) == {
        "id", "verdict", "reason", "answer", "expected", "domain", "evidence", "elapsed_ms"
    }  # fmt: skip
    assert f"{len(LINES)} answers" in capsys.readouterr().err


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "3 - (3+y)/y = y", "no real solutions"]) == 0
    assert main(["check", "3 - (3+y)/y = y", "y=1, y=3"]) == 1
    assert main(["check", "2^x = x^2", "2"]) == 2
    assert main(["check", "6 - (6+x)/x = x", "5", "--ask", "sum"]) == 0
    assert main(["check", "a - x = 1", "5", "--param", "a=6"]) == 0
    assert main(["check", "x = 1", r"so \boxed{1}", "--completion"]) == 0
    text = capsys.readouterr().out
    assert "not_a_solution" in text
    assert "y != 0" in text


def test_solve(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", "sqrt(x+7) = x+1"]) == 0
    text = capsys.readouterr().out
    for part in ("{2}", "x >= -7", "extraneous   -3", "(x - 2)*(x + 3) = 0"):
        assert part in text
    assert main(["solve", "2^x = x^2"]) == 2
    assert "unsupported_equation" in capsys.readouterr().out


def test_user_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "a - x = 1", "5", "--param", "a"]) == 2
    assert "accepted are a value" in capsys.readouterr().err
    assert main(["grade", str(tmp_path / "missing.jsonl")]) == 2
    assert "missing.jsonl" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["check", "x = 1"])


@pytest.mark.parametrize("command", [[], ["check"], ["solve"], ["grade"]])
def test_help_shows_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    assert "example" in capsys.readouterr().out
