"""The engine whose completions `vllm serve` processes write, on devices of their own."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.checks import check_logprobs, check_requests, checked_weights
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.hub import empty_model, load_weights, stop_token_ids, weight_names
from rlvr.rollout.server.background import Background, all_of
from rlvr.rollout.server.client import ServerError, ServerLostError
from rlvr.rollout.server.replica import Server
from rlvr.rollout.server.servers import make_servers
from rlvr.rollout.server.sockets import allow_connections
from rlvr.rollout.server.spread import spread
from rlvr.rollout.server.transfer import choose_transfer
from rlvr.rollout.server.weights import hand_over, put_label
from rlvr.rollout.server.wire import Answer, body
from rlvr.rollout.stops import StopStrings
from rlvr.types import Completion

logger = logging.getLogger(__name__)

# Beside the requests that a server works on, so many of them wait in it: it is never idle.
WAITING = 1.25


class ServerEngine:
    """Spreads requests over servers, collects completions, and replaces servers that are lost.

    A server of ours that ends or does not answer is started again, gets the last weights, and gets
    the requests that it had not answered. Servers label each completion with the weights that drew
    it; a label other than that of the last update is an error, so ``policy_version`` is true.
    """

    name = "vllm server"

    def __init__(self, model_path: str, settings: RolloutConfig, max_length: int) -> None:
        """Start the servers with ``model_path`` (hub id or folder), or hand its weights to those
        that run already. Raises ServerError, which names the server, where one is not there."""
        self.policy_version = 0
        self._limits = settings.server
        self._max_length = max_length
        self._stop_token_ids = stop_token_ids(model_path)
        self._stops = StopStrings(model_path, settings.stop)
        self._weight_names = weight_names(empty_model(model_path))
        # Labels are this engine's own: a server that others use too gives itself away.
        self._run, self._num_updates = uuid4().hex[:8], 0
        self._in_use = threading.Lock()
        self._servers: list[Server] = []
        self._width = int(settings.max_sequences * WAITING)
        with ExitStack() as undo:
            folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="rlvr-servers-")))
            self._background = Background()
            undo.callback(self._background.close)
            undo.callback(self._end_servers)
            dtype = getattr(torch, settings.dtype)
            self._transfer = choose_transfer(self._limits.transfer, dtype, folder)
            self._servers += make_servers(
                model_path, settings, max_length, folder, self._transfer.arguments
            )
            allow_connections(self._width * len(self._servers))
            if self._limits.urls:
                # They may hold anything: another model's weights, or another run's.
                self._transfer.keep(load_weights(model_path, dtype))
            self._background.run(all_of([self._begin(server) for server in self._servers]))
            self._undo = undo.pop_all()

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        """One completion a request, in their order; see `RolloutEngine`."""
        check_requests(requests, sampling, self._max_length)
        if not requests:
            return []
        with self._alone():
            completions = self._background.run(self._complete(requests, sampling))
        check_logprobs(completions)
        return completions

    def update_weights(
        self, named_tensors: Iterable[tuple[str, torch.Tensor]], policy_version: int
    ) -> None:
        """Hand weights to every server, in the hub's names and shapes, whatever their dtype.

        Waits for generation in flight. Raises ValueError for a name that is unknown or missing,
        and then the servers still hold the weights before.
        """
        with self._alone():
            self._transfer.keep(checked_weights(named_tensors, *self._weight_names))
            self._num_updates += 1
            # One after the other: transfers share the learner's device.
            for server in self._servers:
                self._background.run(self._update(server))
            self.policy_version = policy_version

    def sleep(self) -> None:
        """Nothing: the servers' devices are their own."""

    def close(self) -> None:
        """End the servers that were started here; the engine cannot be used again."""
        if (undo := self.__dict__.pop("_undo", None)) is not None:
            undo.close()

    @property
    def _label(self) -> str:
        return f"{self._run}-{self._num_updates}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No weights change while completions are written, so each is of one version."""
        seconds = self._limits.request_seconds
        if not self._in_use.acquire(timeout=seconds):
            urls = ", ".join(server.client.url for server in self._servers)
            raise ServerError(urls, f"still busy with an earlier call after {seconds:g} seconds")
        try:
            yield
        finally:
            self._in_use.release()

    # What follows runs in the background's thread.

    async def _begin(self, server: Server) -> None:
        await server.start()
        await self._prepare(server)

    async def _prepare(self, server: Server) -> None:
        """A server that was just started holds the model's first weights: it gets the last."""
        if self._transfer.has_weights:
            await self._hand_over(server)
        else:
            await put_label(server.client, self._label, self._limits.update_seconds)

    async def _hand_over(self, server: Server) -> None:
        seconds = self._limits.update_seconds
        await hand_over(server.client, self._transfer, self._label, seconds)

    async def _update(self, server: Server) -> None:
        try:
            await self._hand_over(server)
        except ServerLostError as reason:
            await self._replace(server, reason)

    async def _replace(self, server: Server, reason: ServerLostError) -> None:
        """Until one works; `Server.replace` says when it is enough."""
        logger.warning("%s. A new one is waited for, and goes on.", reason)
        while True:
            self._transfer.forget(server.client.url)
            try:
                await server.replace(reason)
                await self._prepare(server)
                return
            except ServerLostError as another:
                reason = another

    async def _complete(
        self, requests: Sequence[Request], sampling: SamplingSettings
    ) -> list[Completion]:
        found: dict[int, Completion] = {}
        shares = spread(requests, len(self._servers))
        await all_of(
            [
                self._share(server, share, requests, sampling, found)
                for server, share in zip(self._servers, shares, strict=True)
            ]
        )
        return [found[index] for index in range(len(requests))]

    async def _share(
        self,
        server: Server,
        share: Sequence[int],
        requests: Sequence[Request],
        sampling: SamplingSettings,
        found: dict[int, Completion],
    ) -> None:
        """Complete one server's requests, into ``found``: each once, whatever happens to it."""
        stops = (self._stop_token_ids, self._stops.strings)

        async def work_off(waiting: deque[int]) -> None:
            while waiting:
                index = waiting.popleft()
                content = body(requests[index], sampling, *stops)
                answer = await server.client.complete(content, self._limits.request_seconds)
                found[index] = self._completion(server, answer)
                server.answered()

        while waiting := deque(index for index in share if index not in found):
            try:
                await all_of([work_off(waiting) for _ in range(min(self._width, len(waiting)))])
            except ServerLostError as reason:
                await self._replace(server, reason)

    def _completion(self, server: Server, answer: Answer) -> Completion:
        if answer.label != self._label:
            raise ServerError(
                server.client.url,
                f"wrote with the weights {answer.label!r}, which are not the last that this run "
                f"gave it ({self._label!r}): it was started again, or another run uses it too",
            )
        return self._stops.cut(
            Completion(
                token_ids=answer.token_ids,
                rollout_logprobs=answer.logprobs,
                finish_reason="stop" if answer.finish_reason == "stop" else "length",
                policy_version=self.policy_version,
            )
        )

    def _end_servers(self) -> None:
        self._background.run(all_of([server.client.close() for server in self._servers]))
        for server in self._servers:
            server.stop()
        for server in self._servers:
            server.end()
