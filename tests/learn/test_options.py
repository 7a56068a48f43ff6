"""Gradient checkpointing, autocast and FlexAttention: what they change, and what refuses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import Qwen2ForCausalLM

from rlvr.config import ModelConfig
from rlvr.learn.attention import dense_mask
from rlvr.learn.batch import pack
from rlvr.learn.policy import Policy
from rlvr.learn.snapshot import Reference
from rlvr.model_files import load_policy
from tests.learn.learn_helpers import (
    assert_same_gradients,
    make_groups,
    make_model,
    same_bits,
)


def run(policy: Policy) -> tuple[torch.Tensor, dict[str, torch.Tensor], int]:
    """Logprobs, gradients, and the elements that the forward keeps for the backward."""
    (batch,) = pack(make_groups(12), row_tokens=100, micro_batch_tokens=10_000)
    saved: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        saved[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        hidden = policy.hidden(batch)
    logprobs, _ = policy.logprobs_from(hidden, batch, 1.0)
    torch.autograd.backward((logprobs * batch.rollout_logprobs).sum())
    gradients = {n: p.grad for n, p in policy.model.named_parameters() if p.grad is not None}
    return logprobs.detach(), gradients, sum(saved.values())


def test_gradient_checkpointing_changes_no_bit_and_keeps_less() -> None:
    plain, checkpointed = (
        run(Policy(make_model(), {}, gradient_checkpointing=on)) for on in (False, True)
    )
    assert plain[0].equal(checkpointed[0])
    assert same_bits(plain[1], checkpointed[1])
    assert checkpointed[2] < plain[2] / 2


def test_gradient_checkpointing_leaves_dropout_off() -> None:
    config = make_model().config
    config.attention_dropout = 0.5
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(config)
    model.load_state_dict(make_model().state_dict())
    logprobs, gradients, _ = run(Policy(model, {}, gradient_checkpointing=True))
    plain = run(Policy(make_model(), {}))
    assert logprobs.equal(plain[0])
    assert same_bits(gradients, plain[1])


def test_autocast_runs_the_layers_in_bfloat16_and_nothing_else() -> None:
    policy = Policy(make_model(), {}, autocast=True)
    seen: dict[str, torch.dtype] = {}
    for name, module in policy.model.named_modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_hook(
                lambda _m, _i, out, name=name: seen.update({name: out.dtype})
            )
    logprobs, gradients, _ = run(policy)
    assert set(seen.values()) == {torch.bfloat16}
    assert len(seen) == 2 * 7
    assert logprobs.dtype == torch.float32
    assert {g.dtype for g in gradients.values()} == {torch.float32}
    expected = run(Policy(make_model(), {}))
    assert 0 < float((logprobs - expected[0]).abs().max()) < 0.5
    assert_same_gradients(gradients, expected[1], rtol=0.1)


def test_autocast_and_checkpointing_go_together() -> None:
    plain = run(Policy(make_model(), {}, autocast=True))
    both = run(Policy(make_model(), {}, autocast=True, gradient_checkpointing=True))
    assert plain[0].equal(both[0])
    assert same_bits(plain[1], both[1])


def test_a_reference_scores_as_the_policy_it_is_a_copy_of() -> None:
    policy = Policy(make_model(), {}, autocast=True, gradient_checkpointing=True)
    (batch,) = pack(make_groups(8), row_tokens=100, micro_batch_tokens=10_000)
    reference = Reference(policy, 0)
    ours = policy.logprobs(batch, 1.0)[0].detach()
    with reference.in_place():
        assert ours.equal(policy.logprobs(batch, 1.0)[0])


def test_the_options_come_from_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    Policy(make_model(), {}).save(tmp_path)
    plain = run(load_policy(tmp_path, ModelConfig()))
    assert same_bits(plain[1], run(Policy(make_model(), {}))[1])
    options = ModelConfig(autocast=True, gradient_checkpointing=True)
    both = run(load_policy(tmp_path, options))
    assert not both[0].equal(plain[0])
    assert both[2] < plain[2] / 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"autocast": True}, "model.autocast asks for bfloat16.* cpu .*false is accepted"),
        ({"attention": "flex_attention"}, '"flex_attention" trains on cuda.*is cpu; "sdpa"'),
    ],
)
def test_refuses_what_the_device_cannot_do(
    options: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True})
    Policy(make_model(), {}).save(tmp_path)
    with pytest.raises(ValueError, match=message):
        Policy.load(tmp_path, **options)


def test_refuses_an_architecture_whose_branches_see_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sequences are kept apart, but a tree's positions attend to all before them in the tree."""
    Policy(make_model(), {}).save(tmp_path)
    monkeypatch.setattr(
        "rlvr.learn.policy.dense_mask", lambda ends: dense_mask(ends.cummax(1).values)
    )
    with pytest.raises(ValueError, match="cannot be trained on packed rows"):
        Policy.load(tmp_path)


@pytest.mark.parametrize(
    ("options", "on_gpu", "precision"),
    [
        ({}, True, "highest"),
        ({"autocast": True}, True, "high"),
        ({"dtype": torch.bfloat16}, True, "high"),
        ({"autocast": True}, False, "highest"),
    ],
)
def test_the_heads_products_are_faster_on_a_gpu_where_they_are_the_only_ones_in_float32(
    options: dict[str, Any],
    on_gpu: bool,
    precision: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_model().save_pretrained(tmp_path)
    monkeypatch.setattr("torch.cuda.is_available", lambda: on_gpu)
    all_of_it = {"dtype": torch.float32, "device": "meta", "attention": "sdpa"}
    all_of_it |= {"gradient_checkpointing": False, "autocast": False}
    try:
        Policy.read(tmp_path, **(all_of_it | options))
        assert torch.get_float32_matmul_precision() == precision
    finally:
        torch.set_float32_matmul_precision("highest")
