from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from rlvr.learn.logprobs import token_logprobs


def head(tokens: int = 23, width: int = 5, vocabulary: int = 11) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(tokens, width, generator=generator).requires_grad_()
    weight = torch.randn(vocabulary, width, generator=generator).requires_grad_()
    bias = torch.randn(vocabulary, generator=generator).requires_grad_()
    targets = torch.randint(vocabulary, (tokens,), generator=generator)
    return hidden, weight, bias, targets


def test_by_hand() -> None:
    hidden = torch.tensor([[1.0], [0.0]])
    weight = torch.tensor([[0.0], [math.log(3)]])
    logprobs, entropy = token_logprobs(hidden, weight, None, torch.tensor([1, 1]), 1.0)
    # softmax(0, log 3) = (1/4, 3/4); softmax(0, 0) = (1/2, 1/2).
    torch.testing.assert_close(logprobs.exp(), torch.tensor([0.75, 0.5]))
    first = 0.25 * math.log(4) + 0.75 * math.log(4 / 3)
    torch.testing.assert_close(entropy, torch.tensor([first, math.log(2)]))


def test_temperature_divides_the_logits() -> None:
    weight = torch.tensor([[0.0], [math.log(3)]])
    logprobs, _ = token_logprobs(torch.ones(1, 1), weight, None, torch.tensor([1]), 0.5)
    # softmax(0, 2 log 3) = (1/10, 9/10).
    assert logprobs.exp().item() == pytest.approx(0.9)


def test_the_bias_belongs_to_the_logits() -> None:
    bias = torch.tensor([0.0, math.log(3)])
    logprobs, _ = token_logprobs(torch.zeros(1, 2), torch.zeros(2, 2), bias, torch.tensor([0]), 1.0)
    assert logprobs.exp().item() == pytest.approx(0.25)


@pytest.mark.parametrize("rows", [1, 4, 23, 24])
@pytest.mark.parametrize("entropy_gradient", [False, True])
def test_chunks_change_nothing(rows: int, entropy_gradient: bool) -> None:
    outputs = []
    for chunk_logits in (2**24, rows * 11):
        hidden, weight, bias, targets = head()
        logprobs, entropy = token_logprobs(
            hidden, weight, bias, targets, 0.7, chunk_logits, entropy_gradient
        )
        loss = logprobs * torch.arange(23) + entropy * torch.arange(23).flip(0)
        torch.autograd.backward(loss.sum())
        outputs.append((logprobs, entropy, hidden.grad, weight.grad, bias.grad))
    for whole, chunked in zip(*outputs, strict=True):
        torch.testing.assert_close(whole, chunked)


def test_a_frozen_head_passes_the_gradient_on_in_the_dtype_of_what_it_was_given() -> None:
    hidden, weight, _, targets = (t.detach() for t in head())
    inputs = [hidden.bfloat16().requires_grad_() for _ in range(2)]
    for given, chunk_logits in zip(inputs, (2**24, 44), strict=True):
        logprobs, _ = token_logprobs(given, weight, None, targets, 0.7, chunk_logits)
        torch.autograd.backward(logprobs.sum())
    assert inputs[0].grad is not None
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    assert weight.grad is None


@pytest.mark.parametrize("rows", [4, 24])
def test_the_entropy_has_a_gradient_only_where_it_is_asked_for(rows: int) -> None:
    hidden, weight, bias, targets = head()
    assert not token_logprobs(hidden, weight, bias, targets, 0.7, rows * 11)[1].requires_grad
    _, entropy = token_logprobs(
        hidden, weight, bias, targets, 0.7, rows * 11, entropy_gradient=True
    )
    torch.autograd.backward(entropy.sum())
    plain, weight, bias, _ = head()
    table = ((plain @ weight.T + bias) / 0.7).softmax(-1)
    torch.autograd.backward(torch.distributions.Categorical(table).entropy().sum())
    torch.testing.assert_close(hidden.grad, plain.grad)


def test_the_head_runs_in_float32() -> None:
    hidden, weight, _, targets = (t.detach() for t in head())
    half = token_logprobs(hidden.bfloat16(), weight.bfloat16(), None, targets, 1.0)
    full = token_logprobs(hidden.bfloat16().float(), weight.bfloat16().float(), None, targets, 1.0)
    assert half[0].dtype == torch.float32
    torch.testing.assert_close(half, full, rtol=0, atol=0)


class Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Elements of the largest tensor that any operation returns."""

    elements = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for value in out if isinstance(out, tuple | list) else (out,):
            if isinstance(value, torch.Tensor):
                self.elements = max(self.elements, value.numel())
        return out


def test_no_tensor_of_all_logits_is_made() -> None:
    hidden, weight, _, targets = head(tokens=64, width=4, vocabulary=1000)
    with Largest() as largest:  # type: ignore[no-untyped-call]
        logprobs, _ = token_logprobs(hidden, weight, None, targets, 1.0, chunk_logits=8_000)
        torch.autograd.backward(logprobs.sum())
    assert largest.elements == 8_000


def test_no_tokens_give_no_logprobs_and_a_zero_gradient() -> None:
    hidden, weight, _, targets = head()
    logprobs, entropy = token_logprobs(hidden[:0], weight, None, targets[:0], 1.0)
    assert logprobs.shape == entropy.shape == (0,)
    torch.autograd.backward(logprobs.sum())
    assert weight.grad is not None
    assert not weight.grad.any()


def test_refuses_a_temperature_of_zero() -> None:
    hidden, weight, _, targets = head()
    with pytest.raises(ValueError, match="temperature is 0"):
        token_logprobs(hidden, weight, None, targets, 0.0)
