"""The group's mean as the baseline, in units of the group's deviation."""

from __future__ import annotations

import numpy as np

from rlvr.learn.advantages.groups import STD_FLOOR, Bools, Floats, centred


def group_std(rewards: Floats, counted: Bools) -> Floats:
    """A = (r - mean) / (std + 1e-4) over the group's counted rewards; 0 where uninformative.

    Shapes: [P, G], [P, G] -> [P, G]. std is the sample deviation (n - 1). Source: GRPO
    (arXiv 2402.03300). It gives nearly solved and nearly hopeless problems a larger weight.
    """
    differences = centred(rewards, counted)
    freedom = np.maximum(counted.sum(axis=1) - 1, 1)
    std = np.sqrt((differences**2).sum(axis=1) / freedom)
    return np.asarray(differences / (std + STD_FLOOR)[:, None])
