"""Where the lines of ``grade`` come from: JSON lines, also compressed, or a parquet file."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifiers.record import MAX_LINE

_ROWS = 1_024  # of a parquet file that are read at once


@dataclass(frozen=True, slots=True)
class Source:
    """``lines`` are not blank; ``share`` of them was read, 0 to 1, or None if nobody knows."""

    lines: Iterator[str]
    share: Callable[[], float | None]


@contextmanager
def open_source(name: str) -> Iterator[Source]:
    """``-`` is standard input; ``.gz`` and ``.parquet`` at the end of a name say what is in it.

    Raises ``OSError`` where it cannot be read, ``ValueError`` for parquet without pyarrow.
    """
    if name == "-":
        yield Source(_lines(sys.stdin), lambda: None)
        return
    if not Path(name).exists():
        raise FileNotFoundError(
            f"{name} is not there; accepted: a file of JSON lines (also as .gz), a .parquet file, "
            "or - for standard input"
        )
    if name.endswith(".parquet"):
        yield _parquet(name)
    else:
        size = max(Path(name).stat().st_size, 1)
        with open(name, "rb") as file:
            content: Any = gzip.GzipFile(fileobj=file) if name.endswith(".gz") else file
            text = io.TextIOWrapper(content, "utf-8-sig", errors="replace", newline="\n")
            yield Source(_lines(text), lambda: min(file.tell() / size, 1.0))


def _lines(file: io.TextIOBase | Any) -> Iterator[str]:
    """The lines; of one that is far too long only the beginning, which is refused later."""
    while line := file.readline(MAX_LINE + 2):
        rest = line
        while len(rest) == MAX_LINE + 2 and not rest.endswith("\n"):
            rest = file.readline(MAX_LINE + 2)
        if line.strip():
            yield line.rstrip("\r\n")


def _parquet(name: str) -> Source:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise ValueError(
            f"{name}: reading parquet needs pyarrow: pip install 'rlvr[parquet]'"
        ) from error
    Path(name).stat()  # the usual error where there is no such file
    try:
        file = parquet.ParquetFile(name)
    except ValueError as error:  # pyarrow's own errors are ValueErrors
        raise ValueError(f"{name} is no parquet file: {error}") from error
    total = max(file.metadata.num_rows, 1)
    read = 0

    def rows() -> Iterator[str]:
        nonlocal read
        for batch in file.iter_batches(batch_size=_ROWS):
            for row in batch.to_pylist():
                read += 1
                yield json.dumps(row, default=str)

    return Source(rows(), lambda: read / total)
