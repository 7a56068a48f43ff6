"""How much each problem weighs in the draw: pure functions of what was solved so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def learnability(success: Floats, floor: float) -> Floats:
    """floor + 4 p (1 - p), with p the running success of each problem.

    Shapes: [R] -> [R]. p (1 - p) is the variance of a right-or-wrong reward, and what a group
    baseline has to work with: a problem that is always or never solved teaches nothing, but may
    yet change, hence the floor. Source: arXiv 2502.12272.
    """
    return floor + 4 * success * (1 - success)


def behind(success: Mapping[str, float], families: Collection[str], strength: float) -> Floats:
    """1 + strength (best - s) for each family, s its running success; an unseen one has 0.

    Shapes: [F] -> [F], in the order of ``families``.
    """
    values = np.array([success.get(family, 0.0) for family in families])
    return np.asarray(1 + strength * (values.max() - values))


def running(old: float | None, new: float, memory: float) -> float:
    """memory old + (1 - memory) new; the first observation stands alone."""
    return new if old is None else memory * old + (1 - memory) * new


def weighted_draw(weights: Floats, count: int, seed: int) -> list[int]:
    """``count`` different rows, one by one, each with a chance in proportion to its weight.

    Shapes: [R] -> count rows. All that have a weight above 0, in a drawn order, if there are fewer.
    Source: Efraimidis and Spirakis 2006: the rows with the smallest E / weight, E exponential.
    """
    keys = np.random.default_rng(seed).exponential(size=len(weights))
    with np.errstate(divide="ignore"):
        keys = np.where(weights > 0, keys / weights, np.inf)
    order = np.argsort(keys, kind="stable")[:count]
    return [int(row) for row in order if np.isfinite(keys[row])]
