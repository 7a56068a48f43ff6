"""Run a command as on a machine that stands still now and then, to find what goes by the clock.

    python scripts/shake.py -- python -m pytest -n 3 --dist loadfile tests/rollout
    python scripts/shake.py --still 150 --every 600 -- python -m pytest -n 3 --dist loadfile

One process of the command at a time is stopped for some moments and goes on, so that processes
meet in every order. With ``--still`` all of them stand still for so many seconds, once in
``--every`` seconds, as on a machine that is moved, or lent to others. A process that something else
has stopped is left alone. The exit status is the command's. Linux only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from random import Random

from rlvr.processes import descendants, state

MOMENTS = (0.05, 0.1, 0.3, 0.8, 2.5)  # seconds that one process is stopped for
PAUSE = 0.4  # seconds from one stop to the next, at most


@contextmanager
def stopped(pids: Iterable[int]) -> Iterator[None]:
    """Meanwhile these processes stand still."""
    ours: list[int] = []
    try:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                ours.append(pid)
        yield
    finally:
        for pid in ours:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def at_work(pid: int) -> list[int]:
    """A process and all below it, but for those that have ended or that something has stopped."""
    return [each for each in (pid, *descendants(pid)) if state(each) in "RSD"]


def shake(command: list[str], still: float, every: float, rng: Random) -> int:
    """The exit status of the command, which is shaken as long as it runs."""
    process = subprocess.Popen(command)
    num_stops, last = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(rng.uniform(0, PAUSE))
        pids = at_work(process.pid)
        if still and time.monotonic() - last > every:
            print(f"[shake] all stand still for {still:g} s", file=sys.stderr, flush=True)
            with stopped(pids):
                time.sleep(still)
            last = time.monotonic()
        elif pids:
            with stopped([rng.choice(pids)]):
                time.sleep(rng.choice(MOMENTS))
            num_stops += 1
    print(f"[shake] {num_stops} stops", file=sys.stderr)
    return process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--still", type=float, default=0, help="seconds; 0: never (the default)")
    parser.add_argument("--every", type=float, default=600, help="seconds (600)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("command", nargs="+", help="behind --")
    options = parser.parse_args()
    if options.still < 0 or options.every <= 0:
        parser.error("accepted: 0 or more seconds for --still, more than 0 for --every")
    if shutil.which(options.command[0]) is None:
        parser.error(f"{options.command[0]} is no command that can be run")
    sys.exit(shake(options.command, options.still, options.every, Random(options.seed)))


if __name__ == "__main__":
    main()
