"""What Prometheus is told: verdicts by reason, times, refusals, and the state of the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from verifiers.pool import Pool
from verifiers.record import Graded

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5)


class Metrics:
    """A registry of its own, so that two applications in one process do not mix."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, pool: Pool, in_flight: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._verdicts = Counter(
            "verifiers_verdicts", "Verdicts given", ["verdict", "reason"], registry=self._registry
        )
        self._seconds = Histogram(
            "verifiers_seconds", "Time of a verdict", buckets=_SECONDS, registry=self._registry
        )
        self._refused = Counter(
            "verifiers_refused", "Requests refused", ["status"], registry=self._registry
        )
        gauges: tuple[tuple[str, str, Callable[[], int]], ...] = (
            ("verifiers_in_flight", "Answers in work or waiting", in_flight),
            ("verifiers_workers", "Worker processes", lambda: len(pool.pids)),
            ("verifiers_worker_restarts", "Workers lost so far", lambda: pool.num_restarts),
        )
        for name, text, value in gauges:
            Gauge(name, text, registry=self._registry).set_function(value)

    def graded(self, verdicts: Iterable[Graded]) -> None:
        for verdict in verdicts:
            self._verdicts.labels(verdict.decision.value, verdict.reason.value).inc()
            self._seconds.observe(verdict.elapsed_ms / 1000)

    def refused(self, status: int) -> None:
        self._refused.labels(str(status)).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)
