"""The models of the benchmark, made in code with random weights, and what is asked of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from rlvr.model_sizes import ModelSizes
from rlvr.scale.shapes import SHAPES

WORDS = 64  # that the tokenizer knows; prompts are drawn from them


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A shape and its work. ``batches``: of decode steps that are timed one by one; ``sequences``
    of the training step, each a prompt and a completion of half its length."""

    sizes: ModelSizes
    batches: tuple[int, ...]
    prompt: int
    new_tokens: int
    sequences: int
    length: int
    micro_batch_tokens: int
    kv_cache_gb: float
    rounds: int = 3

    @property
    def max_length(self) -> int:
        return max(self.prompt + self.new_tokens, self.length)

    @property
    def requests(self) -> int:
        return max(self.batches)


def _small(width: int, layers: int, heads: int, mlp_width: int, vocab_size: int) -> ModelSizes:
    return ModelSizes(
        width=width,
        layers=layers,
        heads=heads,
        kv_heads=max(1, heads // 2),
        head_width=width // heads,
        mlp_width=mlp_width,
        vocab_size=vocab_size,
        tied=True,
        qkv_bias=True,
    )


def _on_gpu(sizes: ModelSizes) -> Setting:
    return Setting(
        sizes=sizes,
        batches=(16, 256),
        prompt=128,
        new_tokens=256,
        sequences=32,
        length=1_024,
        micro_batch_tokens=8_192,
        kv_cache_gb=12,
    )


def _probe(layers: int) -> Setting:
    """So small that a decode step is nothing but overhead."""
    return Setting(
        sizes=_small(64, layers, 1, 64, 1_024),
        batches=(1, 256),
        prompt=8,
        new_tokens=32,
        sequences=0,
        length=0,
        micro_batch_tokens=0,
        kv_cache_gb=0.2,
    )


SETTINGS: dict[str, Setting] = {
    # The tiny preset's model and its step of 32 x 8 completions.
    "tiny": Setting(
        sizes=_small(128, 4, 4, 384, 100),
        batches=(32, 256),
        prompt=12,
        new_tokens=40,
        sequences=160,
        length=52,
        micro_batch_tokens=4_096,
        kv_cache_gb=0.3,
    ),
    # Large enough that arithmetic counts on a CPU.
    "small": Setting(
        sizes=_small(512, 8, 8, 1_536, 8_192),
        batches=(8, 64),
        prompt=32,
        new_tokens=24,
        sequences=16,
        length=128,
        micro_batch_tokens=2_048,
        kv_cache_gb=0.5,
    ),
    "0.5b": _on_gpu(SHAPES["qwen2.5-0.5b"]),
    "1.5b": _on_gpu(SHAPES["qwen2.5-1.5b"]),
    "probe-1": _probe(1),
    "probe-8": _probe(8),
}
CHOICES = tuple(name for name in SETTINGS if not name.startswith("probe"))
PROBES = tuple(name for name in SETTINGS if name.startswith("probe"))


def quick(setting: Setting) -> Setting:
    """A few requests and one round: to see that all of it runs."""
    return replace(
        setting,
        batches=tuple(min(batch, 8) // (k + 1) for k, batch in enumerate(setting.batches)),
        new_tokens=min(setting.new_tokens, 6),
        sequences=min(setting.sequences, 8),
        rounds=1,
    )


def hub_config(sizes: ModelSizes, max_length: int) -> Qwen2Config:
    """``initializer_range`` gives products of unit size whatever the width."""
    return Qwen2Config(
        vocab_size=sizes.vocab_size,
        hidden_size=sizes.width,
        intermediate_size=sizes.mlp_width,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        num_key_value_heads=sizes.kv_heads,
        max_position_embeddings=max_length,
        tie_word_embeddings=sizes.tied,
        initializer_range=0.8 / math.sqrt(sizes.width),
        bos_token_id=None,
        eos_token_id=0,
    )


def save_model(sizes: ModelSizes, max_length: int, folder: Path, dtype: torch.dtype) -> str:
    """Random weights in the hub's layout, with a tokenizer of ``WORDS`` words.

    Embeddings are drawn so that logits spread by 2 nats: with a flat distribution, wrong
    logprobs would hardly show. That of the end is 0, so that few completions end early.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        with torch.device(device):
            model = Qwen2ForCausalLM(hub_config(sizes, max_length))
        with torch.no_grad():
            table = model.get_input_embeddings().weight
            table.normal_(std=2 / math.sqrt(sizes.width))
            table[0] = 0
    model.to(dtype).save_pretrained(folder)
    words = {"<eos>": 0} | {f"w{i}": i for i in range(1, WORDS)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<eos>"))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>").save_pretrained(folder)
    return str(folder)
