"""PPO's clipped surrogate."""

from __future__ import annotations

from torch import Tensor

from rlvr.learn.surrogates.output import Surrogate


def clipped(
    logprobs: Tensor,
    old_logprobs: Tensor,
    advantages: Tensor,
    counts: Tensor,
    *,
    clip_low: float,
    clip_high: float,
) -> Surrogate:
    """min(rho A, clip(rho, 1 - low, 1 + high) A) a token, with rho = exp(logprobs - old_logprobs).

    Shapes as in ``output.py``. A clipped token has no gradient. Sources: PPO (arXiv 1707.06347);
    the separate upper bound is DAPO's clip-higher (arXiv 2503.14476).
    """
    ratio = (logprobs - old_logprobs).exp()
    bounded = ratio.clamp(1 - clip_low, 1 + clip_high)
    above = (ratio > 1 + clip_high) & (advantages > 0)
    below = (ratio < 1 - clip_low) & (advantages < 0)
    return Surrogate((ratio * advantages).minimum(bounded * advantages), above | below)
