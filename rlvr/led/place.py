"""Where a model lies: a hub id, or a folder that every rank must see."""

from __future__ import annotations

from pathlib import Path


def place(source: str | Path) -> str | Path:
    """A folder by its whole path, for ranks that started elsewhere; a hub id as it is."""
    return Path(source).absolute() if Path(source).is_dir() else str(source)


def check_place(source: str | Path, rank: int) -> None:
    """Raises ValueError for a folder of rank 0 that is not there on this rank."""
    if isinstance(source, Path) and not source.is_dir():
        raise ValueError(
            f"rank {rank} does not see {source}, which rank 0 wrote or was given; a folder of runs "
            "(runs=...) on a disk that all ranks share is accepted"
        )
