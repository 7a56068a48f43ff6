"""The clipped surrogate with a floor under bad tokens."""

from __future__ import annotations

from torch import Tensor

from rlvr.learn.surrogates.clipped import clipped
from rlvr.learn.surrogates.output import Surrogate


def dual_clip(
    logprobs: Tensor,
    old_logprobs: Tensor,
    advantages: Tensor,
    counts: Tensor,
    *,
    clip_low: float,
    clip_high: float,
    dual_clip: float,
) -> Surrogate:
    """max(clipped surrogate, c A) where A < 0, the clipped surrogate elsewhere; c > 1.

    Shapes as in ``output.py``. A bad token that has become much likelier (rho > c) would
    otherwise have an objective, and a gradient, without bound. Source: dual-clip PPO
    (arXiv 1912.09729), with c = 3.
    """
    once = clipped(
        logprobs, old_logprobs, advantages, counts, clip_low=clip_low, clip_high=clip_high
    )
    floor = dual_clip * advantages
    is_floored = (advantages < 0) & (once.objective < floor)
    return Surrogate(
        once.objective.where(~is_floored, floor),
        once.clipped | is_floored,
    )
