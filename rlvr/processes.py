"""The processes below one: who they are, and the end of them."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

PROC = Path("/proc")


def descendants(pid: int) -> list[int]:
    """Ids of the living children of a process, of their children, and so on; [] without /proc."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*"):
        parent = _parent(int(entry.name))
        if parent is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = list(children.get(pid, ()))
    for child in found:  # grows while it is read: one generation after the other
        found += children.get(child, ())
    return found


def kill_descendants(pid: int, named: str | None = None) -> None:
    """End the processes below one at once (SIGKILL): all, or those of one program's name (at most
    15 characters, as Linux has it)."""
    for child in descendants(pid):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # ended meanwhile
            if named is None or (PROC / str(child) / "comm").read_text().rstrip("\n") == named:
                os.kill(child, signal.SIGKILL)


def state(pid: int) -> str:
    """A letter, as Linux has it: R runs, S and D wait, T is stopped, Z has ended or is gone."""
    fields = _fields(pid)
    return fields[0] if fields else "Z"


def _parent(pid: int) -> int | None:
    fields = _fields(pid)
    return int(fields[1]) if fields else None


def _fields(pid: int) -> list[str]:
    """What Linux tells of a process behind its name; [] where it ended meanwhile."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    # The name in brackets may itself hold spaces and brackets.
    return stat.rpartition(")")[2].split()
