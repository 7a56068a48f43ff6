"""Weights for the gap between engine and trainer, completion by completion.

The product of a completion's ratios grows or vanishes with its length; their geometric mean
g = exp(mean of log pi_old / mu) does not. Shapes as in ``token.py``.
"""

from __future__ import annotations

from torch import Tensor

from rlvr.learn.segments import segment_mean, spread


def sequence_truncate(
    old_logprobs: Tensor, rollout_logprobs: Tensor, counts: Tensor, *, cap: float
) -> Tensor:
    """w = min(g, cap) for every token of a completion. Shapes: [N], [N], [S] -> [N].

    Source: as ``token_truncate``, with the geometric mean of GSPO (arXiv 2507.18071).
    """
    return spread(_geometric_mean(old_logprobs, rollout_logprobs, counts).clamp(max=cap), counts)


def sequence_mask(
    old_logprobs: Tensor, rollout_logprobs: Tensor, counts: Tensor, *, low: float, high: float
) -> Tensor:
    """w = g for every token of a completion with g within [low, high], else 0.

    Shapes: [N], [N], [S] -> [N]. Source: as ``token_mask`` (arXiv 2510.18855), with the geometric
    mean of GSPO (arXiv 2507.18071).
    """
    mean = _geometric_mean(old_logprobs, rollout_logprobs, counts)
    return spread(mean * ((mean >= low) & (mean <= high)), counts)


def _geometric_mean(old_logprobs: Tensor, rollout_logprobs: Tensor, counts: Tensor) -> Tensor:
    return segment_mean(old_logprobs.detach() - rollout_logprobs, counts).exp()
