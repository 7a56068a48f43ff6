"""The estimate of a model with adapters, beside what the adapters and autograd really hold."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen3Config

from rlvr.config import Config, ModelConfig
from rlvr.config_load import load_config
from rlvr.config_lora import LoraConfig
from rlvr.estimate import _activation_bytes, estimate, estimate_table
from rlvr.learn.lora import adapter_parameters, add_adapters
from rlvr.model_sizes import made_sizes, num_adapter_parameters
from rlvr.room import check_room

MODEL = ModelConfig(layers=2, lora=LoraConfig(rank=8))
SIZES = made_sizes(MODEL, vocab_size=300)


def make(config: ModelConfig) -> Any:
    hub = Qwen2Config(
        vocab_size=300,
        hidden_size=config.width,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=config.kv_heads,
        intermediate_size=config.mlp_width,
    )
    model: Any = Qwen2ForCausalLM(hub)  # type: ignore[no-untyped-call]
    model.to(getattr(torch, config.dtype)).train(False)
    add_adapters(model, config.lora, "the/base", seed=0, autocast=config.autocast)
    return model


@pytest.mark.parametrize("targets", [("all-linear",), ("q_proj", "down_proj"), ("k_proj",)])
def test_parameters_of_the_adapters(targets: tuple[str, ...]) -> None:
    lora = LoraConfig(rank=8, targets=targets)
    model = make(MODEL.model_copy(update={"lora": lora}))
    expected = sum(p.numel() for p in adapter_parameters(model).values())
    assert num_adapter_parameters(SIZES, lora) == expected


def test_a_layer_of_another_name_counts_as_the_largest() -> None:
    one = num_adapter_parameters(SIZES, LoraConfig(rank=8, targets=("qkv_proj",)))
    assert one == SIZES.layers * 8 * (SIZES.width + SIZES.mlp_width)


@pytest.mark.parametrize(
    ("dtype", "autocast"), [("float32", False), ("bfloat16", False), ("bfloat16", True)]
)
def test_activations_are_those_that_autograd_keeps(dtype: str, autocast: bool) -> None:
    config = MODEL.model_copy(update={"dtype": dtype, "autocast": autocast})
    model = make(config)
    parameters = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
        return tensor

    ids = torch.randint(0, 300, (4, 64))
    with (
        torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=autocast),
    ):
        hidden = model.model(ids, use_cache=False).last_hidden_state
    assert hidden.requires_grad
    measured = sum(s.nbytes() for at, s in kept.items() if at not in parameters)
    assert _activation_bytes(config, SIZES, 0, ids.numel()) == pytest.approx(measured, rel=0.1)


def test_what_is_frozen_has_no_gradient_and_no_moments(tmp_path: Path) -> None:
    make(MODEL).config.save_pretrained(tmp_path)
    overrides = [f"model.path={tmp_path}", "model.dtype=bfloat16", "grpo.kl=k2_in_loss"]
    whole = estimate(load_config(None, None, overrides), 1)
    found = estimate(load_config(None, None, [*overrides, "model.lora.rank=8"]), 1)
    adapters_mb = num_adapter_parameters(SIZES, MODEL.lora) * 4 / 1e6
    assert found.weights_mb == pytest.approx(whole.weights_mb + adapters_mb)
    assert found.gradients_mb == found.reference_mb == pytest.approx(adapters_mb)
    assert found.optimizer_mb == pytest.approx(2 * adapters_mb)
    assert found.engine_weights_mb == whole.engine_weights_mb
    head_mb = 300 * 128 * 4 / 1e6
    assert found.logits_mb == pytest.approx(whole.logits_mb - head_mb)
    out = io.StringIO()
    Console(file=out, width=120).print(estimate_table(found))
    assert f"{found.adapter_parameters:,}" in out.getvalue()


def test_a_model_from_nothing_is_trained_whole_in_its_supervised_stage() -> None:
    plain = estimate(Config(), 300)
    lessons = estimate(load_config(None, None, ["model.lora.rank=8"]), 300)
    assert (lessons.gradients_mb, lessons.optimizer_mb) == (plain.gradients_mb, plain.optimizer_mb)
    none = estimate(load_config(None, None, ["model.lora.rank=8", "sft.steps=0"]), 300)
    assert none.gradients_mb < plain.gradients_mb


DOCS = Path(__file__).parent.parent / "docs" / "models_and_data.md"
LAYERS: dict[str, dict[str, int]] = {
    "qwen2.5-1.5b": {
        "hidden_size": 1536, "num_hidden_layers": 28, "num_attention_heads": 12,
        "num_key_value_heads": 2, "intermediate_size": 8960,
    },
    "qwen3-4b": {
        "hidden_size": 2560, "num_hidden_layers": 36, "num_attention_heads": 32,
        "num_key_value_heads": 8, "intermediate_size": 9728, "head_dim": 128,
    },
}  # fmt: skip


def overrides_of(preset: str) -> list[str]:
    """Of the command in the docs that trains adapters of a preset's model."""
    lines = DOCS.read_text("utf-8").replace("\\\n", " ").splitlines()
    start = f"rlvr train --preset {preset} model.lora.rank="
    (command,) = [line for line in lines if line.startswith(start)]
    return command.split()[4:]


@pytest.mark.parametrize("preset", LAYERS)
def test_the_commands_in_the_docs_fit_a_card_of_24_gb(preset: str, tmp_path: Path) -> None:
    kind: Any = Qwen3Config if preset == "qwen3-4b" else Qwen2Config
    hub = kind(vocab_size=151_936, tie_word_embeddings=True, **LAYERS[preset])
    hub.save_pretrained(tmp_path)
    overrides = [f"model.path={tmp_path}", *overrides_of(preset)]
    config = load_config(preset, None, overrides)
    found = estimate(config, 1, device="cuda")
    check_room(config, 1, 24e3, "the GPU", device="cuda")
    assert found.kv_cache_mb > found.kv_cache_needed_mb / 4
    whole = load_config(preset, None, [*overrides, "model.lora.rank=0"])
    with pytest.raises(ValueError, match=r"model\.lora\.rank=16 saves"):
        check_room(whole, 1, 24e3, "the GPU", device="cuda")
