"""Removes a folder when its owner, the parent process, has ended without doing so.

    python sweep.py PARENT FOLDER

It holds the weights, which are large. Standard library only: it starts in milliseconds.
"""

from __future__ import annotations

import os
import shutil
import sys
import time

POLL_SECONDS = 0.5
ENDING_SECONDS = 30.0  # for servers that end meanwhile, and may still write into it


def main(parent: int, folder: str) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    deadline = time.monotonic() + ENDING_SECONDS
    while os.path.isdir(folder) and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
