from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rlvr import memory, processes
from rlvr.memory import peak_memory_mb
from rlvr.processes import descendants

HOLD = """
import sys, time
block = bytearray(b"x" * 80_000_000)
del block
print("ready", flush=True)
sys.stdin.read()
"""
NEST = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {HOLD!r}], check=True)
"""


@contextmanager
def holder() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose own child has held 80 MB, and has given them back."""
    process = subprocess.Popen(
        [sys.executable, "-c", NEST], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_counts_what_grandchildren_have_held() -> None:
    before = peak_memory_mb()  # other tests of this process may have left some at work
    with holder() as process:
        assert process.pid in descendants(os.getpid())
        assert 80 < peak_memory_mb() - before < 500


def test_a_peak_stays_after_the_memory_is_given_back() -> None:
    code = (
        "from rlvr.memory import peak_memory_mb as peak; before = peak();"
        "block = bytearray(b'x' * 100_000_000); del block; print(peak() - before)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert 95 < float(result.stdout) < 220  # the literal and the copy


def test_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    expected = peak_memory_mb()
    monkeypatch.setattr(memory, "PROC", tmp_path)
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert peak_memory_mb() == pytest.approx(expected, rel=0.5)


def test_a_process_that_has_ended_holds_nothing() -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE
    )
    assert memory._high_water_kb(int(process.stdout)) is None
