"""Checks the traces of many completions, each different one once, in several processes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from rlvr.progress import Progress
from rlvr.trace.traced import with_trace

Row = dict[str, Any]
_PORTION = 16  # completions handed to a process at once


def trace_key(row: Row) -> str:
    """What a trace depends on."""
    return json.dumps([row["problem"], row["completion"]])


def check_traces(rows: Iterable[Row], jobs: int | None = None) -> None:
    """Puts a ``trace`` into every row, with progress shown; one that a row has is kept."""
    waiting: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("trace") is None:
            waiting.setdefault(trace_key(row), []).append(row)
    if not waiting:
        return
    portions = [
        {"problem": alike[0]["problem"], "completion": alike[0]["completion"]}
        for alike in waiting.values()
    ]
    # Not "with": leaving it on Ctrl-C would wait for all that was handed out.
    pool = ProcessPoolExecutor(max_workers=jobs or os.cpu_count())
    try:
        found = pool.map(with_trace, portions, chunksize=_PORTION)
        with Progress("checking traces", len(portions)) as progress:
            for alike, checked in zip(waiting.values(), found, strict=True):
                for row in alike:
                    row["trace"] = checked["trace"]
                progress.advance()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
