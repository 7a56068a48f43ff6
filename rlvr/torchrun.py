"""What ``torchrun`` tells each of its processes, read from the environment; without torch."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Mapping

# What torchrun sets for each of its processes, beside TORCHELASTIC_*.
OF_RANKS = {
    "RANK",
    "WORLD_SIZE",
    "MASTER_ADDR",
    "MASTER_PORT",
    *(f"{whose}_{what}" for whose in ("LOCAL", "GROUP", "ROLE") for what in ("RANK", "WORLD_SIZE")),
    "ROLE_NAME",
}
PR_SET_PDEATHSIG = 1  # of Linux's prctl


def num_ranks() -> int:
    """The processes of this job on all machines; 1 outside torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "RANK" in os.environ else 1


def own_rank() -> int:
    """Of this process among them, from 0."""
    return int(os.environ.get("RANK", "0"))


def num_local_ranks() -> int:
    """Those of them on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if "RANK" in os.environ else 1


def restart_count() -> int:
    """How often torchrun has started the processes of this job anew (``--max-restarts``)."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) if num_ranks() > 1 else 0


def without_ranks(environment: Mapping[str, str]) -> dict[str, str]:
    """For a process that is none of the ranks, and whose own torch must not take itself for one."""
    if "RANK" not in environment:
        return dict(environment)
    return {
        name: value
        for name, value in environment.items()
        if name not in OF_RANKS and not name.startswith("TORCHELASTIC_")
    }


def end_with_torchrun() -> None:
    """Have Linux kill this process when torchrun is killed, which then cannot end it itself.

    Ranks that went on alone would keep their devices, and write beside those of a new launch.
    """
    if sys.platform == "linux" and "TORCHELASTIC_RUN_ID" in os.environ:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def launch_id() -> str:
    """The same for all restarts of one launch; "none" where torchrun was given no rendezvous."""
    return os.environ.get("TORCHELASTIC_RUN_ID", "none")
