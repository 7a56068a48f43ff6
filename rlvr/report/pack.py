"""Rollouts as what the page loads: a small index at the start, texts and details on demand.

The completions of a group repeat each other, so those that are alike in all that is shown are one
*variant*. An index has three levels, each as parallel lists: frames, their groups, the groups'
variants. ``bits`` of a variant hold its verdict, why it was picked, and its habits:
``verdict | whys << 2 | habits << (2 + len(WHYS))``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rlvr.report.marks import browser_marks, error_of
from rlvr.report.script import write_data
from rlvr.report.source import Frame, Row
from rlvr.trace.traced import turns
from rlvr.trace.whys import WHYS, whys

VERDICTS = ("correct", "incorrect", "undecided")

# A chunk is small enough to load between two frames of a moving slider.
CHUNK_ROLLOUTS = 512
CHUNK_CHARACTERS = 500_000


@dataclass(slots=True)
class _Chunk:
    texts: list[list[str]] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)
    rollouts: int = 0
    characters: int = 0


class Packer:
    """Writes ``data/KEY/text-N.js`` and ``detail-N.js`` as groups come, then ``index.js``."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key
        self._tasks: dict[str, int] = {}
        self._families: dict[str, int] = {}
        self._habits: dict[str, int] = {}
        self._index: dict[str, list[Any]] = {
            name: [] for name in ("frames", "tasks", "groups", "sizes", "bits", "counts", "chunks")
        }
        self._chunk = _Chunk()
        self.rollouts = 0

    def add(self, frame: Frame, groups: Sequence[Sequence[Row]]) -> None:
        """Take in a frame, whose rows have a ``trace`` each."""
        self._index["frames"].append([frame.source, frame.step, len(groups)])
        for group, group_whys in zip(groups, whys(groups), strict=True):
            self._add_group(group, group_whys)

    def finish(self, facts: dict[str, Any]) -> None:
        """Write what is left, and the index with ``facts`` about the run."""
        self._flush()
        names = {"families": list(self._families), "habits": list(self._habits)}
        fixed = {"verdicts": VERDICTS, "whys": WHYS, "rollouts": self.rollouts}
        write_data(self._folder, f"{self._key}/index", {**facts, **fixed, **names, **self._index})

    def _add_group(self, group: Sequence[Row], reasons: Sequence[frozenset[str]]) -> None:
        variants: dict[str, dict[str, Any]] = {}
        bits: dict[str, int] = {}
        for row, reason in zip(group, reasons, strict=True):
            variant = _variant(row)
            key = json.dumps([variant, row["completion"]])
            if key not in variants:
                variants[key] = {**variant, "text": row["completion"], "places": []}
            # What one was picked for, all that are like it are.
            bits[key] = bits.get(key, 0) | self._bits(row, reason)
            variants[key]["places"].append(row["index"])
        found = list(variants.values())
        chunk, first = self._chunk, group[0]
        chunk.texts.append([variant.pop("text") for variant in found])
        chunk.details.append(
            {"expected": first["expected"], "domain": first["domain"], "variants": found}
        )
        self._index["groups"].append(self._task(first))
        self._index["sizes"].append(len(found))
        self._index["bits"] += bits.values()
        self._index["counts"] += [len(variant["places"]) for variant in found]
        self.rollouts += len(group)
        chunk.rollouts += len(group)
        chunk.characters += sum(map(len, chunk.texts[-1]))
        if chunk.rollouts >= CHUNK_ROLLOUTS or chunk.characters >= CHUNK_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        chunk, number = self._chunk, len(self._index["chunks"])
        if not chunk.texts:
            return
        write_data(self._folder, f"{self._key}/text-{number}", chunk.texts)
        write_data(self._folder, f"{self._key}/detail-{number}", chunk.details)
        self._index["chunks"].append(len(chunk.texts))
        self._chunk = _Chunk()

    def _task(self, row: Row) -> int:
        if row["task"] not in self._tasks:
            family = self._families.setdefault(row["family"], len(self._families))
            self._tasks[row["task"]] = len(self._tasks)
            self._index["tasks"].append([row["task"], family, row["text"]])
        return self._tasks[row["task"]]

    def _bits(self, row: Row, reasons: frozenset[str]) -> int:
        picked = sum(1 << WHYS.index(why) for why in reasons)
        shown = 0
        for habit, holds in row["habits"].items():
            place = self._habits.setdefault(habit, len(self._habits))
            shown |= bool(holds) << place
        return VERDICTS.index(row["verdict"]) | picked << 2 | shown << (2 + len(WHYS))


def _variant(row: Row) -> dict[str, Any]:
    """What the page shows of a completion beside its text."""
    variant = {
        name: row[name]
        for name in (
            *("verdict", "reason", "answer", "evidence", "reward", "terms", "counted"),
            *("advantage", "habits", "finish_reason", "num_tokens"),
        )
    }
    return variant | {
        "marks": browser_marks(row["trace"], row["completion"]),
        "error": error_of(row["trace"]),
        "turns": sorted(turns(row["trace"])),
    }
