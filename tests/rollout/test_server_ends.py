"""Nothing outlives the process that it was started for: no server, no file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import rlvr
from rlvr.processes import PROC
from rlvr.rollout.server import guard
from tests.waiting import LIMIT, wait_until

PARENT = """
import os, subprocess, sys
guard, *command = sys.argv[1:]
guarded = [sys.executable, "-I", guard, str(os.getpid()), *command]
process = subprocess.Popen(guarded, start_new_session=True)
print(process.pid, flush=True)
process.wait()
"""
# A server with a child of its own, which ignores a polite request to end.
SERVER = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
child = subprocess.Popen([sys.executable, "-c", "import signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\nprint('up', flush=True)\\ntime.sleep(600)"])
child.wait()
"""


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("victim", ["parent", "server", "guard is asked"])
def test_nothing_is_left_whoever_is_killed(victim):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, guard.__file__, sys.executable, "-c", SERVER],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    group = 0
    try:
        group = int(parent.stdout.readline())
        assert parent.stdout.readline() == "up\n"
        if victim == "parent":
            parent.kill()
        elif victim == "server":
            (server,) = children(group)
            os.kill(server, signal.SIGKILL)
        else:
            os.kill(group, signal.SIGTERM)
        parent.wait(LIMIT)
        wait_until(lambda: group_is_gone(group))
    finally:
        parent.kill()
        parent.communicate()
        if group:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


OWNER = """
import time
from rlvr.rollout.server.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "weights").write_text("large")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_folder_goes_with_its_owner_however_that_ends(number):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(rlvr.__path__[0]).parent)},
    )
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    assert (folder / "weights").exists()
    (sweeper,) = children(owner.pid)
    owner.send_signal(number)
    owner.communicate()
    wait_until(lambda: not folder.exists())
    wait_until(lambda: not (PROC / str(sweeper)).exists())


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
