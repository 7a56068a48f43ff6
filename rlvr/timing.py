"""Seconds by stage of one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Stopwatch:
    """``with watch("rollout"): ...`` adds to ``seconds["rollout"]``; ``step`` is the whole."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._laps: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self._laps[name] = self._laps.get(name, 0.0) + perf_counter() - start

    @property
    def laps(self) -> dict[str, float]:
        """``seconds`` without the whole."""
        return dict(self._laps)

    @property
    def seconds(self) -> dict[str, float]:
        return {**self._laps, "step": perf_counter() - self._start}
