"""Speaking with one server: every wait has a limit, and every error names the server's address."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from rlvr.rollout.server.wire import GENERATE, Answer, answer

SHOWN = 500  # characters of a server's own words in an error


class ServerError(ConnectionError):
    """A server refused something, or cannot be replaced."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"server {url}: {what}")
        self.what = what


class ServerLostError(ServerError):
    """A server is gone, does not answer in time, or has broken down: a new one may do better."""


class Client:
    """One server at ``url``; belongs to the event loop that it is used in."""

    def __init__(self, url: str) -> None:
        self.url = url
        # One connection each: looking for a free one among hundreds took most of httpx's time.
        self._free: list[httpx.AsyncClient] = []
        self._verify = ssl.create_default_context() if url.startswith("https:") else False

    async def get(self, path: str, seconds: float) -> Any:
        return await self._call("GET", path, seconds)

    async def post(self, path: str, seconds: float, **json: Any) -> Any:
        return await self._call("POST", path, seconds, json=json)

    async def complete(self, body: dict[str, Any], seconds: float) -> Answer:
        """Raises ServerLostError for a completion that was given up as well."""
        reply = await self._call("POST", GENERATE, seconds, json=body)
        try:
            found = answer(reply)
        except ValueError as error:
            raise ServerError(self.url, str(error)) from None
        if found.finish_reason not in ("stop", "length"):
            raise ServerLostError(
                self.url, f"gave up on a request (finish reason {found.finish_reason!r})"
            )
        return found

    async def pause(self, seconds: float) -> None:
        """Let what is in flight finish, and hold back what comes after it."""
        await self._call("POST", "/pause", seconds, params={"mode": "wait"})

    async def close(self) -> None:
        """Hang up; calls in flight hang up when they break off."""
        while self._free:
            await self._free.pop().aclose()

    def _open(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url,
            timeout=None,  # the limit is on the whole call, below
            # Seconds: hangs up before the server, which waits 5, does.
            limits=httpx.Limits(max_connections=1, keepalive_expiry=2.0),
            trust_env=False,  # a proxy of the environment is for the world outside
            verify=self._verify,
        )

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncClient]:
        http = self._free.pop() if self._free else self._open()
        try:
            yield http
        except BaseException:  # cancelled too: its answer may still come, and be taken for another
            await http.aclose()
            raise
        self._free.append(http)

    async def _call(self, method: str, path: str, seconds: float, **content: Any) -> Any:
        try:
            async with self._connection() as http, asyncio.timeout(seconds):
                reply = await http.request(method, path, **content)
        except TimeoutError:
            raise ServerLostError(
                self.url, f"no answer to {method} {path} within {seconds:g} seconds"
            ) from None
        except httpx.RequestError as error:
            what = f"{type(error).__name__} {error}".rstrip(". ")
            raise ServerLostError(self.url, f"{method} {path} failed: {what}") from None
        if reply.is_server_error:
            raise ServerLostError(self.url, f"{method} {path}: {_words(reply)}")
        if not reply.is_success:
            raise ServerError(self.url, f"{method} {path}: {_words(reply)}{_hint(reply, path)}")
        try:
            return reply.json() if reply.content else None
        except ValueError:
            raise ServerError(
                self.url, f"{method} {path}: no JSON, so this is no vLLM: {_words(reply)}"
            ) from None


def _words(reply: httpx.Response) -> str:
    return f"{reply.status_code} {reply.text[:SHOWN]}".strip()


def _hint(reply: httpx.Response, path: str) -> str:
    if path == GENERATE and reply.status_code in (403, 404):
        return ". It must run with --tokens-only, or --enable-scale-out where stop texts are used"
    if reply.status_code == 404:
        return ". It must be vLLM 0.32 or later and run with VLLM_SERVER_DEV_MODE=1"
    return ""
