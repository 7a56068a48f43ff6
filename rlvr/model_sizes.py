"""The sizes of a decoder, and what follows from them: parameters, activations, logits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rlvr.config import ModelConfig
from rlvr.config_lora import ALL_LINEAR, LoraConfig

# Logits held at once, by device: 64 and 256 MiB in float32. A chunk costs one more pass through the
# head in the backward, so a small vocabulary is done in one piece, without it. Each chunk reads the
# head three times, and reads and writes its gradient: on a GPU of 1 PFLOP/s and 4 TB/s, chunks of
# 2^26 compute for twice as long as that takes (arithmetic, not measured).
CHUNK_LOGITS = {"cpu": 2**24, "cuda": 2**26}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSizes:
    """A decoder of the Llama family. ``head_width`` numbers a head; ``tied``: one table of
    embeddings for input and output; ``qkv_bias`` as in Qwen2."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    mlp_width: int
    vocab_size: int
    tied: bool
    qkv_bias: bool


def num_parameters(sizes: ModelSizes) -> int:
    """N of a Llama-family decoder: embeddings (once if tied), and in each layer the projections
    q, k, v, o, the three of the gated MLP, and two norms; one norm at the end."""
    queries, keys = sizes.heads * sizes.head_width, sizes.kv_heads * sizes.head_width
    attention = 2 * sizes.width * (queries + keys)
    if sizes.qkv_bias:
        attention += queries + 2 * keys
    layer = attention + 3 * sizes.width * sizes.mlp_width + 2 * sizes.width
    tables = 1 if sizes.tied else 2
    return tables * sizes.vocab_size * sizes.width + sizes.layers * layer + sizes.width


def num_adapter_parameters(sizes: ModelSizes, lora: LoraConfig) -> int:
    """A and B of every adapted layer: rank × (in + out). A layer that is called otherwise than in
    the Llama family is counted as the largest."""
    queries, keys = sizes.heads * sizes.head_width, sizes.kv_heads * sizes.head_width
    ends = {
        "q_proj": sizes.width + queries,
        "k_proj": sizes.width + keys,
        "v_proj": sizes.width + keys,
        "o_proj": queries + sizes.width,
        "gate_proj": sizes.width + sizes.mlp_width,
        "up_proj": sizes.width + sizes.mlp_width,
        "down_proj": sizes.mlp_width + sizes.width,
    }
    targets = ends if lora.targets == (ALL_LINEAR,) else lora.targets
    return sizes.layers * lora.rank * sum(ends.get(t, max(ends.values())) for t in targets)


def activations_per_token(sizes: ModelSizes) -> int:
    """Numbers kept for the backward pass, a token, nothing recomputed: in each layer about 8
    widths (norms, q, attention, residuals), k and v, 4 MLP widths (gate, its activation, up,
    product). Attention as in FlashAttention: no T × T. Logits are counted apart."""
    keys = sizes.kv_heads * sizes.head_width
    layer = 8 * sizes.width + 2 * keys + 4 * sizes.mlp_width
    return sizes.layers * layer


def logit_numbers(sizes: ModelSizes, tokens: int, device: str, is_frozen: bool = False) -> int:
    """Float32 numbers that ``learn/logprobs.py`` holds at once for ``tokens`` trained tokens.

    Up to ``CHUNK_LOGITS`` logits at a time, in 3 copies: logits, their logprobs, and a gradient. In
    chunks also one gradient of the head beside the sum, unless the head ``is_frozen``.
    """
    limit = CHUNK_LOGITS[device]
    logits = min(tokens * sizes.vocab_size, limit)
    is_chunked = tokens * sizes.vocab_size > limit
    has_gradient = is_chunked and not is_frozen
    return 3 * logits + has_gradient * sizes.vocab_size * sizes.width


def made_sizes(model: ModelConfig, vocab_size: int) -> ModelSizes:
    return ModelSizes(
        width=model.width,
        layers=model.layers,
        heads=model.heads,
        kv_heads=model.kv_heads,
        head_width=model.width // model.heads,
        mlp_width=model.mlp_width,
        vocab_size=vocab_size,
        tied=True,
        qkv_bias=True,
    )


def hub_sizes(path: str) -> ModelSizes:
    from transformers import AutoConfig  # takes seconds to import

    if path.startswith(("/", ".", "~")) and not Path(path).is_dir():
        raise ValueError(f"there is no folder {path} with a model in it (model.path)")
    try:
        hub = AutoConfig.from_pretrained(path)
        heads = hub.num_attention_heads
        return ModelSizes(
            width=hub.hidden_size,
            layers=hub.num_hidden_layers,
            heads=heads,
            kv_heads=getattr(hub, "num_key_value_heads", None) or heads,
            head_width=getattr(hub, "head_dim", None) or hub.hidden_size // heads,
            mlp_width=hub.intermediate_size,
            vocab_size=hub.vocab_size,
            tied=hub.tie_word_embeddings,
            qkv_bias=hub.model_type == "qwen2",
        )
    except (OSError, ValueError, AttributeError) as error:
        raise ValueError(f"cannot read the sizes of the model {path}: {error}") from error
