"""The splits as ``datasets.Dataset``s on disk, and their rows as tasks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import datasets

from rlvr.config import DataConfig
from rlvr.data.generate import generate_split
from rlvr.types import Task
from verifiers import Ask, Problem

SPLITS = ("sft", "train", "validation", "test", "shifted")


def make_datasets(config: DataConfig, seed: int, folder: Path) -> datasets.DatasetDict:
    """Generates every split into ``folder``, whole or not at all; the same seed, the same bytes."""
    splits = datasets.DatasetDict(
        {
            split: datasets.Dataset.from_list(list(generate_split(split, config, seed)))
            for split in SPLITS
        }
    )
    half_written = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(half_written, ignore_errors=True)
    splits.save_to_disk(half_written)
    half_written.rename(folder)
    return splits


def load_or_make(config: DataConfig, seed: int, folder: Path) -> datasets.DatasetDict:
    """The datasets of ``folder``; made there when it does not exist."""
    if not folder.exists():
        return make_datasets(config, seed, folder)
    loaded = datasets.load_from_disk(str(folder))
    missing = [split for split in SPLITS if split not in loaded]
    if missing:
        raise ValueError(f"data: {folder} lacks the splits {', '.join(missing)}")
    return loaded


def task_of(row: Mapping[str, Any]) -> Task:
    return Task(
        id=row["id"],
        family=row["family"],
        text=row["text"],
        problem=Problem(
            equation=row["equation"],
            unknown=row["unknown"],
            ask=Ask(row["ask"]),
            params=json.loads(row["params"]),
        ),
    )
