"""Do two sets of learning curves agree? Intervals for differences of means over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from mpmath import betainc

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """first - second, with the ends of its interval at ``confidence``."""

    value: float
    low: float
    high: float
    confidence: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high

    def is_within(self, margin: float) -> bool:
        """Whether the whole interval lies within +- ``margin``: equal for that purpose."""
        return -margin <= self.low and self.high <= margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """``tail`` is of the last window, seeds independent; ``windows`` are all, paired by seed.

    The windows' intervals hold together at 95 %: each is at 1 - 5 % / their number (Bonferroni).
    """

    tail: Difference
    windows: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """No difference is shown: 0 is in the interval of the end and of every window."""
        return self.tail.holds_zero and all(each.holds_zero for each in self.windows)


def agreement(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], width: int
) -> Agreement:
    """Compare curves, one a seed [S][T], by means over windows of ``width`` steps.

    Equal seeds had the same problems in the same order on both sides, so the windows are compared
    in pairs; the end once more without that, as two sets of seeds. Raises ValueError for fewer
    than two seeds, and for curves shorter than one window.
    """
    ours, theirs = window_means(first, width), window_means(second, width)
    level = 1 - (1 - CONFIDENCE) / len(ours)
    return Agreement(
        tail=welch(ours[-1], theirs[-1]),
        windows=tuple(paired(a, b, level) for a, b in zip(ours, theirs, strict=True)),
    )


def window_means(curves: Sequence[Sequence[float]], width: int) -> list[list[float]]:
    """Means over whole windows, counted back from the end: [S][T] -> [W][S]."""
    length = min(len(curve) for curve in curves)
    if length < width:
        raise ValueError(f"curves of {length} steps; at least one window of {width} is needed")
    starts = range(length % width, length, width)
    return [[fmean(curve[start : start + width]) for curve in curves] for start in starts]


def welch(
    first: Sequence[float], second: Sequence[float], confidence: float = CONFIDENCE
) -> Difference:
    """Difference of two means, variances unequal. Source: Welch 1947 (Satterthwaite's freedom)."""
    _check(first, second)
    a, b = variance(first) / len(first), variance(second) / len(second)
    freedom = (a + b) ** 2 / (a**2 / (len(first) - 1) + b**2 / (len(second) - 1)) if a + b else 1.0
    return _interval(fmean(first) - fmean(second), math.sqrt(a + b), freedom, confidence)


def paired(
    first: Sequence[float], second: Sequence[float], confidence: float = CONFIDENCE
) -> Difference:
    """Mean of the differences of pairs, with Student's interval."""
    _check(first, second)
    each = [a - b for a, b in zip(first, second, strict=True)]
    error = math.sqrt(variance(each) / len(each))
    return _interval(fmean(each), error, len(each) - 1, confidence)


def student_quantile(probability: float, freedom: float) -> float:
    """t with P(T <= t) = probability, for 1/2 <= probability < 1, by bisection to 1e-9."""
    low, high = 0.0, 1.0
    while _student_cdf(high, freedom) < probability:
        high *= 2
    while high - low > 1e-9 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if _student_cdf(middle, freedom) < probability else (low, middle)
    return (low + high) / 2


def _student_cdf(t: float, freedom: float) -> float:
    """P(T <= t) for t >= 0, by the incomplete beta function."""
    x = freedom / (freedom + t * t)
    return 1 - float(betainc(freedom / 2, 0.5, 0, x, regularized=True)) / 2


def _interval(value: float, error: float, freedom: float, confidence: float) -> Difference:
    half = student_quantile((1 + confidence) / 2, freedom) * error
    return Difference(value=value, low=value - half, high=value + half, confidence=confidence)


def _check(first: Sequence[float], second: Sequence[float]) -> None:
    if min(len(first), len(second)) < 2:
        raise ValueError(
            f"{len(first)} and {len(second)} seeds; a spread needs at least two on each side"
        )
