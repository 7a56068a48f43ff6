"""As much of `vllm serve` as the server engine asks for, in a thread: there in no time, and it dies
and comes back when it is told to."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from rlvr.rollout.engine import Request
from rlvr.rollout.server.background import Background
from rlvr.rollout.server.wire import GENERATE, LABEL_AT_START
from tests.rollout.tiny import EOS


class FakeServer:
    """It writes one token that the request's seed decides, and the end token."""

    def __init__(self, dies_after: int | None = None, *, comes_back: bool = False) -> None:
        """``dies_after`` so many completions; those in flight then get no answer."""
        self.label = LABEL_AT_START
        self.seen: list[str] = []  # the routes that were asked for
        self.written: list[int] = []  # the seeds of the requests that were answered
        self.odd: dict[str, tuple[str, str]] = {}  # routes with another status and content
        self._dies_after, self._comes_back = dies_after, comes_back
        self._connections: set[asyncio.StreamWriter] = set()
        self._background = Background()
        self._port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._background.run(self._listen())

    def die(self) -> None:
        self._background.run(self._hang_up())

    def close(self) -> None:
        self.die()
        self._background.close()

    async def _listen(self) -> None:
        self.label = LABEL_AT_START
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        self._listener.close()
        for connection in list(self._connections):
            connection.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                status, content = await self._answer(*await read_request(reader))
                head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content.encode())}\r\n\r\n"
                writer.write((head + content).encode())
                await writer.drain()
        self._connections.discard(writer)
        writer.close()

    async def _answer(self, route: str, content: Any) -> tuple[str, str]:
        self.seen.append(route)
        if route in self.odd:
            return self.odd[route]
        if route == "/update_weight_version":
            self.label = content["new_version"]
        if route == GENERATE:
            return "200 OK", json.dumps(await self._write(content["sampling_params"]["seed"]))
        return "200 OK", json.dumps({"success": True})

    async def _write(self, seed: int) -> dict[str, Any]:
        await asyncio.sleep(0)  # others come in meanwhile
        if self._dies_after == len(self.written):
            self._dies_after = None
            await self._hang_up()
            if self._comes_back:
                asyncio.get_running_loop().call_later(0.2, asyncio.ensure_future, self._listen())
        if not self._listener.is_serving():
            raise ConnectionError
        self.written.append(seed)
        token_ids = [token_of(seed), EOS]
        drawn = [{"token_id": token_id, "logprob": -0.5} for token_id in token_ids]
        choice = {
            "token_ids": token_ids,
            "logprobs": {"content": drawn},
            "finish_reason": "stop",
            "weight_versions": [{"version": self.label, "start": 0, "end": 2}],
        }
        return {"choices": [choice]}


def token_of(seed: int) -> int:
    return 3 + seed % 40


def requests(count: int) -> list[Request]:
    """Groups of 4 that share a prompt; each has a seed of its own."""
    return [Request(prompt_ids=(3 + index // 4 % 40,), seed=index) for index in range(count)]


async def read_request(reader: asyncio.StreamReader) -> tuple[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    lengths = [line for line in head.splitlines() if line.startswith("content-length:")]
    content = await reader.readexactly(int(lengths[0].split(":")[1])) if lengths else b""
    return head.split()[1].partition("?")[0], json.loads(content or "null")
