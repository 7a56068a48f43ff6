"""A worker process: reads chunks of tasks, judges them one by one, writes the results.

Its life is the pipe: it ends when the pool closes it. An exception ends it too; the pool says so.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from time import monotonic
from typing import Any

from verifiers.pool.clock import worked
from verifiers.pool.frames import FrameBuffer, Progress, pack_frame
from verifiers.record import record_line
from verifiers.request import Request, judge
from verifiers.types import Verdict

FLUSH_SECONDS = 0.005  # results wait no longer than this, and than the item in work
ORPHAN_SECONDS = 30.0  # of work, after its limits, that end a worker whose pool was killed
VERDICT_FIELDS = tuple(Verdict.__dataclass_fields__)
_verdict_fields = attrgetter(*VERDICT_FIELDS)


def main(progress_descriptor: int, memory_mb: int, timeout_ms: float) -> None:
    """Serve the pool at standard input until it closes it."""
    source, target = 0, os.dup(1)
    os.dup2(2, 1)  # whatever prints, prints to standard error
    limit_memory(memory_mb)
    progress = Progress(progress_descriptor)
    frames = FrameBuffer()
    while data := os.read(source, 1 << 20):
        for tasks in frames.feed(data):
            _run(tasks, progress, target, 2 * timeout_ms / 1000 + ORPHAN_SECONDS)


def limit_memory(memory_mb: int) -> None:
    """Let allocations beyond this fail (where the system can), and leave no core file."""
    import resource

    with contextlib.suppress(ValueError, OSError):  # not on this system, or a lower limit holds
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(tasks: list[Any], progress: Progress, target: int, orphaned: float) -> None:
    results: list[Any] = []
    flushed = monotonic()
    for index, task in enumerate(tasks):
        progress.set(index, False, worked())
        signal.setitimer(signal.ITIMER_PROF, orphaned)  # ends the process, inside flint too
        results.append(_result(task, partial(_answer_begins, progress, index)))
        now = monotonic()
        if now - flushed > FLUSH_SECONDS:
            _write(target, pack_frame(results))
            results, flushed = [], now
    if results:
        _write(target, pack_frame(results))


def _answer_begins(progress: Progress, index: int) -> None:
    progress.set(index, True, worked())


def _result(task: Any, on_prepared: Callable[[], None]) -> Any:
    """A line of JSON for a line of JSON; the fields of a verdict for a request."""
    if isinstance(task, str):
        return record_line(task, on_prepared)
    assert isinstance(task, Request)
    return _verdict_fields(judge(task, on_prepared))


def _write(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
