"""The most memory that this process and its children have held."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_PROC = Path("/proc")


def peak_memory_mb() -> float:
    """Peak resident memory in MB (10^6 bytes) of this process and its living descendants.

    On Linux the sum of each one's high-water mark (``VmHWM``): an upper bound, since they need not
    have peaked together, and children that have ended are left out, so ask before they end.
    Elsewhere ``getrusage`` of this process alone.
    """
    peaks = [_high_water_kb(pid) for pid in [os.getpid(), *descendants(os.getpid())]]
    if peaks[0] is None:
        # Not getrusage for children: after vfork it reports the parent's own peak as theirs.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
    return sum(peak or 0 for peak in peaks) * 1024 / 1e6


def descendants(pid: int) -> list[int]:
    """Ids of the living children of a process, of their children, and so on; [] without /proc."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.glob("[0-9]*"):
        parent = _parent(int(entry.name))
        if parent is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = list(children.get(pid, ()))
    for child in found:  # grows while it is read: one generation after the other
        found += children.get(child, ())
    return found


def _parent(pid: int) -> int | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:  # ended meanwhile
        return None
    # The name in brackets may itself hold spaces and brackets.
    return int(stat.rpartition(")")[2].split()[1])


def _high_water_kb(pid: int) -> int | None:
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return None  # a zombie holds nothing
