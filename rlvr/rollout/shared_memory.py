"""A trap of vLLM on a CPU: how the memory is called through which ranks share an engine."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from vllm.distributed.device_communicators import cpu_communicator

from rlvr.torchrun import launch_id, restart_count


def name_apart() -> None:
    """Give this launch names of its own, the same on all of its ranks.

    Under an external launcher vLLM's names are the same for every job of a machine: one that was
    killed leaves its memory behind, and the next, which finds it there, ends.
    """
    shared: Any = cpu_communicator._CPUSHMDistributed
    if hasattr(shared, "is_apart"):
        return
    own, plain = _launch_name(), shared.make_group_name

    def name(communicator: Any) -> str:
        theirs: str = plain(communicator)
        return own + theirs.lstrip("/")  # a slash is accepted at the beginning alone

    shared.make_group_name = staticmethod(name)
    shared.is_apart = True


def _launch_name() -> str:
    where = os.environ.get("MASTER_PORT", "")
    launch = f"{launch_id()} {where} {restart_count()}"
    return f"rlvr{hashlib.sha256(launch.encode()).hexdigest()[:12]}"
