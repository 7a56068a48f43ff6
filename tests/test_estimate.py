from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

from rlvr.config import Config, ModelConfig
from rlvr.config_load import load_config
from rlvr.estimate import (
    estimate,
    estimate_table,
)
from rlvr.model_sizes import (
    activations_per_token,
    hub_sizes,
    made_sizes,
    num_parameters,
)
from rlvr.room import check_room

Qwen2: Any = Qwen2ForCausalLM
Qwen3: Any = Qwen3ForCausalLM
SIZES: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 384,
}


def test_parameters_of_a_model_made_from_nothing() -> None:
    model = Qwen2(Qwen2Config(**SIZES, tie_word_embeddings=True))
    sizes = made_sizes(ModelConfig(layers=2), vocab_size=300)
    assert num_parameters(sizes) == sum(p.numel() for p in model.parameters())


def test_parameters_of_a_hub_folder(tmp_path: Path) -> None:
    config = Qwen3Config(**SIZES, head_dim=64, tie_word_embeddings=False)
    config.save_pretrained(tmp_path)
    model = Qwen3(config)
    sizes = hub_sizes(str(tmp_path))
    assert (sizes.head_width, sizes.tied, sizes.qkv_bias) == (64, False, False)
    head_norms = 2 * 64 * 2  # Qwen3's own, left out: 2 vectors a layer
    assert num_parameters(sizes) == sum(p.numel() for p in model.parameters()) - head_norms
    found = estimate(Config(model=ModelConfig(path=str(tmp_path))), vocab_size=1)
    assert found.parameters == num_parameters(sizes)


def test_activations_are_those_that_autograd_keeps() -> None:
    model = Qwen2(Qwen2Config(**SIZES, tie_word_embeddings=True))
    parameters = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
        return tensor

    ids = torch.randint(0, 300, (4, 64))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        logits = model(ids).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids.flatten())
    assert loss.requires_grad
    measured = sum(s.nbytes() for at, s in kept.items() if at not in parameters) / 4 / ids.numel()
    sizes = made_sizes(ModelConfig(layers=2), vocab_size=300)
    logits = 2 * 300  # of transformers' own loss: logits and their softmax
    assert activations_per_token(sizes) + logits == pytest.approx(measured, rel=0.1)


def test_counts_by_hand() -> None:
    overrides = ["sft.steps=10", "sft.batch_tokens=100", "grpo.steps=3", "grpo.problems=4"]
    overrides += ["grpo.group_size=5", "rollout.max_new_tokens=30", "rollout.kv_cache_gb=1"]
    overrides += ["data.test_size=7", "data.shifted_size=2", "eval.pass_at=3"]
    overrides += ["model.width=4", "model.layers=1", "model.heads=2", "model.kv_heads=1"]
    overrides += ["model.mlp_width=8", "model.max_length=50", "grpo.micro_batch_tokens=200"]
    overrides += ["rollout.max_sequences=6", "rollout.dtype=bfloat16"]
    found = estimate(load_config("tiny", None, overrides), vocab_size=10)
    # 10 × 4 embeddings; q, k, v, o 16 + 8 + 8 + 16, biases 4 + 2 + 2; MLP 96; norms 8 + 4
    assert found.parameters == 40 + 48 + 8 + 96 + 12
    assert (found.sft_tokens_per_step, found.sft_tokens) == (100, 1000)
    assert found.completions_per_step == 20
    assert (found.grpo_tokens_per_step, found.grpo_tokens) == (600, 1800)
    assert found.eval_tokens == 2 * (7 + 2 + 7 * 3) * 30
    assert found.weights_mb == found.gradients_mb == found.parameters * 4 / 1e6
    assert found.optimizer_mb == 2 * found.weights_mb
    assert found.engine_weights_mb == found.weights_mb  # half as wide, in two processes
    assert found.activations_mb == pytest.approx(200 * (8 * 4 + 2 * 2 + 4 * 8) * 4 / 1e6)
    assert found.logits_mb == pytest.approx(3 * 200 * 10 * 4 / 1e6)
    assert found.kv_cache_mb == pytest.approx(2**30 / 1e6)
    assert found.kv_cache_needed_mb == pytest.approx(6 * 50 * (2 * 1 * 2) * 2 / 1e6)
    parts = found.weights_mb * 4.5 + found.activations_mb + found.logits_mb + found.kv_cache_mb
    assert found.total_mb == pytest.approx(parts)


def test_a_reference_and_refills_are_counted() -> None:
    plain = estimate(Config(), vocab_size=10)
    overrides = ["grpo.kl=k2_in_loss", "grpo.sampling.refill_rounds=3", "grpo.max_staleness=1"]
    found = estimate(load_config(None, None, overrides), vocab_size=10)
    assert found.total_mb == pytest.approx(plain.total_mb + 2 * plain.weights_mb)
    assert found.grpo_tokens == 4 * plain.grpo_tokens
    assert found.completions_per_step == plain.completions_per_step


