"""What a person sees of ``grade``: how far it is, and a table at the end."""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from verifiers.record import Graded
from verifiers.types import Decision, Reason

_BAR = 24  # characters
_BAR_SECONDS = 0.2
_LINE_SECONDS = 10.0
_STEPS = 16  # buckets in a doubling of the time


@dataclass
class Summary:
    """Counts of verdicts; times in ms are kept to within 5 %, in little memory."""

    counts: Counter[tuple[Decision, Reason]] = field(default_factory=Counter)
    resumed: int = 0
    interrupted: bool = False
    seconds: float = 0.0
    _times: Counter[int] = field(default_factory=Counter)

    def add(self, graded: Graded) -> None:
        self.counts[graded.decision, graded.reason] += 1
        self._times[math.ceil(_STEPS * math.log2(max(graded.elapsed_ms, 1e-3)))] += 1

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def num(self, decision: Decision) -> int:
        return sum(count for (each, _), count in self.counts.items() if each is decision)

    def elapsed_ms(self, share: float) -> float:
        """The time within which this share of the answers was judged; 0 for none."""
        left = share * self._times.total()
        for step, count in sorted(self._times.items()):
            left -= count
            if left <= 0:
                return float(2 ** (step / _STEPS))
        return 0.0

    def table(self) -> str:
        """Verdicts and, below each, its reasons."""
        rate = self.total / self.seconds if self.seconds else 0.0
        lines = [f"{self.total:,} answers in {clock(self.seconds)} ({rate:,.0f}/s)"]
        if self.total:
            times = f"median {self.elapsed_ms(0.5):.3g} ms, 95 % within {self.elapsed_ms(0.95):.3g}"
            lines[0] += f", {times} ms each"
        if self.resumed:
            lines.append(f"{self.resumed:,} more were there from an earlier run")
        for decision in Decision:
            number = self.num(decision)
            share = number / self.total if self.total else 0.0
            lines.append(f"  {decision:22} {number:>12,} {share:7.1%}")
            lines += [
                f"    {reason:20} {count:>12,}"
                for (each, reason), count in self.counts.most_common()
                if each is decision
            ]
        return "\n".join(lines)


class Meter:
    """How far the run is, on standard error: a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, share: Callable[[], float | None], stream: TextIO | None = None) -> None:
        self._share = share
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._started = self._spoke = time.monotonic()
        self._first = share() or 0.0
        self._width = 0

    def show(self, summary: Summary) -> None:
        now = time.monotonic()
        if now - self._spoke < (_BAR_SECONDS if self._is_terminal else _LINE_SECONDS):
            return
        self._spoke = now
        text = self._text(summary, now - self._started)
        if self._is_terminal:
            self._stream.write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self._stream.write(text + "\n")
        self._stream.flush()

    def close(self) -> None:
        if self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def _text(self, summary: Summary, seconds: float) -> str:
        words = f"{summary.total + summary.resumed:,} graded, {summary.total / seconds:,.0f}/s"
        undecided = summary.num(Decision.UNDECIDED)
        words += f", {undecided:,} undecided" if undecided else ""
        share = self._share()
        if share is None:
            return f"{words}, {clock(seconds)} gone"
        gained = share - self._first
        left = clock(seconds / gained * (1 - share)) if gained > 0 else "?"
        full = round(share * _BAR)
        bar = f"[{'#' * full}{'.' * (_BAR - full)}] " if self._is_terminal else ""
        return f"{bar}{share:.0%}, {words}, {left} left"


def clock(seconds: float) -> str:
    """``1:02`` or ``2:03:04``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
