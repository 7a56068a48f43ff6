"""The requests of one call: which server is to have them, which has them, which are answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from rlvr.rollout.engine import Request
from rlvr.rollout.server.spread import spread


@dataclass(slots=True)
class Share:
    """One server's: what waits for it, and what it is writing."""

    waiting: deque[int] = field(default_factory=deque)
    taken: set[int] = field(default_factory=set)


class Waiting:
    """Shares requests out among the servers that serve, anew whenever one joins or leaves.

    A request is in one share at most until it is answered, so none is written twice; what a server
    leaves behind is in none and is shared out again, so none is lost. While there is no server all
    of them wait.
    """

    def __init__(self, requests: Sequence[Request]) -> None:
        self._requests = requests
        self._unanswered = set(range(len(requests)))
        self._shares: dict[int, Share] = {}
        self._shared_out, self._all_answered = asyncio.Event(), asyncio.Event()

    def join(self, *servers: int) -> None:
        """They serve from now on."""
        self._shares |= {server: Share() for server in servers}
        self._share_out()

    def leave(self, server: int) -> None:
        """It is lost: what it was to write, and what it was writing, is for the others."""
        del self._shares[server]
        self._share_out()

    async def take(self, server: int) -> int:
        """The next request of a server's share, as its index, as soon as there is one."""
        share = self._shares[server]
        while not share.waiting:
            await self._shared_out.wait()
        index = share.waiting.popleft()
        share.taken.add(index)
        return index

    def answered(self, server: int, index: int) -> None:
        self._shares[server].taken.remove(index)
        self._unanswered.remove(index)
        if not self._unanswered:
            self._all_answered.set()

    async def all_answered(self) -> None:
        await self._all_answered.wait()

    def _share_out(self) -> None:
        shares = self._shares.values()
        if not shares:
            return
        indices = sorted(self._unanswered.difference(*(share.taken for share in shares)))
        loads = [len(share.taken) for share in shares]
        parts = spread([self._requests[index] for index in indices], loads)
        for share, part in zip(shares, parts, strict=True):
            share.waiting = deque(indices[at] for at in part)
        # Wakes those who wait now; who waits later waits for the next time.
        self._shared_out.set()
        self._shared_out = asyncio.Event()
