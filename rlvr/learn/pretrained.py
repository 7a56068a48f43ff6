"""A causal language model of the hub, or of a folder in its layout: whole, or its structure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

MODEL_FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]
TOKENIZER_FILES = [
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "chat_template*",
    "*.model",
]


def with_weights(
    source: str | Path, dtype: torch.dtype, attention: str
) -> tuple[PreTrainedModel, dict[str, bytes]]:
    """The model on the CPU, and its tokenizer's files by name.

    Raises ValueError where weights are missing.
    """
    folder = Path(source)
    if not folder.is_dir():
        folder = Path(snapshot_download(str(source), allow_patterns=MODEL_FILES))
    model: PreTrainedModel
    report: dict[str, Any]
    model, report = AutoModelForCausalLM.from_pretrained(  # type: ignore[misc]
        folder, dtype=dtype, attn_implementation=attention, output_loading_info=True
    )
    # transformers fills such weights with random numbers and a warning.
    if broken := sorted(report["missing_keys"]) + sorted(map(str, report["mismatched_keys"])):
        raise ValueError(f"{source} lacks weights, or has them in other shapes: {broken}")
    # In memory, because a checkpoint may be deleted while a run resumed from it goes on.
    paths = {path for pattern in TOKENIZER_FILES for path in folder.glob(pattern)}
    return model, {path.name: path.read_bytes() for path in sorted(paths)}


def without_weights(source: str | Path, dtype: torch.dtype, attention: str) -> PreTrainedModel:
    """The model on the meta device, from its configuration alone."""
    config = AutoConfig.from_pretrained(source)
    auto: Any = AutoModelForCausalLM  # its from_config has no types
    with torch.device("meta"):
        model: PreTrainedModel = auto.from_config(
            config, dtype=dtype, attn_implementation=attention
        )
    return model
