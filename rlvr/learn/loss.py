"""The parts of the losses: tensors and scalars in, tensors out; no model and no configuration.

Shape: N trained tokens of one micro-batch, flat. Losses are divided by the number of trained
tokens of the whole step, so that the gradient does not depend on how the step was split.
"""

from __future__ import annotations

from torch import Tensor


def clipped_surrogate(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, clip_low: float, clip_high: float
) -> Tensor:
    """min(rho A, clip(rho, 1 - low, 1 + high) A) a token, with rho = exp(logprobs - old_logprobs).

    Shapes: [N], [N], [N] -> [N]; to be maximised. Sources: PPO (arXiv 1707.06347); the separate
    upper bound is DAPO's clip-higher (arXiv 2503.14476).
    """
    ratio = (logprobs - old_logprobs).exp()
    clipped = ratio.clamp(1 - clip_low, 1 + clip_high)
    return (ratio * advantages).minimum(clipped * advantages)


def clipped_tokens(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, clip_low: float, clip_high: float
) -> Tensor:
    """Whether ``clipped_surrogate`` takes the clipped branch, and so has no gradient there.

    Shapes: [N], [N], [N] -> [N] bool.
    """
    ratio = (logprobs - old_logprobs).exp()
    above = (ratio > 1 + clip_high) & (advantages > 0)
    below = (ratio < 1 - clip_low) & (advantages < 0)
    return above | below


def truncated_importance_weights(
    old_logprobs: Tensor, rollout_logprobs: Tensor, cap: float
) -> Tensor:
    """w = stopgrad(min(pi_old / mu, cap)) a token: pi_old the trainer's policy, mu the engine's.

    Shapes: [N], [N] -> [N]. Corrects for an engine whose probabilities differ a little from the
    trainer's; the cap bounds the variance. Source: truncated importance sampling, Ionides 2008.
    """
    return (old_logprobs.detach() - rollout_logprobs).exp().clamp(max=cap)


def token_mean(values: Tensor, num_tokens: int) -> Tensor:
    """sum(values) / num_tokens, with ``num_tokens`` the trained tokens of the whole step.

    Shapes: [N] -> []. Every token weighs the same, in whatever sequence or micro-batch it is.
    Source: DAPO's token-level loss (arXiv 2503.14476). An empty micro-batch gives 0.
    """
    return values.sum() / num_tokens


def next_token_cross_entropy(logprobs: Tensor, num_tokens: int) -> Tensor:
    """-sum(log p(target)) / num_tokens in nats, over the trained tokens only.

    Shapes: [N] -> []; ``num_tokens`` as in ``token_mean``.
    """
    return token_mean(-logprobs, num_tokens)
