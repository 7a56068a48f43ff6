"""Sums over the sequences of a packed batch.

Shapes: N trained tokens, S sequences. ``counts`` [S] int64 says how many tokens each sequence
has, in their order; they add up to N.
"""

from __future__ import annotations

import torch
from torch import Tensor


def segment_mean(values: Tensor, counts: Tensor) -> Tensor:
    """The mean over each sequence's tokens: [N], [S] -> [S]."""
    return _segment_sum(values, counts) / counts


def spread(values: Tensor, counts: Tensor) -> Tensor:
    """Each sequence's value to each of its tokens: [S], [S] -> [N]."""
    return values.repeat_interleave(counts)


def _segment_sum(values: Tensor, counts: Tensor) -> Tensor:
    sequence = torch.arange(len(counts), device=values.device).repeat_interleave(counts)
    return values.new_zeros(len(counts)).index_add(0, sequence, values)
