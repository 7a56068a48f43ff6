"""Token logprobs straight from the hidden states, with no [T, V] tensor for a large vocabulary."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from rlvr.model_sizes import CHUNK_LOGITS


def token_logprobs(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    temperature: float,
    chunk_logits: int = CHUNK_LOGITS,
    entropy_gradient: bool = False,
) -> tuple[Tensor, Tensor]:
    """log softmax(hidden W' / temperature)[target] and the entropy of that distribution, in nats.

    Shapes: hidden [N, D], weight [V, D], bias [V] or None, targets [N] -> [N], [N], both float32.
    The head runs in float32 whatever the model's dtype. The entropy has a gradient only with
    ``entropy_gradient``. At most ``chunk_logits`` logits exist at once; above that, chunks are
    recomputed in the backward.
    """
    if temperature <= 0:
        raise ValueError(f"temperature is {temperature}; a number above 0 is accepted")
    weight = weight.float()
    bias = None if bias is None else bias.float()
    chunk = max(1, chunk_logits // weight.shape[0])
    if len(targets) <= chunk:
        return _logprobs_and_entropy(hidden, weight, bias, targets, temperature, entropy_gradient)
    rest = (temperature, entropy_gradient)
    parts = [
        checkpoint(_logprobs_and_entropy, h, weight, bias, t, *rest, use_reentrant=False)
        for h, t in zip(torch.split(hidden, chunk), torch.split(targets, chunk), strict=True)
    ]
    logprobs, entropy = zip(*parts, strict=True)
    return torch.cat(logprobs), torch.cat(entropy)


def _logprobs_and_entropy(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    temperature: float,
    entropy_gradient: bool,
) -> tuple[Tensor, Tensor]:
    logits = torch.nn.functional.linear(hidden.float(), weight, bias) / temperature
    logprobs = logits.log_softmax(dim=-1)
    with torch.set_grad_enabled(entropy_gradient and torch.is_grad_enabled()):
        entropy = -(logprobs.exp() * logprobs).sum(dim=-1)
    return logprobs.gather(-1, targets[:, None])[:, 0], entropy
