"""A file of verdicts that an earlier run left behind: mend its end, and see that it fits."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from verifiers.record import Graded, identifier_of
from verifiers.types import Reason

_FIELDS = {"id", "verdict", "reason", "answer", "expected", "domain", "evidence", "elapsed_ms"}
_BY_CHANCE = {Reason.OUT_OF_TIME, Reason.OUT_OF_MEMORY, Reason.WORKER_DIED}
_WAYS_OUT = "name another output, or pass --restart to begin anew"


def resume(
    target: Path,
    lines: Iterator[str],
    judge: Callable[[Sequence[str]], list[Graded]],
    steps: bool = False,
) -> int:
    """How many lines of the source ``target`` has; they are taken from ``lines``.

    A last line that was cut short is removed. Every id must be that of its line in the source, and
    lines at 1, 2, 4, 8, ... and the last one, judged again, must get their verdicts. With ``steps``
    every record has a ``trace``, and without none has. Raises ``ValueError`` where it does not fit.
    """
    wanted = _FIELDS | {"trace"} if steps else _FIELDS
    mend(target)
    checked: list[tuple[int, str, dict[str, Any]]] = []
    last = None
    number = 0
    with open_verdicts(target) as verdicts:
        for number, text in enumerate(verdicts, 1):
            fields = _record(text, target, number, wanted)
            line = next(lines, None)
            if line is None:
                raise ValueError(f"{target} has more lines than the source: {_WAYS_OUT}")
            if fields["id"] != identifier_of(line):
                raise ValueError(
                    f"{target}, line {number}: id {fields['id']!a}, but the source has"
                    f" {identifier_of(line)!a} there: {_WAYS_OUT}"
                )
            last = (number, line, fields)
            if number & (number - 1) == 0:
                checked.append(last)
    if last is not None and checked[-1][0] != last[0]:
        checked.append(last)
    for (at, _, fields), new in zip(checked, judge([line for _, line, _ in checked]), strict=True):
        by_chance = {fields["reason"], new.reason} & _BY_CHANCE
        if not by_chance and (fields["verdict"], fields["reason"]) != (new.decision, new.reason):
            raise ValueError(
                f"{target}, line {at}: {fields['verdict']} ({fields['reason']}), but the source"
                f" gives {new.decision} ({new.reason}) there: {_WAYS_OUT}"
            )
    return number


def open_verdicts(path: Path) -> Any:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8")


def mend(path: Path) -> None:
    """Remove a last line that has no end, or, of a compressed file, what cannot be read."""
    if path.suffix == ".gz":
        _mend_compressed(path)
        return
    with open(path, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(end - (1 << 16), 0)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        file.truncate(end)


def _mend_compressed(path: Path) -> None:
    """Written anew up to its last whole line, where it was cut short."""
    beside = path.with_name(path.name + ".mending")
    is_whole = True
    with open(path, "rb") as file, gzip.open(beside, "wb") as out:
        tail = b""
        try:
            for piece in _pieces(file):
                whole, newline, tail = (tail + piece).rpartition(b"\n")
                out.write(whole + newline)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            is_whole = False
    if is_whole and not tail:
        beside.unlink()
        return
    shutil.copymode(path, beside)
    os.replace(beside, path)


def _pieces(file: Any) -> Iterator[bytes]:
    """What can be decompressed, piece by piece; raises ``EOFError`` where the file is cut off."""
    while True:
        inflate = zlib.decompressobj(wbits=31)
        data = file.read(1 << 16)
        if not data:
            return
        while not inflate.eof:
            yield inflate.decompress(data)
            if inflate.eof:
                break
            data = file.read(1 << 16)
            if not data:
                raise EOFError
        file.seek(-len(inflate.unused_data), os.SEEK_CUR)


def _record(text: str, target: Path, number: int, wanted: set[str]) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if isinstance(fields, dict) and fields.keys() ^ wanted == {"trace"}:
        how = "without" if "trace" in wanted else "with"
        raise ValueError(f"{target} was written {how} --steps: {_WAYS_OUT}")
    if not isinstance(fields, dict) or fields.keys() != wanted:
        raise ValueError(f"{target}, line {number} is no verdict: {_WAYS_OUT}")
    return fields
