"""A port that nobody listens on."""

from __future__ import annotations

import socket


def free_port() -> int:
    """One that is free now, on all interfaces; somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
