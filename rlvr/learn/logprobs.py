"""Token logprobs straight from the hidden states, with no [T, V] tensor for a large vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from rlvr.model_sizes import CHUNK_LOGITS


def token_logprobs(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    temperature: float,
    chunk_logits: int | None = None,
    entropy_gradient: bool = False,
) -> tuple[Tensor, Tensor]:
    """log softmax(hidden W' / temperature)[target] and the entropy of that distribution, in nats.

    Shapes: hidden [N, D], weight [V, D], bias [V] or None, targets [N] -> [N], [N], both float32.
    The head runs in float32 whatever the model's dtype. The entropy has a gradient only with
    ``entropy_gradient``. At most ``chunk_logits`` logits exist at once (by default what suits the
    device); above that, chunks are computed again in the backward.
    """
    if temperature <= 0:
        raise ValueError(f"temperature is {temperature}; a number above 0 is accepted")
    weight = weight.float()
    bias = None if bias is None else bias.float()
    chunk = max(1, (chunk_logits or CHUNK_LOGITS[hidden.device.type]) // weight.shape[0])
    if len(targets) > chunk:
        settings = (temperature, chunk, entropy_gradient)
        logprobs, entropy = _Chunked.apply(hidden, weight, bias, targets, *settings)
        return logprobs, entropy if entropy_gradient else entropy.detach()
    table = _table(hidden, weight, bias, temperature)
    with torch.set_grad_enabled(entropy_gradient and torch.is_grad_enabled()):
        entropy = -(table.exp() * table).sum(dim=-1)
    return table.gather(-1, targets[:, None])[:, 0], entropy


def _table(hidden: Tensor, weight: Tensor, bias: Tensor | None, temperature: float) -> Tensor:
    """All logprobs, [n, V]."""
    logits = torch.nn.functional.linear(hidden.float(), weight, bias)
    return logits.div_(temperature).log_softmax(dim=-1)


class _Chunked(torch.autograd.Function):
    """The same a chunk of tokens at a time; for the gradient each chunk's table is made again.

    With z the logits over the temperature, p their softmax, H its entropy and t the target:

        d logprob / d z = [t] - p            d H / d z = -p (log p + H)

    By hand, because autograd would make a gradient of the whole head for each chunk.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        targets: Tensor,
        temperature: float,
        chunk: int,
        entropy_gradient: bool,
    ) -> tuple[Tensor, Tensor]:
        logprobs = weight.new_empty(len(targets))
        entropy = torch.empty_like(logprobs)
        for rows in _slices(len(targets), chunk):
            table = _table(hidden[rows], weight, bias, temperature)
            logprobs[rows] = table.gather(-1, targets[rows, None])[:, 0]
            entropy[rows] = -table.exp().mul_(table).sum(dim=-1)
        ctx.save_for_backward(hidden, weight, bias, targets, entropy)
        ctx.temperature, ctx.chunk, ctx.entropy_gradient = temperature, chunk, entropy_gradient
        return logprobs, entropy

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_logprobs: Tensor, of_entropy: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, bias, targets, entropy = ctx.saved_tensors
        needs_hidden, needs_weight, needs_bias, *_ = ctx.needs_input_grad
        hidden_grad = torch.empty_like(hidden) if needs_hidden else None
        weight_grad = torch.zeros_like(weight) if needs_weight else None
        bias_grad = torch.zeros_like(bias) if needs_bias else None
        for rows in _slices(len(targets), ctx.chunk):
            table = _table(hidden[rows], weight, bias, ctx.temperature)
            g = of_logprobs[rows, None]
            logits_grad = table.exp()
            if ctx.entropy_gradient:
                logits_grad *= table.add_(entropy[rows, None]).mul_(of_entropy[rows, None]).add_(g)
            else:
                logits_grad *= g
            logits_grad.neg_().scatter_add_(-1, targets[rows, None], g).div_(ctx.temperature)
            if hidden_grad is not None:
                hidden_grad[rows] = (logits_grad @ weight).to(hidden.dtype)
            if weight_grad is not None:
                weight_grad.addmm_(logits_grad.T, hidden[rows].float())
            if bias_grad is not None:
                bias_grad += logits_grad.sum(dim=0)
        return hidden_grad, weight_grad, bias_grad, None, None, None, None


def _slices(length: int, chunk: int) -> Iterator[slice]:
    return (slice(start, start + chunk) for start in range(0, length, chunk))
