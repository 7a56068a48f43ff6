"""The most memory that this process and its children have held, and how much is left."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from rlvr.processes import PROC, descendants


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


def available_memory_mb() -> float:
    """Memory in MB that this machine, or the control group of this process, has left."""
    free = _meminfo_kb("MemAvailable")
    if free is None:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e6
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())  # "max" where there is none
        held = int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return free * 1024 / 1e6
    return min(free * 1024, limit - held) / 1e6


def _meminfo_kb(field: str) -> int | None:
    try:
        lines = (PROC / "meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), None)


def _high_water_kb(pid: int) -> int | None:
    try:
        status = (PROC / str(pid) / "status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return None  # a zombie holds nothing
