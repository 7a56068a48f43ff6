"""A pool of workers: each has a thread here that feeds it, watches it and replaces it."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from time import monotonic
from typing import Any, Self

from verifiers.pool.limits import Limits
from verifiers.pool.process import Worker, WorkerLostError
from verifiers.pool.queue import Batch, Place, WorkQueue
from verifiers.record import same_problem
from verifiers.types import Reason, Verdict

CHUNK_SECONDS = 0.02  # of work in a chunk: little against a time-out, much against a round trip
_FAILED_STARTS = 3


class Pool:
    """``jobs`` worker processes, started when there is work for them.

    Safe to use from threads and event loops; in a forked child it makes workers of its own.
    Use it as a context manager, or ``close`` it. Its workers end with this process in any case.
    """

    def __init__(self, jobs: int | None = None, limits: Limits | None = None) -> None:
        if jobs is not None and jobs < 1:
            raise ValueError(f"jobs is {jobs}; accepted: 1 or more, or None for one a core")
        self.jobs = jobs or num_cores()
        self.limits = limits or Limits()
        self.num_restarts = 0
        self._is_closed = False
        self._reset()
        _pools.add(self)

    def submit(self, tasks: Sequence[Any], keys: Sequence[Hashable]) -> Future[list[Any]]:
        """Have tasks done: requests, or lines of ``grade``; equal keys stay with one worker.

        The future has a result a task, in order: the fields of a verdict, or a line and its
        decision. A task that its worker did not survive has a ``Verdict`` in its place.
        """
        batch = Batch(tasks)
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            while len(self._threads) < min(self.jobs, len(self._threads) + len(tasks)):
                crew = (self._queue, self._workers)
                thread = threading.Thread(target=self._serve, args=crew, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._queue.put(batch, keys)
        return batch.future

    @property
    def num_waiting(self) -> int:
        """Items that no worker has taken yet."""
        return self._queue.num_items

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that are running."""
        return [worker.pid for worker in list(self._workers)]

    def close(self) -> None:
        """End the workers; what waits gets an exception."""
        with self._lock:
            self._is_closed = True
        for batch, _ in self._queue.close():
            batch.fail(RuntimeError("the pool was closed"))
        for worker in list(self._workers):
            worker.stop()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _reset(self) -> None:
        """Begin without workers, as a new pool does and a pool in a forked child."""
        self._lock = threading.Lock()
        self._queue = WorkQueue()
        self._workers: set[Worker] = set()
        self._threads: list[threading.Thread] = []

    def _after_fork(self) -> None:
        workers = self._workers
        self._reset()
        for worker in workers:
            worker.forget()

    def _serve(self, queue: WorkQueue, workers: set[Worker]) -> None:
        """The life of one thread."""
        crew = _Feeder(self, workers)
        wanted = 8
        while places := queue.take(wanted, self.jobs):
            start = monotonic()
            try:
                crew.run(places)
            except Exception as error:  # nobody may wait for ever
                crew.end()
                for batch, _ in places:
                    batch.fail(error)
            seconds = (monotonic() - start) / len(places)
            wanted = max(1, int(CHUNK_SECONDS / max(seconds, 1e-6)))
        crew.end()


class _Feeder:
    """One place in the pool: a worker, and the next one when it is lost."""

    def __init__(self, pool: Pool, workers: set[Worker]) -> None:
        self._pool = pool
        self._workers = workers
        self._worker: Worker | None = None
        self._failed_starts = 0

    def run(self, places: list[Place]) -> None:
        """Deliver a result for each place."""
        retried: set[tuple[int, int]] = set()
        while places:
            worker = self._worker or self._start()
            done = 0
            try:
                for result in worker.run([batch.tasks[index] for batch, index in places]):
                    batch, index = places[done]
                    batch.deliver(index, result)
                    done += 1
                return
            except WorkerLostError as lost:
                self._drop(worker)
                places = self._go_on(places, done, lost, retried)

    def _go_on(
        self, places: list[Place], done: int, lost: WorkerLostError, retried: set[tuple[int, int]]
    ) -> list[Place]:
        """What is still to be done, once the item that is at fault has its verdict."""
        if self._pool._is_closed:
            raise RuntimeError("the pool was closed") from lost
        if lost.state.item < done:  # none is: it did not come to start
            self._failed_starts += lost.reason is not Reason.OUT_OF_TIME
            if self._failed_starts >= _FAILED_STARTS:
                raise RuntimeError(f"the worker processes do not start: {lost}") from lost
            return places[done:]
        self._failed_starts = 0
        batch, index = places[lost.state.item]
        others = places[done : lost.state.item] + places[lost.state.item + 1 :]
        if self._deserves_another(lost) and (id(batch), index) not in retried:
            retried.add((id(batch), index))
            return [(batch, index), *others]
        verdict = self._pool.limits.verdict(
            lost.reason,
            answered=lost.state.answered,
            elapsed_ms=lost.elapsed_ms,
            detail=str(lost),
        )
        batch.deliver(index, verdict)
        if lost.reason is Reason.WORKER_DIED or lost.state.answered:
            return others
        task, left = batch.tasks[index], []
        for other, at in others:  # the same problem would cost the same again
            if same_problem(task, other.tasks[at]):
                other.deliver(at, verdict)
            else:
                left.append((other, at))
        return left

    @staticmethod
    def _deserves_another(lost: WorkerLostError) -> bool:
        """What a worker kept from other items may fill its memory, and before an answer is called
        too large, a busy machine is given a second chance; a problem is not worth the time."""
        if lost.reason is Reason.OUT_OF_TIME:
            return lost.state.answered
        return lost.reason is Reason.OUT_OF_MEMORY

    def _start(self) -> Worker:
        self._worker = Worker.start(self._pool.limits)
        self._workers.add(self._worker)
        return self._worker

    def _drop(self, worker: Worker) -> None:
        self._workers.discard(worker)
        self._worker = None
        self._pool.num_restarts += 1

    def end(self) -> None:
        if self._worker:
            self._workers.discard(self._worker)
            self._worker.close()
            self._worker = None


def num_cores() -> int:
    """The cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def as_verdict(result: Any, names: Sequence[str]) -> Verdict:
    """A result of ``Pool.submit`` for a request."""
    return (
        result if isinstance(result, Verdict) else Verdict(**dict(zip(names, result, strict=True)))
    )


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for pool in list(_pools):
        pool._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
