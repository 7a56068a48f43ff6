"""One server's routes for weights, for code that waits: vLLM's trainer side runs in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from rlvr.rollout.server.background import in_thread
from rlvr.rollout.server.client import Client, ServerError, ServerLostError
from rlvr.rollout.server.transfer import Transfer


class WeightRoutes:
    """See `WeightClient`; to be used in another thread than the event loop's.

    After ``end`` each call fails: a thread that was given up on must not go on with its transfer
    in the midst of the next one.
    """

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.url = client.url
        self._client, self._loop, self._seconds = client, loop, seconds
        self._calls: set[asyncio.Task[Any] | None] = set()
        self._has_ended = False

    def end(self) -> None:
        """To be called in the event loop's thread."""
        self._has_ended = True
        for call in self._calls:
            if call:
                call.cancel()

    def world_size(self) -> int:
        """The server's workers."""
        return int(self._wait(self._client.get("/get_world_size", self._seconds))["world_size"])

    def init_weight_transfer_engine(self, init_info: dict[str, Any]) -> None:
        self._post("/init_weight_transfer_engine", init_info=init_info)

    def start_weight_update(self) -> None:
        self._post("/start_weight_update")

    def update_weights(self, update_info: dict[str, Any] | list[dict[str, Any]]) -> None:
        self._post("/update_weights", update_info=update_info)

    def finish_weight_update(self, weight_version: str | None = None) -> None:
        self._post("/finish_weight_update", weight_version=weight_version)

    def _post(self, path: str, **json: Any) -> None:
        self._wait(self._client.post(path, self._seconds, **json))

    def _wait(self, call: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(self._unless_ended(call), self._loop).result()

    async def _unless_ended(self, call: Coroutine[Any, Any, Any]) -> Any:
        if self._has_ended:
            call.close()
            raise ServerLostError(self.url, "the transfer of weights had been given up")
        task = asyncio.current_task()
        self._calls.add(task)
        try:
            return await call
        finally:
            self._calls.discard(task)


async def hand_over(client: Client, transfer: Transfer, label: str, seconds: float) -> None:
    """Give a server the kept weights, when what it has in flight is done; its completions carry
    ``label`` from then on. Raises ServerLostError for a server that does not play its part."""
    await client.pause(seconds)
    routes = WeightRoutes(client, asyncio.get_running_loop(), seconds)
    try:
        await in_thread(lambda: transfer.send(routes), seconds)
    except TimeoutError:
        raise ServerLostError(
            client.url, f"did not take over the weights within {seconds:g} seconds"
        ) from None
    except ServerError:
        raise
    except (RuntimeError, ValueError, OSError) as error:  # of NCCL, of a rendezvous
        raise ServerLostError(
            client.url, f"the transfer of weights broke off ({type(error).__name__}: {error})"
        ) from error
    finally:
        routes.end()
    # What was computed of prompts with the old weights.
    if not (await client.post("/reset_prefix_cache", seconds))["success"]:
        raise ServerError(client.url, "did not empty its prefix cache: somebody else uses it")
    await put_label(client, label, seconds)
    await client.post("/resume", seconds)


async def put_label(client: Client, label: str, seconds: float) -> None:
    await client.post("/update_weight_version", seconds, new_version=label)
