"""Ports that nobody listens on, and as many open connections as are needed."""

from __future__ import annotations

import resource
import socket

OTHER_FILES = 1024  # that may be open beside connections


def free_port() -> int:
    """One that is free now, on all interfaces; somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def allow_connections(number: int, servers: int) -> int:
    """How many connections to each server may be open at once: ``number``, or as many as this
    process may open at most. Its limit on open files is raised where it is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number * servers + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, min(number, (wanted - OTHER_FILES) // servers))
