"""Weights for the gap between engine and trainer, token by token.

Shapes: N trained tokens of a micro-batch, S sequences with ``counts`` [S] tokens. pi_old is the
trainer's policy that the batch comes from, mu the engine's: the same weights, other arithmetic
or another age. No weight has a gradient.
"""

from __future__ import annotations

import torch
from torch import Tensor


def none(old_logprobs: Tensor, rollout_logprobs: Tensor, counts: Tensor) -> Tensor:
    """w = 1: engine and trainer are taken to be equal. Shapes: [N], [N], [S] -> [N]."""
    return torch.ones_like(old_logprobs)


def token_truncate(
    old_logprobs: Tensor, rollout_logprobs: Tensor, counts: Tensor, *, cap: float
) -> Tensor:
    """w = min(pi_old / mu, cap) a token. Shapes: [N], [N], [S] -> [N].

    The cap bounds the variance, at the price of a bias. Sources: truncated importance sampling,
    Ionides 2008; in this place: Yao et al. 2025, "Your efficient RL framework secretly brings
    you off-policy RL training".
    """
    return (old_logprobs.detach() - rollout_logprobs).exp().clamp(max=cap)


def token_mask(
    old_logprobs: Tensor, rollout_logprobs: Tensor, counts: Tensor, *, low: float, high: float
) -> Tensor:
    """w = pi_old / mu where that is within [low, high], else 0. Shapes: [N], [N], [S] -> [N].

    A token that engine and trainer see quite differently is left out, not only bounded. Source:
    IcePop (arXiv 2510.18855).
    """
    ratio = (old_logprobs.detach() - rollout_logprobs).exp()
    return ratio * ((ratio >= low) & (ratio <= high))
