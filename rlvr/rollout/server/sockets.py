"""Ports that nobody listens on, and as many open connections as are needed."""

from __future__ import annotations

import resource
import socket


def free_port() -> int:
    """One that is free now, on all interfaces; somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def allow_connections(number: int) -> None:
    """Raise this process's limit on open files where it is lower, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number + 1024  # beside everything else that is open
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
