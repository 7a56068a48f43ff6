"""A worker process, seen from the pool: start it, have it judge a chunk, end it when it must."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO, Any

from verifiers.pool.clock import worked
from verifiers.pool.frames import FrameBuffer, Progress, State, pack_frame
from verifiers.pool.limits import Limits
from verifiers.types import Reason

START_SECONDS = 60.0
STALLED_SECONDS = 300.0  # and ten times the limit: of wall time, for one that waits, not works
_LOOK_SECONDS = 0.05  # between looks at a worker that is still starting
_MESSAGE_BYTES = 4_000
# Not a fork, whose locks may be held, and not multiprocessing's spawn, which imports the main
# module of the user, and torch with it: a bare interpreter that finds what this one finds.
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from verifiers.pool.worker import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))"
)
_HOME = str(Path(__file__).resolve().parents[2])  # the folder that holds this package


class WorkerLostError(RuntimeError):
    """The worker ended or was ended; ``state`` says at what, ``reason`` is that of a verdict."""

    def __init__(self, reason: Reason, state: State, elapsed_ms: float, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.state = state
        self.elapsed_ms = elapsed_ms


@dataclass(slots=True, eq=False)
class Worker:
    """``run`` is called by one thread at a time; ``stop`` by any."""

    limits: Limits
    _process: subprocess.Popen[bytes]
    _progress: Progress
    _messages: IO[bytes]
    _frames: FrameBuffer

    @staticmethod
    def start(limits: Limits) -> Worker:
        if not sys.executable:
            raise RuntimeError("sys.executable is not set: no worker process can be started")
        progress = Progress()
        messages = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the worker)
        places = [_HOME, *(place for place in sys.path if place != _HOME)]
        numbers = (progress.descriptor, limits.memory_mb, limits.timeout_ms)
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", _BOOT, json.dumps(places), *map(str, numbers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            bufsize=0,
            pass_fds=[progress.descriptor],
            process_group=0,  # Ctrl-C is for the one who reads the results
        )
        return Worker(limits, process, progress, messages, FrameBuffer())

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(self, tasks: Sequence[Any]) -> Iterator[Any]:
        """The results, in order; raises ``WorkerLostError``, and the worker is gone then."""
        self._progress.set(-1, False, 0.0)
        assert self._process.stdin is not None
        data = memoryview(pack_frame(list(tasks)))
        try:
            while data:
                data = data[self._process.stdin.write(data) :]
        except (BrokenPipeError, ValueError) as error:  # it ended, or was stopped
            raise self._lost() from error
        received = 0
        while received < len(tasks):
            for results in self._frames.feed(self._read()):
                received += len(results)
                yield from results

    def stop(self) -> None:
        """End it at once; ``run`` then raises in the thread that waits for it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """End it and give back what it held."""
        self.stop()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends only: in a forked child the process is the parent's."""
        for pipe in (self._process.stdin, self._process.stdout, self._messages):
            assert pipe is not None
            pipe.close()
        self._progress.close()

    def _read(self) -> bytes:
        """What the worker wrote; waits no longer than the item in work may take."""
        assert self._process.stdout is not None
        poll = select.poll()
        poll.register(self._process.stdout, select.POLLIN)
        while True:
            state = self._progress.get()
            left = self._seconds_left(state)
            wait = left if state.item >= 0 else min(left, _LOOK_SECONDS)
            if poll.poll(max(wait, 0) * 1000 + 1):
                data = self._process.stdout.read(1 << 20)
                if not data:
                    raise self._lost()
                return bytes(data)
            if left <= 0 and self._progress.get() == state:
                self._process.kill()
                raise self._lost(state)

    def _seconds_left(self, state: State) -> float:
        """For the item in work, or for the start."""
        waited = monotonic() - state.since
        if state.item < 0:
            return START_SECONDS - waited
        allowed = self.limits.timeout_ms / 1000
        try:
            left = allowed - (worked(self.pid) - state.worked)
        except OSError:  # it has ended, or this system does not tell
            return allowed - waited
        return min(left, STALLED_SECONDS + 10 * allowed - waited)

    def _lost(self, too_long: State | None = None) -> WorkerLostError:
        """What became of the worker, once it has ended; ``too_long``: for what it was killed."""
        status = self._process.wait()
        state = self._progress.get()
        elapsed = monotonic() - state.since
        reason = Reason.OUT_OF_TIME if too_long else None
        if too_long and state != too_long:
            reason = None  # it went on to the next item before it was killed: nobody's fault
            state = state._replace(item=-1, answered=False)
        message = self._message()
        if reason is None:
            out_of_memory = "MemoryError" in message or "allocate memory" in message
            reason = Reason.OUT_OF_MEMORY if out_of_memory else Reason.WORKER_DIED
        self.forget()
        last = message.strip().rpartition("\n")[2][:200]
        return WorkerLostError(reason, state, elapsed * 1000, last or f"exit status {status}")

    def _message(self) -> str:
        self._messages.seek(0, os.SEEK_END)
        self._messages.seek(max(self._messages.tell() - _MESSAGE_BYTES, 0))
        return self._messages.read().decode(errors="replace")
