"""The work that waits: batches cut into groups of the same problem, taken by the workers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from typing import Any

MAX_CHUNK = 256
_WHOLE = 16  # a group of so many is never shared out between workers


class Batch:
    """Tasks, and a future that has all results in their order once the last one is in."""

    def __init__(self, tasks: Sequence[Any]) -> None:
        self.tasks = tasks
        self.future: Future[list[Any]] = Future()
        self.future.set_running_or_notify_cancel()  # nobody can cancel it
        self._results: list[Any] = [None] * len(tasks)
        self._left = len(tasks)
        self._lock = threading.Lock()
        if not tasks:
            self.future.set_result([])

    def deliver(self, index: int, result: Any) -> None:
        self._results[index] = result
        with self._lock:
            self._left -= 1
            is_last = self._left == 0
        if is_last and not self.future.done():
            self.future.set_result(self._results)

    def fail(self, error: BaseException) -> None:
        with self._lock:
            if not self.future.done():
                self.future.set_exception(error)


Place = tuple[Batch, int]  # an item: its batch, and its index there


class WorkQueue:
    """First come, first served, save that items of a batch with equal keys stay together."""

    def __init__(self) -> None:
        self._groups: deque[list[Place]] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self.num_items = 0

    def put(self, batch: Batch, keys: Sequence[Hashable]) -> None:
        groups: dict[Hashable, list[Place]] = {}
        for index, key in enumerate(keys):
            groups.setdefault(key, []).append((batch, index))
        with self._changed:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            self._groups += groups.values()
            self.num_items += len(keys)
            self._changed.notify_all()

    def take(self, wanted: int, shares: int) -> list[Place]:
        """About ``wanted`` items, or a fair share where few are left; [] when closed."""
        with self._changed:
            while not self._groups and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return []
            wanted = max(1, min(wanted, -(-self.num_items // shares), MAX_CHUNK))
            taken: list[Place] = []
            while self._groups and len(taken) < wanted:
                group = self._groups.popleft()
                room = max(wanted - len(taken), _WHOLE)
                taken += group[:room]
                if group[room:]:
                    self._groups.appendleft(group[room:])
            self.num_items -= len(taken)
            return taken

    def close(self) -> list[Place]:
        """No more work is given out; what was waiting."""
        with self._changed:
            self._is_closed = True
            left = [place for group in self._groups for place in group]
            self._groups.clear()
            self.num_items = 0
            self._changed.notify_all()
            return left
