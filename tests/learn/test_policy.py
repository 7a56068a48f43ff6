from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, Gemma2Config, Gemma2ForCausalLM

from rlvr.learn.batch import pack, unpack
from rlvr.learn.loss import next_token_cross_entropy
from rlvr.learn.policy import Policy
from tests.learn.learn_helpers import (
    VOCABULARY,
    make_model,
    make_sequences,
    plain_logprobs,
    same_bits,
    weights,
)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_packed_logprobs_are_those_of_each_sequence_alone(tied: bool, temperature: float) -> None:
    model = make_model(tied=tied)
    sequences = make_sequences(15)
    batches = pack(sequences, row_tokens=60, micro_batch_tokens=180)
    with torch.no_grad():
        packed = [Policy(model, {}).logprobs(b, temperature)[0] for b in batches]
        expected = [plain_logprobs(model, s, temperature) for s in sequences]
    for ours, reference in zip(unpack(batches, packed), expected, strict=True):
        torch.testing.assert_close(torch.from_numpy(ours), reference, rtol=0, atol=1e-5)


def test_entropy_is_that_of_the_distribution_at_the_temperature() -> None:
    model = make_model()
    sequences = make_sequences(1)
    (batch,) = pack(sequences, row_tokens=60, micro_batch_tokens=60)
    with torch.no_grad():
        _, entropy = Policy(model, {}).logprobs(batch, 0.6)
        tokens = torch.tensor([sequences[0].prompt_ids + sequences[0].completion_ids])
        logits = model(input_ids=tokens).logits[0, :-1] / 0.6
    expected = -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)
    torch.testing.assert_close(entropy, expected[-len(entropy) :])


def test_what_lies_in_the_padding_changes_no_bit() -> None:
    policy = Policy(make_model(), {})
    (batch,) = pack(make_sequences(7), row_tokens=30, micro_batch_tokens=1_000)
    padding = batch.segment_ids == 0
    assert padding.any()
    junk = torch.randint(VOCABULARY, batch.input_ids.shape)
    dirty = replace(
        batch,
        input_ids=torch.where(padding, junk, batch.input_ids),
        position_ids=torch.where(padding, junk, batch.position_ids),
    )
    results = []
    for variant in (batch, dirty):
        logprobs, entropy = policy.logprobs(variant, 1.0)
        policy.model.zero_grad()
        torch.autograd.backward(logprobs.sum())
        gradients = [p.grad.clone() for p in policy.model.parameters() if p.grad is not None]
        results.append([logprobs, entropy, *gradients])
    for clean, other in zip(*results, strict=True):
        assert clean.equal(other)


def test_a_micro_batch_without_trained_tokens_runs_backward_with_a_zero_gradient() -> None:
    policy = Policy(make_model(), {})
    (batch,) = pack(make_sequences(3), row_tokens=60, micro_batch_tokens=60)
    names = ("target_positions", "targets", "distinct", "copies")
    empty = replace(batch, **{name: getattr(batch, name)[:0] for name in names})
    logprobs, _ = policy.logprobs(empty, 1.0)
    torch.autograd.backward(-next_token_cross_entropy(logprobs, 10))
    for name, parameter in policy.model.named_parameters():
        assert parameter.grad is not None, name
        assert not parameter.grad.any(), name


@pytest.mark.parametrize("tied", [True, False])
def test_save_and_load_keep_every_bit_and_the_tokenizer_files(tied: bool, tmp_path: Path) -> None:
    files = {"tokenizer.json": b'{"any": "bytes"}', "chat_template.jinja": b"{{ messages }}"}
    policy = Policy(make_model(tied=tied), files)
    policy.save(tmp_path / "first")
    loaded = Policy.load(tmp_path / "first")
    loaded.save(tmp_path / "second")
    assert same_bits(weights(policy), weights(loaded))
    for name, content in files.items():
        assert (tmp_path / "second" / name).read_bytes() == content
    # The hub's layout: transformers alone reads it.
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "second")
    assert same_bits(weights(policy), {n: p.detach() for n, p in plain.named_parameters()})


def test_a_policy_outlives_the_folder_it_came_from(tmp_path: Path) -> None:
    Policy(make_model(), {"tokenizer.json": b"{}"}).save(tmp_path / "first")
    policy = Policy.load(tmp_path / "first")
    for path in (tmp_path / "first").iterdir():
        path.unlink()
    policy.save(tmp_path / "second")
    assert (tmp_path / "second" / "tokenizer.json").read_bytes() == b"{}"


@pytest.mark.parametrize("tied", [True, False])
def test_named_tensors_are_what_the_weights_file_holds(tied: bool, tmp_path: Path) -> None:
    policy = Policy(make_model(tied=tied), {})
    policy.save(tmp_path)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert set(file.keys()) == set(weights(policy))
    assert ("lm_head.weight" in weights(policy)) is not tied
    assert not any(tensor.requires_grad for _, tensor in policy.named_tensors())


def test_loads_in_the_dtype_asked_for(tmp_path: Path) -> None:
    Policy(make_model(), {}).save(tmp_path)
    policy = Policy.load(tmp_path, dtype=torch.bfloat16)
    assert policy.model.dtype == torch.bfloat16
    (batch,) = pack(make_sequences(3), row_tokens=60, micro_batch_tokens=60)
    assert policy.logprobs(batch, 1.0)[0].dtype == torch.float32


def test_loads_by_hub_id_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's own cache layout, without the network."""
    repository = tmp_path / "models--someone--tiny"
    commit = "0" * 40
    policy = Policy(make_model(), {"tokenizer.json": b"{}"})
    policy.save(repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    loaded = Policy.load("someone/tiny")
    assert same_bits(weights(policy), weights(loaded))
    loaded.save(tmp_path / "copy")
    assert (tmp_path / "copy" / "tokenizer.json").exists()


def test_refuses_a_folder_that_lacks_weights(tmp_path: Path) -> None:
    Policy(make_model(), {}).save(tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    del tensors["model.norm.weight"]
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"lacks weights.*model\.norm\.weight"):
        Policy.load(tmp_path)


@pytest.mark.parametrize("cap", [0.5, None])
def test_refuses_an_architecture_that_changes_its_logits_after_the_head(
    cap: float | None, tmp_path: Path
) -> None:
    config = Gemma2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        initializer_range=0.3,
        final_logit_softcapping=cap,
    )
    torch.manual_seed(0)
    Gemma2ForCausalLM(config).save_pretrained(tmp_path)  # type: ignore[no-untyped-call]
    if cap is None:
        Policy.load(tmp_path)
    else:
        with pytest.raises(ValueError, match="Gemma2ForCausalLM cannot be trained on packed rows"):
            Policy.load(tmp_path)
