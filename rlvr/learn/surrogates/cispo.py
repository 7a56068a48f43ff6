"""Clipped importance weights on REINFORCE."""

from __future__ import annotations

from torch import Tensor

from rlvr.learn.surrogates.output import Surrogate


def cispo(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, counts: Tensor, *, cap: float
) -> Surrogate:
    """stopgrad(min(rho, cap)) A log pi a token, with rho = exp(logprobs - old_logprobs).

    Shapes as in ``output.py``. The cap bounds a token's weight, but no token loses its gradient.
    Sources: CISPO (arXiv 2506.13585); cap 5 after ScaleRL (arXiv 2510.13786).
    """
    ratio = (logprobs.detach() - old_logprobs).exp()
    return Surrogate(ratio.clamp(max=cap) * advantages * logprobs, ratio > cap)
