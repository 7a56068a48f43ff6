"""The processor time of a worker, told by itself and from outside.

An item is given processor time: how much else the machine has to do decides no verdict.
"""

from __future__ import annotations

import sys
from time import clock_gettime, monotonic, process_time


def worked(pid: int | None = None) -> float:
    """Seconds of processor time of this process, or of another.

    Only Linux tells that of another process; elsewhere both are wall time. Raises ``OSError`` for a
    process that is gone, and where something stands in for Linux that does not tell.
    """
    if not sys.platform.startswith("linux"):
        return monotonic()
    if pid is None:
        return process_time()
    return clock_gettime((~pid << 3) | 2)  # as clock_getcpuclockid(3) makes it, which Python lacks
