"""A file of answers -> a file of verdicts, a line each, in order; no line stops the run."""

from __future__ import annotations

import fcntl
import gzip
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from verifiers.pool import Limits, Pool
from verifiers.record import (
    Graded,
    TracedLine,
    grade_line,
    graded,
    identifier_of,
    record,
    without_trace,
)
from verifiers.report import Meter, Summary
from verifiers.resume import resume
from verifiers.sources import open_source
from verifiers.types import Verdict

__all__ = ["grade_file", "grade_line", "grade_lines", "record"]

WINDOW_LINES = 512
WINDOW_CHARACTERS = 8 << 20
WINDOWS = 4  # in work at once: so much is in memory, and so much is judged anew after a kill
# What a line is about, where it can be seen without reading it: lines that share it go together.
_ABOUT = re.compile(r'"(?:equation|problem|gold)"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\])')


def grade_file(
    source: str,
    target: str,
    *,
    jobs: int | None = None,
    limits: Limits | None = None,
    restart: bool = False,
    steps: bool = False,
) -> Summary:
    """Grades ``source`` line by line into ``target`` and counts the verdicts.

    ``-`` is standard input or output; names that end in ``.gz`` are compressed, ``.parquet`` is
    read. Where ``target`` holds the verdicts of the first lines already, the others are added,
    unless ``restart``. With ``steps`` every record has a ``trace`` (see ``check_steps``), null
    where there is no working, or where checking it went over the limits. Ctrl-C ends it with what
    was judged so far written. Raises ``ValueError`` where ``target`` does not fit ``source``, and
    ``OSError``.
    """
    _check_target(source, target)
    summary = Summary()
    start = time.monotonic()
    with open_source(source) as read, Pool(jobs, limits) as pool:
        lines: Iterator[str] = map(TracedLine, read.lines) if steps else read.lines
        path = Path(target)
        if target != "-" and not restart and path.exists() and path.stat().st_size:
            summary.resumed = resume(path, lines, lambda some: _judge(pool, some), steps)
        with _open_target(target, "w" if restart else "a") as out:
            meter = Meter(read.share)
            try:
                _grade_windows(lines, pool, summary, meter, out)
            except KeyboardInterrupt:
                summary.interrupted = True
            finally:
                meter.close()
    summary.seconds = time.monotonic() - start
    return summary


def grade_lines(lines: Iterable[str]) -> Iterator[tuple[object, Verdict]]:
    """The id and the verdict of each line that is not blank, judged in this process."""
    for line in lines:
        if line.strip():
            yield grade_line(line)


def _grade_windows(
    lines: Iterator[str], pool: Pool, summary: Summary, meter: Meter, out: IO[str]
) -> None:
    pending: deque[tuple[Sequence[str], Future[list[Any]]]] = deque()

    def write(is_due: Callable[[Future[list[Any]]], bool]) -> None:
        while pending and is_due(pending[0][1]):
            window, future = pending[0]
            results = _results(pool, window, future.result())
            pending.popleft()
            out.write("".join(each.text + "\n" for each in results))
            out.flush()
            for each in results:
                summary.add(each)
            meter.show(summary)

    try:
        for window in _windows(lines):
            pending.append((window, _submit(pool, window)))
            write(lambda future: future.done() or len(pending) >= WINDOWS)
        write(lambda _: True)
    except KeyboardInterrupt:
        write(lambda future: future.done())
        raise


def _windows(lines: Iterator[str]) -> Iterator[list[str]]:
    window: list[str] = []
    size = 0
    for line in lines:
        window.append(line)
        size += len(line)
        if len(window) >= WINDOW_LINES or size >= WINDOW_CHARACTERS:
            yield window
            window, size = [], 0
    if window:
        yield window


def _submit(pool: Pool, lines: Sequence[str]) -> Future[list[Any]]:
    found = map(_ABOUT.search, lines)
    return pool.submit(lines, [match[1] if match else None for match in found])


def _results(pool: Pool, lines: Sequence[str], results: list[Any]) -> list[Graded]:
    """Where a worker was lost there is a bare verdict: its line was not written.

    Where it was lost to a trace, the line is judged without one: whether steps are checked must
    not change a verdict.
    """
    lost = [line for line, result in zip(lines, results, strict=True) if _was_lost(line, result)]
    untraced = iter(_judge(pool, [str(line) for line in lost]) if lost else ())
    return [
        without_trace(next(untraced))
        if _was_lost(line, result)
        else graded(identifier_of(line), result)
        if isinstance(result, Verdict)
        else result
        for line, result in zip(lines, results, strict=True)
    ]


def _was_lost(line: str, result: Any) -> bool:
    return isinstance(line, TracedLine) and isinstance(result, Verdict)


def _judge(pool: Pool, lines: Sequence[str]) -> list[Graded]:
    return _results(pool, lines, _submit(pool, lines).result())


def _check_target(source: str, target: str) -> None:
    if target.endswith(".parquet"):
        raise ValueError(f"{target}: verdicts are JSON lines; accepted: .jsonl, .jsonl.gz or -")
    paths = [Path(name) for name in (source, target) if name != "-"]
    if len(paths) == 2 and all(path.exists() for path in paths) and paths[0].samefile(paths[1]):
        raise ValueError(f"{target} is the source itself")
    if target != "-" and not Path(target).parent.is_dir():
        raise FileNotFoundError(f"there is no folder {Path(target).parent} for {target}: make it")


@contextmanager
def _open_target(name: str, mode: str) -> Iterator[IO[str]]:
    if name == "-":
        yield sys.stdout
        return
    opener: Any = gzip.open if name.endswith(".gz") else open
    with opener(Path(name), mode + "t", encoding="utf-8", newline="\n") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(f"{name} is being written by another run") from error
        yield file
