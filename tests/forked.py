"""``rlvr ARGUMENTS`` in processes forked off one that has torch, transformers and vLLM already.

Importing them is half of the time of a small run. Each is a process of its own, which prints, is
killed and ends as one that was started by its name; ``test_run.py`` starts one so, too.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.waiting import LIMIT

ROOT = Path(__file__).parent.parent
_server: subprocess.Popen[str] | None = None


class Forked:
    """As much of ``subprocess.Popen`` as the tests use; what it prints goes to a file."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self.returncode: int | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="forked"))
        order = {
            "arguments": list(arguments),
            "environment": environment,
            "output": str(self._folder / "output"),
            "status": str(self._folder / "status"),
        }
        server = _running_server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        self.pid = int(server.stdout.readline())

    def poll(self) -> int | None:
        status = self._folder / "status"
        if self.returncode is None and status.exists():
            self.returncode = int(status.read_text())
        return self.returncode

    def communicate(self, timeout: float = LIMIT) -> tuple[str, None]:
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"rlvr, process {self.pid}", timeout)
            time.sleep(0.01)
        return (self._folder / "output").read_text(), None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _running_server() -> subprocess.Popen[str]:
    """One for all tests of this process."""
    global _server
    if _server is None:
        _server = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"], cwd=ROOT, text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},  # read when torch is imported
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        atexit.register(_server.kill)
    return _server


def main() -> None:
    import tests.warm  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes in between
    for line in sys.stdin:
        if os.fork() == 0:
            _watched(**json.loads(line))


def _watched(arguments: list[str], environment: dict[str, str], output: str, status: str) -> None:
    """Run it in a child, tell its number, and leave its status in a file that is then whole."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _run(arguments, environment, output)
    print(pid, flush=True)
    _, code = os.waitpid(pid, 0)
    Path(status + ".tmp").write_text(str(os.waitstatus_to_exitcode(code)))
    Path(status + ".tmp").rename(status)
    os._exit(0)


def _run(arguments: list[str], environment: dict[str, str], output: str) -> None:
    from rlvr import cli

    with open(os.devnull) as nothing, open(output, "w") as file:
        os.dup2(nothing.fileno(), 0)
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    # What importing our engine has set would be set there again.
    ours = {name: value for name, value in os.environ.items() if name.startswith("VLLM_")}
    os.environ.clear()
    os.environ.update(environment | ours)
    tempfile.tempdir = None  # may have been looked up with the server's environment
    sys.argv = ["rlvr", *arguments]
    cli.main()  # leaves by SystemExit


if __name__ == "__main__":
    main()
