from __future__ import annotations

import math

import pytest
import torch

from rlvr.rollout.checks import (
    NonFiniteLogprobsError,
    check_logprobs,
    check_requests,
    checked_weights,
)
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.types import Completion


def sampling(temperature: float = 1.0, max_new_tokens: int = 4) -> SamplingSettings:
    return SamplingSettings(temperature=temperature, max_new_tokens=max_new_tokens)


def completion(*logprobs: float) -> Completion:
    return Completion(
        token_ids=tuple(range(len(logprobs))),
        rollout_logprobs=logprobs,
        finish_reason="length",
        policy_version=3,
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(prompt_ids=(), seed=0), "request 1: the prompt is empty"),
        (Request(prompt_ids=(1,) * 7, seed=0), "request 1: 7 prompt tokens and up to 4 new"),
        (Request(prompt_ids=(1,), seed=-1), "request 1: seed -1"),
        (Request(prompt_ids=(1,), seed=2**63), "request 1: seed"),
    ],
)
def test_a_bad_request_is_named(request_: Request, message: str) -> None:
    good = Request(prompt_ids=(1,) * 6, seed=0)
    check_requests([good, good], sampling(), max_length=10)
    with pytest.raises(ValueError, match=message):
        check_requests([good, request_], sampling(), max_length=10)


@pytest.mark.parametrize("temperature", [-0.1, math.nan, math.inf])
def test_a_bad_temperature_is_refused(temperature: float) -> None:
    check_requests([], sampling(temperature=0.0), max_length=10)
    with pytest.raises(ValueError, match="temperature"):
        check_requests([], sampling(temperature=temperature), max_length=10)


def test_no_new_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="max_new_tokens 0"):
        check_requests([], sampling(max_new_tokens=0), max_length=10)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_logprobs_that_are_not_finite_are_counted_and_located(bad: float) -> None:
    good = completion(-1.0, -2.0)
    check_logprobs([good, good])
    broken = [good, completion(-1.0, bad), good, completion(bad, -1.0)]
    message = "2 of 4 completions .* request 1, token 1, .* policy version 3"
    with pytest.raises(NonFiniteLogprobsError, match=message):
        check_logprobs(broken)


def test_weights_pass_through_detached() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    [(name, tensor)] = checked_weights([("a", weight)], {"a", "tied"}, {"a"})
    assert name == "a"
    assert not tensor.requires_grad
    assert tensor.data_ptr() == weight.data_ptr()


def test_an_optional_weight_may_come_too() -> None:
    weights = [("a", torch.ones(2)), ("tied", torch.ones(2))]
    assert len(list(checked_weights(weights, {"a", "tied"}, {"a"}))) == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["module.a", "b"], "'module.a' is not one of the model's"),
        (["b"], "1 weights are missing from the update, 'a' among them"),
        ([], "2 weights are missing"),
    ],
)
def test_unknown_and_missing_weights_are_named(names: list[str], message: str) -> None:
    weights = [(name, torch.ones(2)) for name in names]
    with pytest.raises(ValueError, match=message):
        list(checked_weights(weights, {"a", "b"}, {"a", "b"}))
