"""Which positions attend to which, in the two forms that attention takes it.

A position attends to itself and to every earlier one of its row that has not ended (``ends`` of
``PackedBatch``): in a tree those are the tokens before it in its own sequence. Shapes: R rows of
L positions.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask


def dense_mask(ends: Tensor) -> Tensor:
    """Whether a position attends to another: [R, L] -> [R, 1, L, L] bool, for SDPA.

    Right on every device. Every pair of a row's positions is computed, hidden or not.
    """
    columns = torch.arange(ends.shape[1], device=ends.device)
    return (columns[:, None] < ends[:, None, None, :]).tril()


def block_mask(ends: Tensor) -> BlockMask:
    """The same for FlexAttention, whose kernel leaves out blocks where nothing is attended to.

    It has a backward on GPUs only, and has not been run on one by us: tests compare what it hides,
    and a forward pass of it on CPU, with ``dense_mask``.
    Source: Dong et al. 2024 (arXiv 2412.05496).
    """

    def attends(row: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (key <= query) & (query < ends[row, key])

    rows, length = ends.shape
    return create_block_mask(attends, rows, None, length, length, device=ends.device)
