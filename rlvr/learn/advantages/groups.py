"""What all group baselines share. Pure numpy, as everything in this folder: no model, no torch.

Shapes: P problems, G completions a problem. ``counted`` is false for a completion whose reward
says nothing (an undecided verdict, a masked truncation): it is in no baseline and gets 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STD_FLOOR = 1e-4  # keeps rewards that differ by rounding alone from exploding


def informative(rewards: Floats, counted: Bools) -> Bools:
    """Whether each group can teach anything: two counted rewards in it that differ.

    Shapes: [P, G], [P, G] -> [P]. Equality is tested, not a small deviation: rewards are sums
    of the same few terms, so equal ones are equal to the bit.
    """
    check(rewards, counted)
    lowest = np.where(counted, rewards, np.inf).min(axis=1)
    highest = np.where(counted, rewards, -np.inf).max(axis=1)
    return np.asarray(lowest < highest)


def centred(rewards: Floats, counted: Bools) -> Floats:
    """r - mean of the group's counted rewards; 0 where uncounted or uninformative.

    Shapes: [P, G], [P, G] -> [P, G].
    """
    trained = counted & informative(rewards, counted)[:, None]
    sums = np.where(counted, rewards, 0.0).sum(axis=1)
    means = sums / np.maximum(counted.sum(axis=1), 1)
    return np.where(trained, rewards - means[:, None], 0.0)


def check(rewards: Floats, counted: Bools) -> None:
    """Raises ValueError for other shapes and types, and for a counted reward not finite."""
    if rewards.ndim != 2 or rewards.shape[1] == 0:
        raise ValueError(f"rewards have shape {rewards.shape}; [problems, group] is accepted")
    if counted.shape != rewards.shape or counted.dtype != np.bool_:
        raise ValueError(
            f"counted is {counted.dtype} {counted.shape}; bool {rewards.shape} is accepted"
        )
    if not np.isfinite(rewards[counted]).all():
        raise ValueError("a counted reward is not finite")
