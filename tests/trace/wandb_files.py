"""What wandb left on the disk, and which of its processes are still there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.waiting import wait_until


def read_back(run_folder: Path) -> list[dict[str, Any]]:
    """All records of the run's offline files."""
    (file,) = (run_folder / "wandb").glob("offline-run-*/*.wandb")
    result = subprocess.run(
        [sys.executable, "-m", "wandb", "leet", "inspect", "--json", str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in result.stdout.splitlines()]


def history(records: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    return [record["history"]["item"] for record in records if record["type"] == "history"]


def processes_of(run_folder: Path) -> list[int]:
    """Workers of the run that are still there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f'"dir": "{run_folder}"'.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:  # ended meanwhile
            continue
    return found


def wait_until_gone(run_folder: Path) -> None:
    wait_until(lambda: not processes_of(run_folder), pause=0.05)
