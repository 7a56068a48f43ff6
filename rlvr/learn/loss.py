"""The supervised loss: tensors and scalars in, a tensor out; no model and no configuration."""

from __future__ import annotations

from torch import Tensor


def next_token_cross_entropy(logprobs: Tensor, num_tokens: int) -> Tensor:
    """-sum(log p(target)) / num_tokens in nats, over the trained tokens only.

    Shapes: [N] -> []; N trained tokens of a micro-batch, ``num_tokens`` those of the whole step,
    so that the gradient does not depend on how the step was split.
    """
    return (-logprobs).sum() / num_tokens
