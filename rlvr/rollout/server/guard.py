"""Runs a command until it ends, or its parent does; then its whole process group ends.

    python guard.py PARENT COMMAND...

So nothing that a server started outlives the learner, however that ended: it is the id of the
parent that is watched, which the system changes when the parent is gone. Standard library only: it
starts in milliseconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

POLL_SECONDS = 0.1
GRACE_SECONDS = 10.0


def main(parent: int, command: list[str]) -> None:
    stopped = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)

    signal.signal(signal.SIGTERM, stop)
    child = subprocess.Popen(command)
    while child.poll() is None and os.getppid() == parent and not stopped:
        time.sleep(POLL_SECONDS)
    if child.returncode is not None:
        print(f"the server ended by itself with exit code {child.returncode}", flush=True)
    else:
        os.killpg(0, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    os.killpg(0, signal.SIGKILL)  # what the command left behind, and this process


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
