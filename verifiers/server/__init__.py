"""The grader over HTTP: the records of ``grade``, one or many a request. Needs ``rlvr[serve]``."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from ipaddress import ip_address

from verifiers.pool import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """``queue`` counts answers in work or waiting, ``max_body`` bytes of a request."""

    host: str = "127.0.0.1"
    port: int = 8000
    jobs: int | None = None
    limits: Limits = field(default_factory=Limits)
    queue: int = 4096
    max_body: int = 8 << 20

    def __post_init__(self) -> None:
        for name, low in (("port", 0), ("queue", 1), ("max_body", 1)):
            if getattr(self, name) < low:
                raise ValueError(f"{name} is {getattr(self, name)}; accepted: {low} or more")


def run_server(options: ServerOptions) -> None:
    """Serve until interrupted; raises ``ValueError`` without the packages of the extra."""
    try:
        import uvicorn

        from verifiers.server.app import create_app
    except ImportError as error:
        raise ValueError(f"serve needs {error.name}: pip install 'rlvr[serve]'") from error
    if not _is_loopback(options.host):
        print(f"{options.host}: anybody who reaches this port can use it", file=sys.stderr)
    app = create_app(options)
    uvicorn.run(app, host=options.host, port=options.port, log_level="info", access_log=False)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
