"""No ratio at all."""

from __future__ import annotations

import torch
from torch import Tensor

from rlvr.learn.surrogates.output import Surrogate


def reinforce(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, counts: Tensor
) -> Surrogate:
    """A log pi a token, whose gradient is that of the expected reward while the batch is fresh.

    Shapes as in ``output.py``; nothing is clipped. Source: REINFORCE (Williams 1992).
    """
    return Surrogate(advantages * logprobs, torch.zeros_like(logprobs, dtype=torch.bool))