def test_ranks_share_the_training_state_and_gather_a_part_of_it() -> None:
    config = load_config(None, None, ["model.layers=2", "grpo.kl=k2_in_loss"])
    one, four = estimate(config, 10), estimate(config, 10, num_ranks=4)
    for name in ("weights_mb", "gradients_mb", "optimizer_mb", "reference_mb"):
        assert getattr(four, name) == pytest.approx(getattr(one, name) / 4)
    for name in ("engine_weights_mb", "kv_cache_mb", "activations_mb", "logits_mb", "parameters"):
        assert getattr(four, name) == getattr(one, name)
    tables = 10 * config.model.width * 4 / 1e6  # tied; in float32
    layer = (one.weights_mb - tables) / 2
    assert four.gathered_mb == pytest.approx(2 * tables + 3 * layer)
    assert one.gathered_mb == 0


def test_ranks_that_share_an_engine_have_parts_of_it() -> None:
    sizes = ["model.heads=8", "model.kv_heads=2", "rollout.max_sequences=9999"]
    one, four = (
        estimate(load_config(None, None, [*sizes, f"rollout.tensor_parallel={n}"]), 10, num_ranks=4)
        for n in (1, 4)
    )
    assert four.engine_weights_mb == pytest.approx(one.engine_weights_mb / 4)
    assert four.kv_cache_mb == one.kv_cache_mb
    # Four times the sequences, each with one of two heads a rank.
    assert four.kv_cache_needed_mb == pytest.approx(4 * one.kv_cache_needed_mb / 2)
    assert four.weights_mb == one.weights_mb


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot read the sizes of the model"):
        estimate(Config(model=ModelConfig(path=str(tmp_path))), vocab_size=10)
    missing = tmp_path / "nothing"
    with pytest.raises(ValueError, match=f"there is no folder {missing} with a model"):
        estimate(Config(model=ModelConfig(path=str(missing))), vocab_size=10)


def test_the_table_shows_the_numbers() -> None:
    out = io.StringIO()
    found = estimate(Config(), vocab_size=300)
    Console(file=out, width=120).print(estimate_table(found))
    assert f"{found.parameters:,}" in out.getvalue()
    assert "8,192 × 600 = 4,915,200" in out.getvalue()
    assert f"{found.total_mb:,.0f} MB" in out.getvalue()


@pytest.mark.parametrize(
    ("preset", "billions", "num_ranks", "card_gb", "sizes"),
    [
        (
            "qwen2.5-0.5b", 0.5, 1,
            24,
            {"hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14,
             "num_key_value_heads": 2, "intermediate_size": 4864},
        ),
        (
            "qwen2.5-1.5b", 1.5, 1,
            80,
            {"hidden_size": 1536, "num_hidden_layers": 28, "num_attention_heads": 12,
             "num_key_value_heads": 2, "intermediate_size": 8960},
        ),
        (
            "qwen3-4b", 4, 1,
            141,
            {"hidden_size": 2560, "num_hidden_layers": 36, "num_attention_heads": 32,
             "num_key_value_heads": 8, "intermediate_size": 9728, "head_dim": 128},
        ),
        (
            "8xgpu", 7.6, 8,
            80,
            {"hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
             "num_key_value_heads": 4, "intermediate_size": 18944, "tie_word_embeddings": False},
        ),
        (
            "2-node", 14.8, 16,
            141,
            {"hidden_size": 5120, "num_hidden_layers": 48, "num_attention_heads": 40,
             "num_key_value_heads": 8, "intermediate_size": 13824, "tie_word_embeddings": False},
        ),
    ],
)  # fmt: skip
def test_presets_fit_the_card_that_they_name(
    tmp_path: Path,
    preset: str,
    billions: float,
    num_ranks: int,
    card_gb: int,
    sizes: dict[str, int],
) -> None:
    kind: Any = Qwen3Config if "head_dim" in sizes else Qwen2Config
    whole = {"vocab_size": 151_936, "tie_word_embeddings": True} | sizes
    kind(**whole).save_pretrained(tmp_path)
    config = load_config(preset, None, [f"model.path={tmp_path}"])
    found = estimate(config, 1, num_ranks, "cuda")
    assert found.parameters / 1e9 == pytest.approx(billions, rel=0.06)
    check_room(config, 1, card_gb * 1e3, "the GPU", num_ranks, "cuda")
    # Room for a quarter of all completions at full length at once, at least.
    assert found.kv_cache_mb > found.kv_cache_needed_mb / 4
    overlong = config.reward.overlong
    assert overlong.start + overlong.buffer == config.rollout.max_new_tokens


def test_an_engine_on_its_own_devices_takes_nothing_of_the_learners() -> None:
    here = estimate(load_config(), vocab_size=300)
    for where in ("devices=['1']", "urls=['http://10.0.0.2:8000']"):
        apart = load_config(overrides=["rollout.topology=server", f"rollout.server.{where}"])
        assert estimate(apart, vocab_size=300).total_mb == here.trainer_mb
    beside = load_config(overrides=["rollout.topology=server"])  # on a CPU: the same memory
    assert estimate(beside, vocab_size=300) == here
