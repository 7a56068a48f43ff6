from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rlvr import processes
from rlvr.processes import descendants, kill_descendants
from tests.waiting import LIMIT

# Three generations; each names itself as unhelpfully as it can.
FAMILY = """
import subprocess, sys
depth = int(sys.argv[1])
open("/proc/self/comm", "w").write(") 1 (")
if depth:
    subprocess.run([sys.executable, "-c", sys.argv[2], str(depth - 1), sys.argv[2]])
else:
    print("ready", flush=True)
sys.stdin.read()
"""


def test_all_generations_are_found_and_ended() -> None:
    command = [sys.executable, "-c", FAMILY, "2", FAMILY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(descendants(process.pid)) == 2
        assert set(descendants(process.pid)) < set(descendants(os.getpid()))
        kill_descendants(process.pid)
        assert process.poll() is None  # itself it spares
        assert process.stdin is not None
        process.stdin.close()
        process.wait(LIMIT)
    assert process.pid not in descendants(os.getpid())


def test_a_process_that_has_ended_has_none() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE
    )
    assert descendants(int(ended.stdout)) == []
    assert processes._parent(int(ended.stdout)) is None
    assert processes.state(int(ended.stdout)) == "Z"
    assert processes.state(os.getpid()) == "R"
    kill_descendants(int(ended.stdout))


def test_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert descendants(os.getpid()) == []
