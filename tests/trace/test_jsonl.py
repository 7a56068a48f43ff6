from __future__ import annotations

import errno
import json
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from rlvr.trace.jsonl import (
    append_rows,
    cut_back,
    read_rows,
    rollout_files,
    rollout_row,
    rollouts_path,
)
from rlvr.types import Rollout

MakeRollout = Callable[..., Rollout]


def test_a_rollout_as_a_row(make_rollout: MakeRollout) -> None:
    assert rollout_row(12, make_rollout(), 0.5, index=3) == {
        "step": 12,
        "index": 3,
        "task": "rational-000001",
        "family": "rational",
        "text": "Solve 3 - (3+y)/y = y.",
        "problem": {
            "equation": "3 - (3+y)/y = y",
            "unknown": None,
            "ask": "solutions",
            "domain": "real",
            "params": {"a": "a = 6"},
        },
        "completion": "y != 0\n\\boxed{\\text{no real solution}}",
        "token_ids": [7, 9],
        "rollout_logprob_mean": -0.375,
        "finish_reason": "stop",
        "policy_version": 4,
        "verdict": "correct",
        "reason": "equal",
        "answer": "{}",
        "expected": "{}",
        "domain": ["y != 0"],
        "evidence": ["the discriminant of y^2 - 2y + 3 is -8"],
        "reward": 1.2,
        "terms": {"correct": 1.0, "domain": pytest.approx(0.2)},
        "counted": True,
        "advantage": 0.5,
        "habits": {
            "domain_stated": True,
            "domain_first": False,
            "factoring": None,
            "quadratic_formula": None,
            "substitution_check": False,
            "excluded_value_answered": False,
        },
    }


def test_a_row_does_not_depend_on_the_clock(make_rollout: MakeRollout) -> None:
    slow, fast = make_rollout(elapsed_ms=900.0), make_rollout(elapsed_ms=0.1)
    assert rollout_row(1, slow, None) == rollout_row(1, fast, None)


def test_rows_are_plain_ascii_json(tmp_path: Path, make_rollout: MakeRollout) -> None:
    text = "\ud800 √2 \x1b[31m\u2028 \x00 \U0001d465 \\ud800"
    rollout = make_rollout(text, total=float("nan"), logprobs=(float("-inf"),))
    path = tmp_path / "new" / "rows.jsonl"
    append_rows(path, [rollout_row(1, rollout, float("inf"))] * 2)
    data = path.read_bytes()
    assert data.isascii()
    assert len(data.decode().splitlines()) == data.count(b"\n") == 2

    def no_constants(name: str) -> None:
        raise AssertionError(name)

    row = json.loads(data.splitlines()[0], parse_constant=no_constants)
    assert row["completion"] == text.replace("\ud800", "\\ud800")
    row["completion"].encode("utf-8")  # a strict reader takes it
    assert (row["reward"], row["advantage"], row["rollout_logprob_mean"]) == (None, None, None)


def test_floats_come_back_exactly(tmp_path: Path) -> None:
    values = [0.1, 1 / 3, 5e-324, -0.0, 1e308, 2.0]
    append_rows(tmp_path / "m", [{"values": values}])
    assert [v.hex() for v in next(read_rows(tmp_path / "m"))["values"]] == [v.hex() for v in values]


def test_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    append_rows(path, [{"step": 1}])
    size = path.stat().st_size
    append_rows(path, [{"step": 2}])
    cut_back(path, size)
    assert list(read_rows(path)) == [{"step": 1}]
    cut_back(path, size)
    with pytest.raises(ValueError, match=rf"m.jsonl has {size} bytes, .* had {size + 1}"):
        cut_back(path, size + 1)
    with pytest.raises(ValueError, match="has 0 bytes"):
        cut_back(tmp_path / "none", 1)
    cut_back(tmp_path / "none", 0)


def test_reading_skips_a_line_in_the_making_and_names_a_bad_one(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text('{"a": 1}\n{"a": 2')
    assert list(read_rows(path)) == [{"a": 1}]
    path.write_text('{"a": 1}\n{"a": \n{"a": 3}\n')
    with pytest.raises(ValueError, match=r"m\.jsonl, line 2: not a row of JSON"):
        list(read_rows(path))


def test_rollout_files_are_in_the_order_of_steps(tmp_path: Path) -> None:
    for step in (1_000_000, 20, 3):
        append_rows(rollouts_path(tmp_path, step), [{}])
    assert list(rollout_files(tmp_path)) == [3, 20, 1_000_000]
    assert rollout_files(tmp_path)[3].name == "step-000003.jsonl"
    assert rollout_files(tmp_path / "none") == {}


def test_a_full_disk_leaves_the_rows_before_it(tmp_path: Path) -> None:
    """A limit on file sizes, in a process of its own, stands in for the disk."""
    path = tmp_path / "m.jsonl"
    append_rows(path, [{"step": 1}])
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            append_rows(path, [{"step": 2, "text": "x" * 5000}])
        except OSError as error:
            os._exit(error.errno or 0)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == errno.EFBIG
    assert path.read_text() == '{"step": 1}\n'


def test_a_full_disk_says_which_file() -> None:
    with pytest.raises(OSError, match="cannot write /dev/full") as caught:
        append_rows(Path("/dev/full"), [{"step": 1}])
    assert caught.value.errno == errno.ENOSPC
