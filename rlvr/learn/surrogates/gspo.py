"""The clipped surrogate with the ratio of whole sequences."""

from __future__ import annotations

from torch import Tensor

from rlvr.learn.segments import segment_mean, spread
from rlvr.learn.surrogates.clipped import clipped
from rlvr.learn.surrogates.output import Surrogate


def gspo(
    logprobs: Tensor,
    old_logprobs: Tensor,
    advantages: Tensor,
    counts: Tensor,
    *,
    clip_low: float,
    clip_high: float,
) -> Surrogate:
    """min(s A, clip(s, 1 - low, 1 + high) A), s = exp(mean over the sequence of log rho).

    Shapes as in ``output.py``. A token's s is stopgrad(s) pi / stopgrad(pi): its value is the
    sequence's, its gradient its own, so that the mean over the sequence has the gradient of the
    paper's objective, and token-level advantages have a meaning (GSPO-token). The bounds are as
    narrow as a geometric mean is steady. Source: GSPO (arXiv 2507.18071).
    """
    log_ratio = segment_mean(logprobs.detach() - old_logprobs, counts)
    log_ratios = spread(log_ratio, counts) + logprobs - logprobs.detach()
    return clipped(
        log_ratios,
        log_ratios.new_zeros(()),
        advantages,
        counts,
        clip_low=clip_low,
        clip_high=clip_high,
    )
