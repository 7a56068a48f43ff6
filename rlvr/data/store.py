"""The splits as ``datasets.Dataset``s on disk, and their rows as tasks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import datasets

from rlvr.config_data import DataConfig
from rlvr.data.generate import generate_split
from rlvr.data.sourced import Sourced, as_records, read_source, row_of
from rlvr.types import Task
from verifiers import Ask, Domain, Problem

SIFTINGS = "left_out.json"
_TEXT = datasets.Value("string")
# Named, because a column without a value would have another type in each split.
_FEATURES = datasets.Features(
    dict.fromkeys(("id", "family", "difficulty", "text", "gold", "unknown", "ask"), _TEXT)
    | {"domain": _TEXT, "params": _TEXT, "working": _TEXT, "equation": datasets.List(_TEXT)}
)
SPLITS = ("sft", "train", "validation", "test", "shifted")


def make_datasets(config: DataConfig, seed: int, folder: Path) -> datasets.DatasetDict:
    """Makes every split in ``folder``, whole or not at all; the same seed, the same bytes."""
    siftings: list[dict[str, Any]] = []
    if config.source.name is None:
        splits = datasets.DatasetDict(
            {
                split: datasets.Dataset.from_list(list(generate_split(split, config, seed)))
                for split in SPLITS
            }
        )
    else:
        sourced = read_source(config, seed)
        siftings = as_records(sourced.siftings)
        splits = datasets.DatasetDict(
            # A split without rows cannot be written.
            {split: _stored(sourced, split) for split in SPLITS if sourced.splits[split]}
        )
    half_written = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(half_written, ignore_errors=True)
    splits.save_to_disk(half_written)
    if siftings:
        (half_written / SIFTINGS).write_text(json.dumps(siftings, indent=1, ensure_ascii=False))
    half_written.rename(folder)
    return splits


def load_or_make(config: DataConfig, seed: int, folder: Path) -> datasets.DatasetDict:
    """The datasets of ``folder``; made there when it does not exist.

    Of a data set by name, splits without rows are not there.
    """
    if not folder.exists():
        return make_datasets(config, seed, folder)
    loaded = datasets.load_from_disk(str(folder))
    needed = ("train", "test") if (folder / SIFTINGS).is_file() else SPLITS
    missing = [split for split in needed if split not in loaded]
    if missing:
        raise ValueError(f"data: {folder} lacks the splits {', '.join(missing)}")
    return loaded


def read_siftings(folder: Path) -> list[dict[str, Any]]:
    """What was left out of the data sets that ``folder`` was made from; [] of generated ones."""
    path = folder / SIFTINGS
    found: list[dict[str, Any]] = json.loads(path.read_text()) if path.is_file() else []
    return found


def task_of(row: Mapping[str, Any]) -> Task:
    gold = row.get("gold")
    return Task(
        id=row["id"],
        family=row["family"],
        text=row["text"],
        difficulty=row.get("difficulty", ""),
        gold=gold,
        problem=Problem(
            equation=row["text"] if gold is not None else _equation(row["equation"]),
            unknown=row["unknown"],
            ask=Ask(row["ask"]),
            domain=Domain(row.get("domain", "real")),
            params=json.loads(row["params"]),
        ),
    )


def _equation(value: str | list[str]) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    return value[0] if len(value) == 1 else tuple(value)


def _stored(sourced: Sourced, split: str) -> datasets.Dataset:
    tasks = sourced.splits[split]
    rows = [row_of(t, sourced.workings[t.id] if split == "sft" else "") for t in tasks]
    return datasets.Dataset.from_list(rows, features=_FEATURES)
