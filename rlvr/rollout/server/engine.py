"""The engine whose completions `vllm serve` processes write, on devices of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.checks import check_logprobs, check_requests, checked_weights
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.hub import empty_model, load_weights, stop_token_ids, weight_names
from rlvr.rollout.server.background import Background, all_of, any_of
from rlvr.rollout.server.client import ServerError, ServerLostError
from rlvr.rollout.server.member import Member
from rlvr.rollout.server.replica import Server
from rlvr.rollout.server.scratch import scratch_folder
from rlvr.rollout.server.servers import make_servers
from rlvr.rollout.server.sockets import allow_connections
from rlvr.rollout.server.transfer import choose_transfer
from rlvr.rollout.server.waiting import Waiting
from rlvr.rollout.server.wire import LABEL_AT_START, Answer, body
from rlvr.rollout.stops import StopStrings
from rlvr.types import Completion

# Requests in a server at once, over those that it works on: so it never waits for the next one.
IN_FLIGHT = 1.25


class ServerEngine:
    """Spreads requests over servers, collects completions, and replaces servers that are lost.

    A server of ours that ends or does not answer is started again and given the last weights; the
    others complete meanwhile what it had not answered. Servers label each completion with the
    weights that drew it, and a completion of other weights than the last is never returned: so
    ``policy_version`` is true.
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
        self._members: list[Member] = []
        with ExitStack() as undo:
            folder = undo.enter_context(scratch_folder())
            self._background = Background()
            undo.callback(self._background.close)
            undo.callback(self._end_servers)
            dtype = getattr(torch, settings.dtype)
            self._transfer = choose_transfer(self._limits.transfer, dtype, folder)
            self._members += [
                Member(server, self._transfer, self._limits.update_seconds)
                for server in make_servers(
                    model_path, settings, max_length, folder, self._transfer.arguments
                )
            ]
            wanted = int(settings.max_sequences * IN_FLIGHT)
            self._width = allow_connections(wanted, len(self._members))
            if self._limits.urls:
                # They may hold anything: another model's weights, or another run's.
                self._transfer.keep(load_weights(model_path, dtype))
            self._background.run(all_of([m.begin(self._label) for m in self._members]))
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

        A server that is lost gets them when there is another in its place, before it writes.
        Waits for generation in flight, up to ``request_seconds``. Raises ValueError for a name that
        is unknown or missing, and then the servers still hold the weights before.
        """
        with self._alone():
            self._transfer.keep(checked_weights(named_tensors, *self._weight_names))
            # Together, and first: what comes under this label is of this version, even where the
            # next line fails.
            self._num_updates, self.policy_version = self._num_updates + 1, policy_version
            self._background.run(self._update())

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
            urls = ", ".join(member.server.client.url for member in self._members)
            raise ServerError(urls, f"still busy with an earlier call after {seconds:g} seconds")
        try:
            yield
        finally:
            self._in_use.release()

    # What follows runs in the background's thread.

    async def _update(self) -> None:
        # One after the other: transfers share the learner's device.
        for member in self._members:
            await member.hold_soon(self._label)

    async def _complete(
        self, requests: Sequence[Request], sampling: SamplingSettings
    ) -> list[Completion]:
        """Each request once, whatever happens to servers; the last waits for none that is lost."""
        found: dict[int, Completion] = {}
        waiting = Waiting(requests)
        stops = (self._stop_token_ids, self._stops.strings)

        async def write(server: Server, at: int) -> None:
            while True:
                index = await waiting.take(at)
                content = body(requests[index], sampling, *stops)
                answer = await server.client.complete(content, self._limits.request_seconds)
                found[index] = self._completion(server, answer)
                waiting.answered(at, index)
                server.answered()

        async def serve(member: Member, at: int) -> None:
            num_writers = min(self._width, len(requests))
            while True:
                if not member.holds(self._label):
                    await member.hold(self._label)
                    waiting.join(at)
                try:
                    await all_of([write(member.server, at) for _ in range(num_writers)])
                except ServerLostError as reason:
                    waiting.leave(at)
                    member.lose(reason)

        waiting.join(*(at for at, m in enumerate(self._members) if m.holds(self._label)))
        await any_of(
            [waiting.all_answered(), *(serve(m, at) for at, m in enumerate(self._members))]
        )
        return [found[index] for index in range(len(requests))]

    def _completion(self, server: Server, answer: Answer) -> Completion:
        if answer.label == LABEL_AT_START:
            raise ServerLostError(server.client.url, "was started again, without the last weights")
        if answer.label != self._label:
            raise ServerError(
                server.client.url,
                f"wrote with the weights {answer.label!r}, which are not the last that this run "
                f"gave it ({self._label!r}): another run uses it too",
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
        self._background.cancel()  # the start of another server among it
        servers = [member.server for member in self._members]
        try:
            for server in servers:
                server.stop()
            self._background.run(all_of([server.client.close() for server in servers]))
        finally:
            for server in servers:
                server.end()
