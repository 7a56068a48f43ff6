"""What is written must outlive a machine that loses power, not only a process that is killed."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have a file, or the list of names that a folder is, on the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Have a folder and all below it on the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)
