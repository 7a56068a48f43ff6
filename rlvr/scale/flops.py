"""Floating-point operations of a decoder, exact for its shape; a multiply-add counts as two.

Counted are the products of matrices, which is what a matrix unit runs and what model-FLOP
utilisation is about; norms, biases, softmax and rotary positions are left out (below 1 %).

    forward  = 2 M T + 2 V D K + 4 L Q A
    training = 3 forward

with M the weights of the layers' matrices, T tokens that pass through the layers, V D the head, K
tokens whose logits are computed, L layers, Q = heads x head width, and A pairs of a position and
one that it attends to. Backward is twice forward: one product for the gradient of the input, one
for that of the weight. With N = M + V D and K = T, training is the usual 6 N + 12 L Q (A / T) a
token. Looking up an embedding is no product: a table that is not the head too costs nothing.

Sources: Kaplan et al. 2020 (arXiv 2001.08361), section 2.1; Chowdhery et al. 2022, PaLM (arXiv
2204.02311), appendix B, where A = T^2 counts all pairs; we count those under the causal mask.
"""

from __future__ import annotations

from collections.abc import Iterable

from rlvr.model_sizes import ModelSizes


def layer_weights(sizes: ModelSizes) -> int:
    """Weights of one layer's matrices: q and o, k and v, and the three of the gated MLP."""
    queries, keys = sizes.heads * sizes.head_width, sizes.kv_heads * sizes.head_width
    return 2 * sizes.width * (queries + keys) + 3 * sizes.width * sizes.mlp_width


def matrix_weights(sizes: ModelSizes) -> int:
    """N of the formulas: the layers' matrices and the head, which every decoded token reads."""
    return sizes.layers * layer_weights(sizes) + sizes.vocab_size * sizes.width


def causal_pairs(lengths: Iterable[int]) -> int:
    """Pairs of a position and itself or an earlier one, over sequences of these lengths."""
    return sum(n * (n + 1) // 2 for n in lengths)


def forward_flops(sizes: ModelSizes, *, tokens: float, pairs: float, logits: float) -> float:
    """One pass forward. ``logits`` counts the tokens whose distribution is computed."""
    linear = 2 * sizes.layers * layer_weights(sizes) * tokens
    attention = 4 * sizes.layers * sizes.heads * sizes.head_width * pairs
    return linear + attention + head_flops(sizes, logits)


def head_flops(sizes: ModelSizes, logits: float) -> float:
    """The head's part of one pass forward."""
    return 2 * sizes.vocab_size * sizes.width * logits


def training_flops(sizes: ModelSizes, *, tokens: float, pairs: float, logits: float) -> float:
    """Forward and backward. What is computed again to save memory is not model FLOPs."""
    return 3 * forward_flops(sizes, tokens=tokens, pairs=pairs, logits=logits)
