from __future__ import annotations

import math

import pytest
import torch

from rlvr.learn.loss import next_token_cross_entropy


def test_next_token_cross_entropy_by_hand() -> None:
    logprobs = torch.tensor([0.5, 0.25, 0.125]).log()
    # (1 + 2 + 3) bits over three tokens, in nats.
    assert next_token_cross_entropy(logprobs, 3).item() == pytest.approx(2 * math.log(2))


def test_the_parts_of_a_step_add_up() -> None:
    logprobs = torch.tensor([-1.0, -2.0, -6.0])
    parts = [
        next_token_cross_entropy(part, 3) for part in (logprobs[:1], logprobs[1:], logprobs[3:])
    ]
    assert float(torch.stack(parts).sum()) == pytest.approx(3.0)
