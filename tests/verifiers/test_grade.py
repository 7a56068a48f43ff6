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


RESPONSE = "x^2 = 3x\nx(x - 4) = 0\nCheck 3: 3^2 = 9 = 3 * 3\n\\boxed{0, 3}"
STEPS: list[tuple[dict[str, Any], bool]] = [
    ({"equation": "x^2 = 3x", "response": RESPONSE}, True),
    ({"problem": "Solve $x^2 = 3x$ for $x$.", "response": "x = 3\n\\boxed{3}"}, True),
    ({"equation": "x^2 = 3x", "answer": "0, 3"}, False),
    ({"gold": "0, 3", "response": RESPONSE}, False),
    ({"response": RESPONSE}, False),
]


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_steps_are_added_to_responses(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [fields for fields, _ in STEPS])
    plain, traced = tmp_path / "plain.jsonl", tmp_path / "traced.jsonl"
    assert main(["grade", str(source), "-o", str(plain)]) == 0
    assert main(["grade", str(source), "-o", str(traced), "--steps"]) == 0
    records = read_lines(traced)
    traces = [record.pop("trace") for record in records]
    assert [trace is not None for trace in traces] == [has_steps for _, has_steps in STEPS]
    for record, other in zip(records, read_lines(plain), strict=True):
        assert {**record, "elapsed_ms": 0} == {**other, "elapsed_ms": 0}
    first, second = traces[:2]
    assert (first["first_error"]["gained"], first["first_error"]["lost"]) == (["4"], ["3"])
    assert all(RESPONSE[claim["start"] : claim["end"]].strip() for claim in first["claims"])
    assert [claim["kind"] for claim in second["claims"]] == ["candidate", "conclusion"]


def test_a_trace_that_takes_too_long_costs_no_verdict(tmp_path: Path) -> None:
    claims = "\n".join(f"(x^2 - 3x)(x^12 - {i}x^7 + x - 5) = {i}x" for i in range(900))
    fields = {"equation": "x^2 = 3x", "response": f"{claims}\n\\boxed{{0, 3}}"}
    source = write_lines(tmp_path / "in.jsonl", [fields])
    target = tmp_path / "out.jsonl"
    assert main(["grade", str(source), "-o", str(target), "--steps", "--timeout-ms", "300"]) == 0
    (long,) = read_lines(target)
    assert (long["verdict"], long["reason"], long["trace"]) == ("correct", "equal", None)


def test_a_run_with_steps_goes_on_only_with_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_lines(tmp_path / "in.jsonl", [fields for fields, _ in STEPS])
    target = tmp_path / "out.jsonl"
    assert main(["grade", str(source), "-o", str(target), "--steps"]) == 0
    whole = target.read_text().splitlines(keepends=True)
    target.write_text("".join(whole[:2]) + whole[2][:9])
    assert main(["grade", str(source), "-o", str(target), "--steps"]) == 0
    assert [each["trace"] for each in read_lines(target)] == [
        json.loads(line)["trace"] for line in whole
    ]
    assert main(["grade", str(source), "-o", str(target)]) == 2
    assert "was written with --steps" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: Any) -> None:
    missing = tmp_path / "nothing.jsonl"
    assert main(["grade", str(missing), "-o", str(tmp_path / "out.jsonl")]) == 2
    error = capsys.readouterr().err
    assert f"{missing} is not there; accepted: a file of JSON lines" in error
    assert main(["trace", "x = 1", str(missing)]) == 2
    assert f"{missing} is not there; accepted: a text file" in capsys.readouterr().err
    source = tmp_path / "some.jsonl"
    source.write_text("")
    assert main(["grade", str(source), "-o", str(missing / "out.jsonl")]) == 2
    assert f"there is no folder {missing} for" in capsys.readouterr().err
