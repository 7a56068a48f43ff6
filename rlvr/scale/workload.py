"""What one step asks for: problems, completions and how long they are."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One step of the loop. Lengths are in tokens; completions are cut off at ``longest``.

    The lengths follow an exponential distribution cut off at ``longest`` with this mean; where
    both are equal all completions are that long. ``verify_seconds`` are of one CPU core.
    """

    problems: int = 512
    group: int = 16
    prompt: int = 256
    mean: float = 2_048
    longest: int = 8_192
    verify_seconds: float = 0.01
    micro_batch_tokens: int = 16_384
    max_sequences: int = 512
    """That an engine decodes at once."""

    def __post_init__(self) -> None:
        for name in ("problems", "group", "prompt", "longest", "micro_batch_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; 1 or more is accepted")
        if self.max_sequences < 1:
            raise ValueError(f"max_sequences is {self.max_sequences}; 1 or more is accepted")
        if not 1 <= self.mean <= self.longest:
            raise ValueError(
                f"the mean length is {self.mean:g}; from 1 to the longest, {self.longest}, is "
                "accepted"
            )
        if not 0 <= self.verify_seconds < math.inf:
            raise ValueError(f"verify_seconds is {self.verify_seconds}; 0 or more is accepted")

    @property
    def completions(self) -> int:
        return self.problems * self.group

    @property
    def completion_tokens(self) -> float:
        return self.completions * self.mean

    @property
    def tokens(self) -> float:
        """That the trainer reads: prompts are repeated for each completion."""
        return self.completions * (self.prompt + self.mean)


def decay(workload: Workload) -> float:
    """1 / theta of the share exp(-x / theta) of completions longer than x; 0 if all are longest.

    theta solves mean = theta (1 - exp(-longest / theta)), which grows with theta.
    """
    mean, longest = workload.mean, float(workload.longest)

    def mean_at(rate: float) -> float:
        return -math.expm1(-longest * rate) / rate

    low, high = 0.0, 1.0 / mean
    if mean_at(1e-9 / longest) <= mean:
        return 0.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_at(middle) > mean else (low, middle)
    return (low + high) / 2


def mean_age(workload: Workload) -> float:
    """How many tokens the completions in flight have so far, on average, in steady generation.

    The integral of x S(x) over that of S(x), with S(x) the share longer than x; half of the
    length where all are equally long.
    """
    rate, longest = decay(workload), float(workload.longest)
    if rate == 0:
        return longest / 2
    left = math.exp(-longest * rate)
    # Integrals over [0, longest]: of S, (1 - left) / rate; of x S, by parts.
    area = (1 - left) / rate
    moment = (area - longest * left) / rate
    return moment / area


def mean_pairs(workload: Workload) -> float:
    """E[n (n + 1) / 2] of a prompt with its completion, n tokens: what attention costs.

    E[(p + X)^2] = p^2 + 2 p E[X] + E[X^2], and E[X^2] = 2 E[X] (age in steady generation).
    """
    p, mean = workload.prompt, workload.mean
    square = p**2 + 2 * p * mean + 2 * mean * mean_age(workload)
    return (square + p + mean) / 2
