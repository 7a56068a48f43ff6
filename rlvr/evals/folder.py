"""The folder of an evaluation: ``settings.json``, ``problems.jsonl`` and ``summary.json``."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rlvr.data.tasks import LeftOut
from rlvr.durable import sync
from rlvr.evals.records import Answered, from_row, to_row
from rlvr.evals.settings import Settings, from_json, to_json
from rlvr.folder import write_json
from rlvr.trace.jsonl import append_rows, read_rows

_WAYS_OUT = "name another --output, or remove this one"


@dataclass(frozen=True, slots=True)
class EvalFolder:
    """The paths of one evaluation; nothing is made by naming it."""

    path: Path

    @property
    def settings(self) -> Path:
        return self.path / "settings.json"

    @property
    def problems(self) -> Path:
        return self.path / "problems.jsonl"

    @property
    def summary(self) -> Path:
        return self.path / "summary.json"

    def begin(self, settings: Settings, left_out: Sequence[LeftOut]) -> None:
        """Raises ``ValueError`` for a folder with anything in it."""
        if self.path.exists() and any(self.path.iterdir()):
            raise ValueError(f"{self.path} is no evaluation and not empty: {_WAYS_OUT}")
        write_json(self.settings, to_json(settings, left_out))

    def read_settings(self) -> tuple[Settings, list[LeftOut]]:
        """Raises ``ValueError`` where there are none."""
        if not self.settings.is_file():
            raise ValueError(f"{self.path} is no evaluation: it has no settings.json")
        return from_json(json.loads(self.settings.read_text("utf-8")), self.settings)

    def check(self, settings: Settings) -> None:
        """Raises ``ValueError`` where the folder was written with other settings."""
        found = self.read_settings()[0].differences(settings)
        if found:
            raise ValueError(
                f"{self.path} was written with other settings ({'; '.join(found)}): {_WAYS_OUT}"
            )

    def read(self) -> list[Answered]:
        """What is there; a last line that was cut short is left out."""
        rows = read_rows(self.problems) if self.problems.is_file() else ()
        try:
            return [from_row(row) for row in rows]
        except ValueError as error:
            raise ValueError(f"{self.problems}: {error}") from None

    def resume(self, ids: Sequence[str]) -> int:
        """How many of the problems are there, in this order; a line cut short is removed."""
        mend(self.problems)
        found = [record.id for record in self.read()]
        if found != list(ids[: len(found)]):
            raise ValueError(f"{self.problems} has other problems than the data: {_WAYS_OUT}")
        return len(found)

    def append(self, records: Iterable[Answered]) -> None:
        append_rows(self.problems, map(to_row, records))
        sync(self.problems)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises ``ValueError`` while another process writes here."""
        with self.settings.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(f"{self.path} is being written by another evaluation") from None
            yield


def mend(path: Path) -> None:
    """Remove what stands behind the last line end: a killed process was writing it."""
    if not path.exists():
        return
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - (1 << 16))
            file.seek(start)
            place = file.read(end - start).rfind(b"\n")
            if place >= 0:
                end = start + place + 1
                break
            end = start
    if end < path.stat().st_size:
        os.truncate(path, end)
