"""Checks the traces of many completions, each different one once, in several processes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from rlvr.progress import Progress
from rlvr.report.marks import checker, trace_of

Row = dict[str, Any]
_PORTION = 16  # completions handed to a process at once


def trace_key(row: Row) -> str:
    """What a trace depends on."""
    return json.dumps([row["problem"], row["completion"]])


class TraceTable:
    """Traces by problem and completion."""

    def __init__(self) -> None:
        self._traces: dict[str, Row] = {}

    def check(self, rows: Iterable[Row], jobs: int | None = None) -> None:
        """Check what is not checked yet, with progress shown; nothing where the verifier checks
        no steps. Rows that have a trace of their own are left alone."""
        if checker() is None:
            return
        new = {
            key: {"problem": row["problem"], "completion": row["completion"]}
            for row in rows
            if row.get("trace") is None and (key := trace_key(row)) not in self._traces
        }
        if not new:
            return
        # Not "with": leaving it on Ctrl-C would wait for all that was handed out.
        pool = ProcessPoolExecutor(max_workers=jobs or os.cpu_count())
        try:
            found = pool.map(trace_of, new.values(), chunksize=_PORTION)
            with Progress("checking traces", len(new)) as progress:
                for key, trace in zip(new, found, strict=True):
                    assert trace is not None
                    self._traces[key] = trace
                    progress.advance()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def of(self, row: Row) -> Row | None:
        """The trace of a row: its own, else the checked one; None where there is neither."""
        own = row.get("trace")
        return own if own is not None else self._traces.get(trace_key(row))
