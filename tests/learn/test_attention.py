from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.attention.flex_attention import create_mask, flex_attention
from transformers import Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

from rlvr.learn.attention import block_mask, dense_mask
from rlvr.learn.batch import pack
from rlvr.learn.policy import Policy
from tests.learn.learn_helpers import VOCABULARY, make_groups, make_model


def test_two_sequences_and_padding_by_hand() -> None:
    mask = dense_mask(torch.tensor([[2, 2, 4, 4, 5]]))
    assert mask.int().tolist() == [
        [
            [
                [1, 0, 0, 0, 0],
                [1, 1, 0, 0, 0],
                [0, 0, 1, 0, 0],
                [0, 0, 1, 1, 0],
                [0, 0, 0, 0, 1],
            ]
        ]
    ]


def test_a_prompt_and_two_completions_by_hand() -> None:
    mask = dense_mask(torch.tensor([[6, 6, 4, 4, 6, 6]]))
    assert mask[0, 0].int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 1, 1],
    ]


def test_both_forms_hide_the_same() -> None:
    (batch,) = pack(make_groups(40), row_tokens=200, micro_batch_tokens=10_000)
    rows, length = batch.ends.shape
    assert length > 128  # more than one block
    found = block_mask(batch.ends)
    assert found.shape == (rows, 1, length, length)
    mask = create_mask(found.mask_mod, rows, 1, length, length, device="cpu")
    assert mask.equal(dense_mask(batch.ends))
    # A block is left out only where all of it is hidden.
    size = found.BLOCK_SIZE[0]
    blocks = torch.nn.functional.pad(mask, (0, -length % size, 0, -length % size))
    blocks = blocks.unflatten(3, (-1, size)).unflatten(2, (-1, size)).any(-1).any(-2)
    assert found.to_dense().bool().equal(blocks)


def make_qwen3() -> Qwen3ForCausalLM:
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        initializer_range=0.3,
    )
    return Qwen3ForCausalLM(config)  # type: ignore[no-untyped-call]


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
@pytest.mark.parametrize("make", [make_model, make_qwen3])
def test_flex_attention_takes_the_mask_through_transformers(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward only, and as plain operations: neither a backward nor a kernel is there on CPU."""
    monkeypatch.setattr(
        "transformers.integrations.flex_attention.WrappedFlexAttention",
        lambda training: lambda: flex_attention,
    )
    model: Qwen2ForCausalLM = make()
    (batch,) = pack(make_groups(12), row_tokens=100, micro_batch_tokens=10_000)
    with torch.no_grad():
        expected = Policy(model, {}).logprobs(batch, 1.0)
        model.set_attn_implementation("flex_attention")
        found = Policy(model, {}).logprobs(batch, 1.0)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)
    assert not found[0].equal(expected[0])  # another way was taken
