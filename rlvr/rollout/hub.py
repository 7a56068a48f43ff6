"""What an engine reads from a model's folder beside its weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

FLOAT32_HEAD = {"head_dtype": "float32"}
"""What vLLM is told to override of a model's configuration, so that logits are in float32."""


def stop_token_ids(model_path: str) -> list[int]:
    """The end-of-sequence ids of the model's tokenizer, configuration and generation settings.

    A chat model often names two (the end of a turn and the end of a document); either ends a
    completion. Raises ValueError where there is none.
    """
    config = AutoConfig.from_pretrained(model_path)
    try:
        generation = GenerationConfig.from_pretrained(model_path)
    except OSError:  # the file is optional in the hub's layout
        generation = GenerationConfig.from_model_config(config)
    tokenizer = AutoTokenizer.from_pretrained(model_path)
    ids: set[int] = set()
    for source in (tokenizer, generation, config):
        value = getattr(source, "eos_token_id", None)
        ids.update([value] if isinstance(value, int) else value or [])
    if not ids:
        raise ValueError(f"{model_path}: no end-of-sequence token in its tokenizer or config")
    return sorted(ids)


def weight_names(model: torch.nn.Module) -> tuple[frozenset[str], frozenset[str]]:
    """The names a weight update may use, and those it must: a tied head may come or stay away."""
    required = frozenset(name for name, _ in model.named_parameters())
    return required | frozenset(model.state_dict()), required


def empty_model(model_path: str) -> torch.nn.Module:
    """The architecture of ``model_path`` without its weights (on the meta device)."""
    auto: Any = AutoModelForCausalLM  # its from_config has no types
    with torch.device("meta"):
        model: torch.nn.Module = auto.from_config(AutoConfig.from_pretrained(model_path))
    return model


def load_weights(model_path: str, dtype: torch.dtype) -> Iterator[tuple[str, torch.Tensor]]:
    """The weights of ``model_path`` by their hub names, on the CPU; a tied head is left out."""
    auto: Any = AutoModelForCausalLM
    for name, parameter in auto.from_pretrained(model_path, dtype=dtype).named_parameters():
        yield name, parameter.detach()
