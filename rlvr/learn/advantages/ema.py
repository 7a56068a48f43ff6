"""A running mean of the rewards as the baseline."""

from __future__ import annotations

import numpy as np

from rlvr.learn.advantages.groups import Bools, Floats, check


def ema(rewards: Floats, counted: Bools, baseline: float) -> Floats:
    """A = r - rho, with rho the mean of earlier rewards; 0 where uncounted.

    Shapes: [P, G], [P, G] -> [P, G]. One completion a problem is enough. rho does not depend on
    the batch, so the gradient has no bias; but one number cannot tell easy problems from hard
    ones. Source: REINFORCE with a baseline (Williams 1992).
    """
    check(rewards, counted)
    return np.where(counted, rewards - baseline, 0.0)


def ema_update(baseline: float, rewards: Floats, counted: Bools, beta: float) -> float:
    """rho <- beta rho + (1 - beta) G1, with G1 the mean counted reward of the batch.

    Shapes: [P, G], [P, G]. A batch without a counted reward leaves rho as it is.
    """
    if not counted.any():
        return baseline
    return beta * baseline + (1 - beta) * float(rewards[counted].mean())
