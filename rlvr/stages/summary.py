"""What a run took and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

from rlvr.config import Config
from rlvr.evaluate import EvalMetrics
from rlvr.loop import StepResult
from rlvr.memory import peak_memory_mb

STAGES = ("data", "sft", "grpo", "eval")
WORK = ("rollout", "train")


def _zeros(names: tuple[str, ...]) -> dict[str, float]:
    return dict.fromkeys(names, 0.0)


@dataclass(slots=True)
class Tally:
    """Seconds, tokens and memory of a run and its restarts.

    ``busy`` counts the seconds of GRPO's rollout and train stages, ``tokens`` what they handled:
    generated tokens, and tokens of the sequences trained on.
    """

    seconds: dict[str, float] = field(default_factory=lambda: _zeros(STAGES))
    busy: dict[str, float] = field(default_factory=lambda: _zeros(WORK))
    tokens: dict[str, float] = field(default_factory=lambda: _zeros(WORK))
    peak_memory_mb: float = 0.0  # of all processes, looked at whenever a stage ends
    clocks: dict[str, float] = field(default_factory=dict)  # since when each running stage runs

    @contextmanager
    def clock(self, stage: str) -> Iterator[None]:
        self.clocks[stage] = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += perf_counter() - self.clocks.pop(stage)
            self.peak_memory_mb = max(self.peak_memory_mb, peak_memory_mb())

    def add(self, result: StepResult) -> None:
        if not result.groups:
            return
        rollouts = [rollout for group in result.groups for rollout in group]
        self.tokens["rollout"] += sum(len(r.completion.token_ids) for r in rollouts)
        self.tokens["train"] += result.metrics["num_tokens"]
        for work in WORK:
            self.busy[work] += result.timings[work]

    def state(self) -> dict[str, Any]:
        """As a checkpoint keeps it: a running stage counts up to now."""
        state = asdict(self)
        now = perf_counter()
        for stage, start in state.pop("clocks").items():
            state["seconds"][stage] += now - start
        return state


def summarise_run(
    config: Config,
    engine: str,
    before: EvalMetrics,
    after: EvalMetrics,
    tally: Tally,
    siftings: list[dict[str, Any]],
) -> dict[str, Any]:
    """The content of ``summary.json``; ``data`` only where a data set was read by name."""
    summary = {
        "seed": config.seed,
        "steps": config.grpo.steps,
        "engine": engine,
        "before": before,
        "after": after,
        "seconds": {**tally.seconds, "total": sum(tally.seconds.values())},
        "peak_memory_mb": tally.peak_memory_mb,
        "tokens_per_second": {
            work: tally.tokens[work] / tally.busy[work] if tally.busy[work] else 0.0
            for work in WORK
        },
    }
    return summary | ({"data": siftings} if siftings else {})
