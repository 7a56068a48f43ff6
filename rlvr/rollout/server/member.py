"""One server's place: the weights that the server there holds, and another one when it is lost."""

from __future__ import annotations

import asyncio
import logging

from rlvr.rollout.server.background import to_the_end
from rlvr.rollout.server.client import ServerLostError
from rlvr.rollout.server.replica import Server
from rlvr.rollout.server.transfer import Transfer
from rlvr.rollout.server.weights import hand_over, put_label

logger = logging.getLogger(__name__)


class Member:
    """Belongs to the event loop that it is used in.

    Another server starts while the rest goes on; the weights it gets in ``hold`` and ``hold_soon``
    alone, so that the caller, who changes them in between, never does so during a transfer.
    """

    def __init__(self, server: Server, transfer: Transfer, seconds: float) -> None:
        """``seconds`` is the limit of each step of a transfer."""
        self.server = server
        self._transfer, self._seconds = transfer, seconds
        self._held: str | None = None  # the label of its weights
        self._start: asyncio.Task[None] | None = None

    async def begin(self, label: str) -> None:
        """Returns when the server is there and holds the weights of ``label``.

        Raises ServerError where it is not: at the start nothing is tried twice.
        """
        await self.server.start()
        await self._hand_over(label)

    def holds(self, label: str) -> bool:
        return self._held == label

    def lose(self, reason: ServerLostError) -> None:
        """Have another one started, beside whatever goes on meanwhile."""
        logger.warning("%s. Another is awaited in its place; meanwhile the rest goes on.", reason)
        self._held = None
        self._start = asyncio.create_task(self._start_another(reason))

    async def hold(self, label: str) -> None:
        """Returns when a server holds the weights of ``label``, however many are lost on the way.

        Raises ServerError where there can be no other.
        """
        await self.hold_soon(label)
        while not self.holds(label):
            if self._start:
                await asyncio.shield(self._start)  # it goes on where nobody waits for it any more
            await self.hold_soon(label)

    async def hold_soon(self, label: str) -> None:
        """Hand the weights over, unless the server is still starting or is lost meanwhile."""
        if self._start:
            if not self._start.done():
                return
            self._start.result()  # given up: the reason
            self._start = None
        if not self.holds(label):
            try:
                # Half of a transfer would leave the server with nobody knows what.
                await to_the_end(self._hand_over(label))
            except ServerLostError as reason:
                self.lose(reason)

    async def _start_another(self, reason: ServerLostError) -> None:
        """Until one is there; `Server.replace` says when it is enough."""
        while True:
            self._transfer.forget(self.server.client.url)
            try:
                await self.server.replace(reason)
                return
            except ServerLostError as another:
                reason = another

    async def _hand_over(self, label: str) -> None:
        self._held = None
        if self._transfer.has_weights:
            await hand_over(self.server.client, self._transfer, label, self._seconds)
        else:  # it has just started, with the weights of the model's folder
            await put_label(self.server.client, label, self._seconds)
        self._held = label
