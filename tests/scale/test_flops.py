"""FLOPs: by hand, and against torch's counter on a real model."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import Qwen2Config, Qwen2ForCausalLM

from rlvr.model_sizes import ModelSizes, num_parameters
from rlvr.scale.flops import (
    causal_pairs,
    forward_flops,
    layer_weights,
    matrix_weights,
    training_flops,
)
from rlvr.scale.shapes import SHAPES, shape
from tests.scale.make import SIZES


def test_by_hand() -> None:
    # q and o: 2 * 8 * 8; k and v: 2 * 8 * 4; gate, up, down: 3 * 8 * 12.
    assert layer_weights(SIZES) == 128 + 64 + 288 == 480
    assert matrix_weights(SIZES) == 3 * 480 + 20 * 8 == 1_600
    # Sequences of 2 and 3 tokens under the causal mask: 1 + 2 and 1 + 2 + 3.
    assert causal_pairs([2, 3]) == 9
    # Layers 2 * 1,440 * 5; scores and values 2 * (2 * 8 * 9) in 3 layers; head 2 * 160 * 4.
    expected = 14_400 + 864 + 1_280
    assert forward_flops(SIZES, tokens=5, pairs=9, logits=4) == expected
    assert training_flops(SIZES, tokens=5, pairs=9, logits=4) == 3 * expected


def test_six_n_and_the_attention_term() -> None:
    """The usual formula a token, 6 N + 12 L Q T, where all pairs and all logits are computed."""
    tokens = 64
    found = training_flops(SIZES, tokens=tokens, pairs=tokens**2, logits=tokens)
    assert found / tokens == 6 * matrix_weights(SIZES) + 12 * 3 * 8 * tokens


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("kv_heads", [1, 2])
def test_against_the_counter_of_torch(tied: bool, kv_heads: int) -> None:
    sizes = replace(SIZES, tied=tied, kv_heads=kv_heads)
    model = _model(sizes)
    ids = torch.arange(14).reshape(2, 7)
    counter = FlopCounterMode(display=False)
    with counter:
        logits = model(input_ids=ids, use_cache=False).logits
    # Eager attention multiplies all pairs and masks afterwards.
    work = {"tokens": 14, "pairs": 2 * 7**2, "logits": 14}
    assert counter.get_total_flops() == forward_flops(sizes, **work)
    with counter:
        model(input_ids=ids, use_cache=False).logits.sum().backward()
    assert logits.shape == (2, 7, sizes.vocab_size)
    assert counter.get_total_flops() == training_flops(sizes, **work)


@pytest.mark.parametrize("tied", [False, True])
def test_only_tables_norms_and_biases_are_no_matrices(tied: bool) -> None:
    sizes = replace(SIZES, tied=tied)
    model = _model(sizes)
    assert num_parameters(sizes) == sum(p.numel() for p in model.parameters())
    norms, biases = 2 * 8 * 3 + 8, (8 + 2 * 4) * 3
    table = 0 if tied else 20 * 8
    assert num_parameters(sizes) - matrix_weights(sizes) == norms + biases + table


def _model(sizes: ModelSizes) -> Qwen2ForCausalLM:
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=sizes.vocab_size,
            hidden_size=sizes.width,
            intermediate_size=sizes.mlp_width,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            num_key_value_heads=sizes.kv_heads,
            tie_word_embeddings=sizes.tied,
            attn_implementation="eager",
        )
    )


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        # As the hub counts them in the weights.
        ("qwen2.5-0.5b", 494_032_768),
        ("qwen2.5-1.5b", 1_543_714_304),
        ("qwen2.5-3b", 3_085_938_688),
        ("qwen2.5-7b", 7_615_616_512),
        ("qwen2.5-14b", 14_770_033_664),
        ("qwen2.5-32b", 32_763_876_352),
        ("qwen2.5-72b", 72_706_203_648),
    ],
)
def test_published_sizes(name: str, parameters: int) -> None:
    assert num_parameters(SHAPES[name]) == parameters


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"qwen9.*accepted are qwen2\.5-0\.5b"):
        shape("qwen9")
