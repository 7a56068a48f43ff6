"""What a run leaves behind, the same for both sides: a line a step, then one that says it is whole.

Used in both environments: it needs rlvr's records and nothing of vLLM or TRL.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from time import perf_counter, process_time

from rlvr.memory import peak_memory_mb
from rlvr.processes import PROC, descendants
from rlvr.types import Completion, Reward
from verifiers import Decision


def batch_metrics(completions: Sequence[Completion], rewards: Sequence[Reward]) -> dict[str, float]:
    """Of the B completions of a step."""
    lengths = [len(completion.token_ids) for completion in completions]
    verdicts = [reward.verdict.verdict for reward in rewards]
    return {
        "reward": fmean(reward.total for reward in rewards),
        "correct": fmean(verdict is Decision.CORRECT for verdict in verdicts),
        "undecided": fmean(verdict is Decision.UNDECIDED for verdict in verdicts),
        "truncated": fmean(c.finish_reason == "length" for c in completions),
        "completions": float(len(completions)),
        "tokens": float(sum(lengths)),
        "mean_length": fmean(lengths),
    }


def processor_seconds() -> float:
    """Processor time of this process and of its living descendants; these to 1/100 s, as Linux
    tells it."""
    ticks = sum(_ticks(child) for child in descendants(os.getpid()))
    return process_time() + ticks / os.sysconf("SC_CLK_TCK")


class Recorder:
    """Writes a line a step as it ends, with the times since the line before.

    ``seconds`` is wall time and ``seconds/cpu`` processor time of all threads and living children,
    which other jobs on the machine touch less. ``start`` must be called when all is loaded and the
    first step begins.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last, self._last_cpu = perf_counter(), processor_seconds()
        self._loaded_mb = 0.0

    def start(self) -> None:
        self._path.write_text("")
        self._loaded_mb = peak_memory_mb()
        self._last, self._last_cpu = perf_counter(), processor_seconds()

    def step(self, **values: float) -> None:
        seconds, cpu = perf_counter() - self._last, processor_seconds() - self._last_cpu
        self._write({"seconds": seconds, "seconds/cpu": cpu, **values})
        self._last, self._last_cpu = perf_counter(), processor_seconds()

    def finish(self, **values: str) -> None:
        """The last line: peak memory of this process and its children, at the start and now."""
        peaks = {"loaded_memory_mb": self._loaded_mb, "peak_memory_mb": peak_memory_mb()}
        self._write({**peaks, **values})

    def _write(self, row: dict[str, float] | dict[str, float | str]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")


def _ticks(pid: int) -> int:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:  # ended meanwhile
        return 0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return int(user) + int(system)
