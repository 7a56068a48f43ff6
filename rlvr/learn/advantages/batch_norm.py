"""Advantages in units of the deviation over the whole batch."""

from __future__ import annotations

import numpy as np

from rlvr.learn.advantages.groups import STD_FLOOR, Bools, Floats, centred, check


def batch_norm(rewards: Floats, counted: Bools) -> Floats:
    """A = (r - mean) / (std + 1e-4), both over all counted rewards of the batch.

    Shapes: [P, G], [P, G] -> [P, G]; 0 where uncounted, and everywhere if all counted rewards
    are equal. std is the population's (divided by n). One completion a problem is enough. Source:
    REINFORCE++ (arXiv 2501.03262), whose token-level KL is ``grpo.kl`` here.
    """
    check(rewards, counted)
    if np.unique(rewards[counted]).size < 2:
        return np.zeros_like(rewards)
    difference = rewards - rewards[counted].mean()
    return np.where(counted, difference / (rewards[counted].std() + STD_FLOOR), 0.0)


def group_mean_batch_std(rewards: Floats, counted: Bools) -> Floats:
    """A = (r - mean of the group) / (std + 1e-4), std over the batch of those differences.

    Shapes: [P, G], [P, G] -> [P, G]; 0 where uncounted or uninformative. std is the root of the
    mean square over all counted completions (their mean is 0). Every problem keeps the weight
    that its spread of rewards gives it. Source: REINFORCE++ with baseline (arXiv 2501.03262).
    """
    differences = centred(rewards, counted)
    square = (differences**2).sum() / max(int(counted.sum()), 1)
    return np.asarray(differences / (np.sqrt(square) + STD_FLOOR))
