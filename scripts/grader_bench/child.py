"""A child process that answers lines with lines, watched from outside: wall time and memory."""

from __future__ import annotations

import selectors
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reply:
    """``text`` is None where ``end`` says how it ended: ``hang`` or ``crash``.

    ``memory_mb`` is the largest resident memory of the process so far.
    """

    text: str | None
    seconds: float
    memory_mb: float
    end: str | None = None


class Child:
    """A command that prints a line when it is ready, then one for each line that it is given.

    One that is silent for ``patience`` seconds is killed. After that or a crash, the next question
    starts another.
    """

    def __init__(self, command: Sequence[str], patience: float) -> None:
        self._command = list(command)
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, line: str) -> Reply:
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        start = time.perf_counter()
        try:
            process.stdin.write(line.encode() + b"\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            text = self._read()
        except (BrokenPipeError, EOFError):
            return self._ended("crash", start)
        except TimeoutError:
            return self._ended("hang", start)
        return Reply(text, time.perf_counter() - start, peak_mb(process.pid))

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=-1,
        )
        self._read()

    def _read(self) -> str:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(self._patience):
                raise TimeoutError
        line = process.stdout.readline()  # lines are written whole
        if not line:
            raise EOFError
        return line.decode()

    def _ended(self, end: str, start: float) -> Reply:
        assert self._process is not None
        seconds, memory = time.perf_counter() - start, peak_mb(self._process.pid)
        self.close()
        return Reply(None, seconds, memory, end)


def peak_mb(pid: int) -> float:
    """The most memory that a process had resident; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
