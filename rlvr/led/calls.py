"""One job on several ranks: rank 0 runs it, and the others make each collective call with it.

Loop, verifier, traces and checkpoints are rank 0's alone and know of no other rank. What all ranks
hold a part of lies on each one's ``Bench``; rank 0 has a function run on all benches at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Event, RLock, Thread
from typing import Any, Concatenate, ParamSpec, TypeVar

from rlvr.learn.policy import Policy
from rlvr.learn.process_group import ProcessGroup
from rlvr.learn.ranks import RankError
from rlvr.learn.sft import SftLearner
from rlvr.learn.trainer import Trainer
from rlvr.rollout.engine import RolloutEngine

P = ParamSpec("P")
T = TypeVar("T")

STILL_HERE = "still here"
SHARE_OF_LIMIT = 0.25  # of the ranks' limit, after which rank 0 says that it still works


@dataclass(slots=True)
class Bench:
    """What one rank works with."""

    ranks: ProcessGroup
    whole: Policy | None = None
    """Rank 0's, between its reading and the learner that it goes into."""
    learner: Trainer | SftLearner | None = None
    engine: RolloutEngine | None = None
    ranks_per_engine: int = 1


class Lead:
    """Rank 0's side; the other ranks must be in ``follow``.

    A thread tells them now and then that rank 0 works on by itself, on data or verdicts: else
    they would take it for dead after the ranks' limit.
    """

    def __init__(self, ranks: ProcessGroup) -> None:
        self.bench = Bench(ranks)
        self._turn = RLock()  # collective calls come one after the other
        self._in_step = True
        self._is_over = Event()
        interval = SHARE_OF_LIMIT * ranks.timeout.total_seconds()
        Thread(target=self._stay, args=(interval,), daemon=True, name="lead").start()

    @property
    def in_step(self) -> bool:
        """Whether all ranks have ended the last call, so that there can be another."""
        return self._in_step

    def run(
        self, function: Callable[Concatenate[Bench, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``function(bench, ...)`` on all ranks; rank 0's result.

        It is sent by its name, so it must be one of a module.
        """
        with self._call(function, args, kwargs):
            return function(self.bench, *args, **kwargs)

    def stream(self, function: Callable[[Bench], Iterator[T]]) -> Iterator[T]:
        """The same for a function whose items are collective one by one; all must be taken."""
        with self._call(function, (), {}):
            yield from function(self.bench)

    def dismiss(self) -> None:
        """The other ranks are needed no more."""
        with self._turn:
            self._is_over.set()
            self.bench.ranks.send(None)

    @contextmanager
    def _call(self, function: Callable[..., object], args: Any, kwargs: Any) -> Iterator[None]:
        with self._turn:
            # Until its end: an error, Ctrl-C, or a stream that nobody reads on leave it so.
            self._in_step = False
            self.bench.ranks.send((function, args, kwargs))
            with _waiting(self.bench.ranks, function):
                yield
            self._in_step = True

    def _stay(self, interval: float) -> None:
        while not self._is_over.wait(interval):
            with self._turn:
                if self._is_over.is_set() or not self._in_step:
                    return
                try:
                    self.bench.ranks.send(STILL_HERE)
                except RankError:  # the main thread will meet it itself
                    self._in_step = False
                    return


def follow(ranks: ProcessGroup) -> None:
    """What a rank other than 0 does of a job: each of rank 0's calls, until it is dismissed."""
    bench = Bench(ranks)
    while (message := ranks.receive()) is not None:
        if message == STILL_HERE:
            continue
        function, args, kwargs = message
        with _waiting(ranks, function):
            result = function(bench, *args, **kwargs)
            if isinstance(result, Iterator):
                deque(result, maxlen=0)


def _waiting(ranks: ProcessGroup, function: Callable[..., object]) -> AbstractContextManager[None]:
    """For what the function itself has no better words."""
    return ranks.waiting(f"their part in {function.__name__.strip('_')}")
