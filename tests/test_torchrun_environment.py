from __future__ import annotations

import os
import signal
import subprocess
import sys

from rlvr.processes import state
from rlvr.torchrun import without_ranks
from tests.waiting import wait_until

OF_TORCHRUN = {
    "RANK": "0",
    "LOCAL_RANK": "0",
    "WORLD_SIZE": "2",
    "MASTER_PORT": "1",
    "GROUP_RANK": "0",
    "ROLE_NAME": "default",
    "TORCHELASTIC_USE_AGENT_STORE": "True",
}
# A process of torchrun's kind, and a rank that says its id and stays.
RANK = "import os, time; from rlvr.torchrun import end_with_torchrun as end; end(); print(os.getpid(), flush=True); time.sleep(600)"  # noqa: E501
AGENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def test_a_process_that_is_no_rank_sees_nothing_of_torchrun():
    others = {"HOME": "/h", "LOCAL_SCRATCH": "/s"}
    assert without_ranks(OF_TORCHRUN | others) == others
    alone = {"HOME": "/h", "MASTER_PORT": "1"}  # of somebody else
    assert without_ranks(alone) == alone


def test_a_rank_ends_when_torchrun_is_killed():
    agent = subprocess.Popen(
        [sys.executable, "-c", AGENT, RANK], text=True, stdout=subprocess.PIPE,
        env=os.environ | {"TORCHELASTIC_RUN_ID": "x"},
    )  # fmt: skip
    assert agent.stdout
    rank = int(agent.stdout.readline())
    agent.kill()
    agent.wait()
    try:
        wait_until(lambda: state(rank) == "Z")
    finally:
        if state(rank) != "Z":
            os.kill(rank, signal.SIGKILL)
