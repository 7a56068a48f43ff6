"""``grade``: every kind of source, and going on where a run was stopped."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.verifiers.traps import Trap
from tests.waiting import LIMIT, wait_until
from verifiers import Limits
from verifiers.cli import main
from verifiers.grade import grade_file, grade_line
from verifiers.record import MAX_LINE
from verifiers.report import Meter, Summary, clock
from verifiers.sources import open_source

ROOT = Path(__file__).parents[2]
ANSWERS = ["2, 3", "2", "∅", "x ="]


def records(count: int) -> list[dict[str, Any]]:
    return [
        {"id": n, "equation": f"{n % 7} - ({n % 7}+x)/x = x", "answer": ANSWERS[n % 4]}
        for n in range(count)
    ]


def write(path: Path, fields: list[dict[str, Any]]) -> str:
    text = "".join(json.dumps(each) + "\n" for each in fields)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return str(path)


def read(path: Path | str) -> list[dict[str, Any]]:
    data = Path(path).read_bytes()
    text = (gzip.decompress(data) if str(path).endswith(".gz") else data).decode()
    return [without_time(json.loads(line)) for line in text.splitlines()]


def without_time(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "elapsed_ms"}


@pytest.fixture(params=["", ".gz"])
def out(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return tmp_path / f"out.jsonl{request.param}"


def cut(path: Path, count: int, torn: bytes = b"") -> None:
    """What a run that was killed leaves: some lines, and the beginning of one."""
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    kept = b"".join(text.splitlines(keepends=True)[:count]) + torn
    if path.suffix != ".gz":
        path.write_bytes(kept)
    else:
        whole = gzip.compress(kept)
        path.write_bytes(whole[:-5] if torn else whole)


@pytest.mark.parametrize("jobs", [1, 3])
def test_more_than_a_window(tmp_path: Path, out: Path, jobs: int) -> None:
    fields = records(2_300)
    summary = grade_file(write(tmp_path / "in.jsonl", fields), str(out), jobs=jobs)
    assert [each["id"] for each in read(out)] == list(range(2_300))
    assert summary.total == 2_300
    _, verdict = grade_line(json.dumps(fields[5]))
    assert read(out)[5]["evidence"] == list(verdict.evidence)


@pytest.mark.parametrize("torn", [b"", b'{"id": 4', b'{"id": 3, "verdict": "corr'])
@pytest.mark.parametrize("count", [0, 1, 30, 90, 100])
def test_it_goes_on_where_it_was(tmp_path: Path, out: Path, count: int, torn: bytes) -> None:
    source = write(tmp_path / "in.jsonl", records(100))
    grade_file(source, str(out), jobs=1)
    expected = read(out)
    cut(out, count, torn)
    summary = grade_file(source, str(out), jobs=1)
    assert read(out) == expected
    assert (summary.resumed, summary.total) == (count, 100 - count)


def test_a_kill_at_any_byte_of_a_compressed_file(tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.jsonl", records(40)), tmp_path / "out.jsonl.gz"
    grade_file(source, str(out), jobs=1)
    expected, data = read(out), out.read_bytes()
    for size in range(1, len(data), len(data) // 7):
        out.write_bytes(data[:size])
        grade_file(source, str(out), jobs=1)
        assert read(out) == expected


def test_a_finished_file_is_left_alone(tmp_path: Path, out: Path) -> None:
    source = write(tmp_path / "in.jsonl", records(20))
    grade_file(source, str(out), jobs=1)
    before = out.read_bytes()
    assert grade_file(source, str(out), jobs=1).total == 0
    assert out.read_bytes().startswith(before)
    assert read(out) == [without_time(each) for each in read(out)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: [{**f[0], "id": "other"}, *f[1:]], "line 1: id 0, but the source has 'other'"),
        (lambda f: f[:5], "more lines than the source"),
        (lambda f: [*f[:3], *f[4:]], "line 4: id 3, but the source has 4"),
        (lambda f: [*f[:-1], {**f[-1], "answer": "17"}], "but the source gives"),
    ],
)
def test_a_file_of_another_source_is_not_touched(
    tmp_path: Path, out: Path, change: Any, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = records(20)
    grade_file(write(tmp_path / "in.jsonl", fields), str(out), jobs=1)
    before = out.read_bytes()
    other = write(tmp_path / "other.jsonl", change(fields))
    with pytest.raises(ValueError, match=message):
        grade_file(other, str(out), jobs=1)
    assert out.read_bytes() == before
    assert main(["grade", other, "-o", str(out), "--jobs", "1"]) == 2
    assert "--restart" in capsys.readouterr().err
    grade_file(other, str(out), jobs=1, restart=True)
    assert [each["id"] for each in read(out)] == [each["id"] for each in change(fields)]


@pytest.mark.parametrize("text", ["hello\n", "{}\n", '{"id": 0, "verdict": "correct"}\n', "\n\n"])
def test_a_file_of_something_else_is_not_touched(tmp_path: Path, text: str) -> None:
    source, out = write(tmp_path / "in.jsonl", records(3)), tmp_path / "notes.txt"
    out.write_text(text)
    with pytest.raises(ValueError, match="line 1 is no verdict"):
        grade_file(source, str(out), jobs=1)
    assert out.read_text() == text


def test_targets_that_are_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", records(3))
    with pytest.raises(ValueError, match="is the source itself"):
        grade_file(source, source)
    with pytest.raises(ValueError, match=r"accepted: .jsonl"):
        grade_file(source, str(tmp_path / "out.parquet"))


def test_parquet(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [
        {"id": 1, "equation": ["x^2 = 4"], "answer": "±2", "params": None, "gold": None},
        {"id": 2, "equation": ["a x = 4"], "answer": "2", "params": {"a": "a = 2", "b": None},
         "gold": None},
        {"id": 3, "equation": None, "answer": "2", "params": None, "gold": "3"},
    ]  # fmt: skip
    path, out = tmp_path / "in.parquet", tmp_path / "out.jsonl"
    parquet.write_table(arrow.Table.from_pylist(rows), path)
    grade_file(str(path), str(out), jobs=1)
    assert [each["verdict"] for each in read(out)] == ["correct", "correct", "incorrect"]
    (tmp_path / "bad.parquet").write_text("no parquet")
    with pytest.raises(ValueError, match="is no parquet file"):
        grade_file(str(tmp_path / "bad.parquet"), str(out))


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    source = tmp_path / "in.parquet"
    source.touch()
    with pytest.raises(ValueError, match=r"pip install 'rlvr\[parquet\]'"):
        grade_file(str(source), "-")


def test_standard_input_and_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(json.dumps(each) + "\n" for each in records(5))
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert main(["grade", "-", "--jobs", "1"]) == 0
    printed = capsys.readouterr()
    assert [json.loads(line)["id"] for line in printed.out.splitlines()] == list(range(5))
    assert "5 answers" in printed.err


def test_odd_lines(tmp_path: Path) -> None:
    line = json.dumps(records(1)[0]).encode()
    huge = b'{"answer": "' + b"a" * (2 * MAX_LINE) + b'"}'
    data = b"\xef\xbb\xbf" + b"\r\n".join([line, b"", b"  ", b"\xff\xfe", huge, b"\x00", line])
    (tmp_path / "in.jsonl").write_bytes(data)
    out = tmp_path / "out.jsonl"
    grade_file(str(tmp_path / "in.jsonl"), str(out), jobs=1)
    verdicts = [each["verdict"] for each in read(out)]
    assert verdicts == ["incorrect", "undecided", "undecided", "undecided", "incorrect"]
    with open_source(str(tmp_path / "in.jsonl")) as source:
        assert max(map(len, source.lines)) <= MAX_LINE + 2


def test_lines_that_do_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # no two ask the same: what hangs once is not tried again
    fields = [{**each, "equation": f"x + {each['id']} = 3"} for each in records(30)]
    source, out = write(tmp_path / "in.jsonl", fields), tmp_path / "out.jsonl"
    harms = {3: "hang", 11: "exit", 12: "eat", 29: "kill"}

    def with_traps(lines: Iterator[str]) -> Iterator[list[str]]:
        yield [Trap(line, harms[n]) if n in harms else line for n, line in enumerate(lines)]

    monkeypatch.setattr("verifiers.grade._windows", with_traps)
    grade_file(source, str(out), jobs=2, limits=Limits(timeout_ms=1500))
    found = read(out)
    assert [each["id"] for each in found] == list(range(30))
    expected = dict.fromkeys(harms, "worker_died") | {3: "out_of_time", 12: "out_of_memory"}
    assert {n: each["reason"] for n, each in enumerate(found) if n in harms} == expected
    assert all(found[n]["verdict"] == "undecided" for n in harms)
    for n, each in enumerate(fields):
        if n not in harms:
            assert found[n]["verdict"] == grade_line(json.dumps(each))[1].verdict


def test_ctrl_c_saves_and_the_same_command_goes_on(tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.jsonl", records(400_000)), tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "verifiers", "grade", source, "-o", str(out), "--jobs", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: out.exists() and out.stat().st_size, pause=0.01)
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    process.send_signal(signal.SIGINT)
    assert (
        "interrupted: the same command goes on from here" in process.communicate(timeout=LIMIT)[1]
    )
    assert process.returncode == 130
    assert second.returncode == 2  # two runs into one file
    done = len(read(out))
    assert 0 < done < 400_000
    assert out.read_bytes().endswith(b"\n")
    os.truncate(source, sum(len(json.dumps(each)) + 1 for each in records(done + 100)))
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"{done:,} more were there from an earlier run" in finished.stderr
    assert [each["id"] for each in read(out)] == list(range(done + 100))


# What a person sees


class Stream(io.StringIO):
    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: is_terminal  # type: ignore[method-assign]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_meter(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("verifiers.report.time.monotonic", lambda: now[0])
    share = [0.0]
    stream = Stream(is_terminal)
    meter = Meter(lambda: share[0], stream)
    summary = Summary(resumed=10)
    meter.show(summary)
    assert stream.getvalue() == ""
    now[0], share[0] = 120.0, 0.25
    meter.show(summary)
    meter.close()
    assert "25%, 10 graded" in stream.getvalue()
    assert "1:00 left" in stream.getvalue()
    assert ("\r" in stream.getvalue()) == is_terminal


def test_the_clock() -> None:
    assert [clock(5), clock(65), clock(3_725)] == ["0:05", "1:05", "1:02:05"]
