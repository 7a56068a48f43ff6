"""What one item may cost, and the verdict on an item that costs more."""

from __future__ import annotations

from dataclasses import dataclass

from verifiers.types import Decision, Reason, Verdict

MIN_MEMORY_MB = 64  # the interpreter and flint take about a third of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Processor time of an item in ms, and data memory of a worker in MiB; both are enforced.

    The time is given twice: to what the problem alone needs, and to the answer after that.
    On a system other than Linux it is wall time.
    """

    timeout_ms: float = 1000
    memory_mb: int = 256

    def __post_init__(self) -> None:
        if not self.timeout_ms > 0:
            raise ValueError(f"timeout_ms is {self.timeout_ms}; accepted: a number above 0")
        if self.memory_mb < MIN_MEMORY_MB:
            raise ValueError(f"memory_mb is {self.memory_mb}; accepted: {MIN_MEMORY_MB} or more")

    def verdict(self, reason: Reason, *, answered: bool, elapsed_ms: float, detail: str) -> Verdict:
        """The verdict on an item that was stopped for ``reason``.

        ``answered``: the problem was solved within the limits, so that time and memory are the
        answer's fault: it is too large, whatever it says.
        """
        allowed = {
            Reason.OUT_OF_TIME: f"{self.timeout_ms:g} ms",
            Reason.OUT_OF_MEMORY: f"{self.memory_mb} MiB",
        }.get(reason)
        if allowed is None:
            evidence = f"The worker process ended while it judged this: {detail or 'no message'}."
        elif answered:
            evidence = f"The answer is too large: it cannot be judged within {allowed}."
        else:
            evidence = f"The problem was not settled within {allowed}."
        is_fault = answered and allowed is not None
        return Verdict(
            verdict=Decision.INCORRECT if is_fault else Decision.UNDECIDED,
            reason=Reason.OVER_BUDGET_ANSWER if is_fault else reason,
            evidence=(evidence,),
            elapsed_ms=elapsed_ms,
        )
