"""How far a mean over problems may lie from the true one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rlvr.seeding import derive_seed
from rlvr.wilson import wilson

RESAMPLES = 2_000
FEWEST = 30  # problems for a bootstrap: of a handful it sees too little of what there is
_AT_ONCE = 4_000_000  # numbers drawn at a time


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its 95 % interval, over ``num`` problems."""

    value: float
    low: float
    high: float
    num: int


def share(count: int, total: int) -> Interval:
    """A share that was counted, with Wilson's interval."""
    return Interval(count / total, *wilson(count, total), total)


def mean(values: Sequence[float], seed: int) -> Interval:
    """The mean of values in 0..1, one a problem, with a percentile bootstrap over the problems.

    Problems are drawn again whole, so that both the choice of problems and the draws in each are
    in the interval. Zeros and ones are a count, with Wilson's interval. It also stands for fewer
    than ``FEWEST`` values and for those all the same: nothing in 0..1 varies more than zeros and
    ones do.
    Source: Efron 1979; Efron and Tibshirani 1993, chapter 13.
    """
    array = np.asarray(values, dtype=np.float64)
    num = len(array)
    if num and (num < FEWEST or np.isin(array, (0.0, 1.0)).all() or (array == array[0]).all()):
        total = float(array.sum())
        return Interval(total / num, *wilson(total, num), num)
    return _bootstrap(array, seed)


def difference(values: Sequence[float], seed: int) -> Interval:
    """The mean of paired differences in -1..1, one a problem, with the same bootstrap.

    Where nothing differs on ``FEWEST`` problems or more, the interval has no width; of fewer it is
    Wilson's, stretched to -1..1.
    """
    array = np.asarray(values, dtype=np.float64)
    num = len(array)
    if 0 < num < FEWEST:
        low, high = wilson(float((1 + array).sum()) / 2, num)
        return Interval(float(array.mean()), 2 * low - 1, 2 * high - 1, num)
    return _bootstrap(array, seed)


def _bootstrap(array: np.ndarray[tuple[int], np.dtype[np.float64]], seed: int) -> Interval:
    num = len(array)
    if num == 0:
        raise ValueError("no mean of no values; expected at least one problem")
    rng = np.random.Generator(np.random.PCG64(derive_seed(seed, "bootstrap")))
    rows = max(1, _AT_ONCE // num)
    means = [
        array[rng.integers(0, num, size=(min(rows, RESAMPLES - start), num))].mean(axis=1)
        for start in range(0, RESAMPLES, rows)
    ]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Interval(float(array.mean()), float(low), float(high), num)
