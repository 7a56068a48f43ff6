"""Verdicts on many answers, judged by shared pools; synchronous and for event loops."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from verifiers.pool.limits import Limits
from verifiers.pool.pool import Pool, as_verdict, num_cores
from verifiers.pool.worker import VERDICT_FIELDS
from verifiers.request import Item, as_request, as_request_of
from verifiers.types import Problem, Verdict

_shared: dict[tuple[int, Limits], Pool] = {}
_lock = threading.Lock()


def verify_batch(
    items: Iterable[Item],
    *,
    jobs: int | None = None,
    timeout_ms: float = 1000,
    memory_mb: int = 256,
) -> list[Verdict]:
    """A verdict for each item, in order, judged by ``jobs`` worker processes (None: one a core).

    An item is a pair of a problem and an answer, or a ``Request``. Items with the same problem
    are judged by the same worker, which solves it once. An item beyond ``timeout_ms`` of processor
    time or ``memory_mb`` of memory, or that ends its worker, is undecided, or, where the problem
    was solved within the limits, too large an answer. Workers stay for the next call. Thread-safe.
    Raises ``ValueError`` for what is no item or no limit.

    >>> [v.verdict.value for v in verify_batch([("x^2 = 4", "x = ±2"), ("x^2 = 4", "2")], jobs=1)]
    ['correct', 'incorrect']
    """
    limits = Limits(timeout_ms=timeout_ms, memory_mb=memory_mb)
    return _verdicts(_submit(items, shared_pool(jobs, limits)).result())


async def averify_batch(
    items: Iterable[Item],
    *,
    jobs: int | None = None,
    timeout_ms: float = 1000,
    memory_mb: int = 256,
) -> list[Verdict]:
    """``verify_batch`` for an event loop, which is free meanwhile."""
    import asyncio  # not above: it takes as long to import as all of this package

    limits = Limits(timeout_ms=timeout_ms, memory_mb=memory_mb)
    return _verdicts(await asyncio.wrap_future(_submit(items, shared_pool(jobs, limits))))


async def averify(
    problem: Problem | str | None = None,
    answer: str | None = None,
    *,
    gold: str | None = None,
    unknown: str | None = None,
    jobs: int | None = None,
    timeout_ms: float = 1000,
    memory_mb: int = 256,
) -> Verdict:
    """``verify`` for an event loop, in a worker process and under limits."""
    request = as_request_of(problem, answer, gold, unknown)
    limits = {"timeout_ms": timeout_ms, "memory_mb": memory_mb}
    return (await averify_batch([request], jobs=jobs, **limits))[0]  # type: ignore[arg-type]


def shared_pool(jobs: int | None = None, limits: Limits | None = None) -> Pool:
    """The pool of this process with these settings, made at its first use and closed at the end."""
    key = (jobs or num_cores(), limits or Limits())
    with _lock:
        if key not in _shared:
            _shared[key] = Pool(*key)
        return _shared[key]


def _submit(items: Iterable[Item], pool: Pool) -> Future[list[Any]]:
    known: dict[Any, Problem] = {}  # one object a problem: it is sent once a chunk
    requests, keys = [], []
    for item in items:
        request = as_request(item)
        key: Any = (request.gold, request.unknown)
        if (problem := request.problem) is not None:
            params = tuple(sorted(problem.params.items()))
            key = (problem.equation, problem.unknown, problem.ask, problem.domain, params)
            if key not in known:
                known[key] = problem
            request = replace(request, problem=known[key])
        requests.append(request)
        keys.append(key)
    return pool.submit(requests, keys)


def _verdicts(results: list[Any]) -> list[Verdict]:
    return [as_verdict(result, VERDICT_FIELDS) for result in results]


def _close_all() -> None:
    for pool in _shared.values():
        pool.close()


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.Lock()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
