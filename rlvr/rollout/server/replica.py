"""The servers themselves: processes that are ours to start, replace and end, and others'."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rlvr.config_server import ServerConfig
from rlvr.rollout.server import guard
from rlvr.rollout.server.client import Client, ServerError, ServerLostError
from rlvr.rollout.server.command import HOST
from rlvr.rollout.server.sockets import free_port

POLL_SECONDS = 0.1
HEALTH_SECONDS = 5.0  # for one question after a server's health
TAIL_LINES = 25


class Server(Protocol):
    """Where requests go."""

    client: Client

    async def start(self) -> None:
        """Returns when it answers; raises ServerError, with its address, when it does not."""
        ...

    async def replace(self, reason: ServerLostError) -> None:
        """A new one in its place, which answers; raises ServerError where there can be none."""
        ...

    def answered(self) -> None:
        """It has written a completion."""
        ...

    def stop(self) -> None:
        """Ask it to end."""
        ...

    def end(self) -> None:
        """Returns when it has ended."""
        ...


class Remote:
    """A server that somebody else runs, at ``url``."""

    def __init__(self, url: str, limits: ServerConfig) -> None:
        self.client = Client(url)
        self._limits, self._failures = limits, 0

    async def start(self) -> None:
        await until_healthy(self.client, self._limits.start_seconds)

    async def replace(self, reason: ServerLostError) -> None:
        """Whoever runs it has ``start_seconds`` to start it again."""
        self._failures += 1
        if self._failures > self._limits.restarts:
            raise given_up(self, self._failures, self._limits, reason)
        try:
            await self.start()
        except ServerLostError as error:
            raise ServerError(
                self.client.url,
                "it stands in rollout.server.urls, so it is not ours to start again, and it did "
                f"not come back ({error.what}). What happened: {reason.what}",
            ) from reason

    def answered(self) -> None:
        self._failures = 0

    def stop(self) -> None:
        pass

    def end(self) -> None:
        pass


class Replica:
    """A `vllm serve` process of ours, on this machine, at a port of its own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: dict[str, str],
        limits: ServerConfig,
        logs: Path,
    ) -> None:
        self._command, self._environment = command, environment
        self._limits, self._log = limits, logs / f"{name}.log"
        self._failures = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._take_port()

    async def start(self) -> None:
        guarded = [sys.executable, "-I", guard.__file__, str(os.getpid())]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*guarded, *self._command, "--port", str(self._port)],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group: to be ended as a whole, and out of reach of the terminal's Ctrl-C.
                start_new_session=True,
            )
        try:
            await until_healthy(self.client, self._limits.start_seconds, self._process)
        except ServerLostError as error:
            what = f"{error.what}. {self._last_words()}"
            raise ServerLostError(self.client.url, what) from None

    async def replace(self, reason: ServerLostError) -> None:
        self._failures += 1
        if self._failures > self._limits.restarts:
            raise given_up(self, self._failures, self._limits, reason, self._last_words())
        self._kill()
        await self.client.close()
        self._take_port()
        await self.start()

    def answered(self) -> None:
        self._failures = 0

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(guard.GRACE_SECONDS + HEALTH_SECONDS)
            self._kill()

    def _take_port(self) -> None:
        # A new one each time: the one before may be held for a while by what is left of it.
        self._port = free_port()
        self.client = Client(f"http://{HOST}:{self._port}")

    def _kill(self) -> None:
        """The whole group, even where the guard itself is gone."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", errors="replace").splitlines()
        return "\n  ".join([f"Its log ({self._log}) ends with:", *lines[-TAIL_LINES:]])


def given_up(
    server: Server, failures: int, limits: ServerConfig, reason: ServerLostError, words: str = ""
) -> ServerError:
    """What is said of a server that has been replaced often enough."""
    what = (
        f"failed {failures} times in a row, without a completion in between "
        f"(rollout.server.restarts {limits.restarts}). What happened: {reason.what}. {words}"
    )
    return ServerError(server.client.url, what.rstrip())


async def until_healthy(
    client: Client, seconds: float, process: subprocess.Popen[bytes] | None = None
) -> None:
    """Ask until the server says that it is well; ServerLostError after ``seconds``, or as soon as
    its process has ended."""
    deadline = time.monotonic() + seconds
    while True:
        # First: another process may have taken the port, and be in the best of health.
        if process and process.poll() is not None:
            raise ServerLostError(client.url, "it ended while it started")
        left = max(deadline - time.monotonic(), POLL_SECONDS)
        try:
            await client.get("/health", min(HEALTH_SECONDS, left))
            return
        except ServerLostError as error:
            problem = error.what
        if time.monotonic() > deadline:
            raise ServerLostError(client.url, f"not there after {seconds:g} seconds ({problem})")
        await asyncio.sleep(POLL_SECONDS)
