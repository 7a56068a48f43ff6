"""Models, tokenizers and policies, from the hub or from a folder in its layout, and back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from rlvr.config import ModelConfig
from rlvr.learn.devices import check_options
from rlvr.learn.lora import add_adapters, load_adapters
from rlvr.learn.policy import ADAPTER_FOLDER, Policy
from rlvr.memory import available_memory_mb
from rlvr.torchrun import num_local_ranks


def save_whole(folder: Path, save: Callable[[Path], object]) -> None:
    """Has ``save`` fill a folder that is then there whole, or not at all."""
    half_written = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(half_written, ignore_errors=True)
    half_written.parent.mkdir(parents=True, exist_ok=True)
    save(half_written)
    half_written.rename(folder)


def check_model_path(model: str | Path) -> None:
    """Raises ``ValueError`` for a path without a folder; a hub id is not looked up."""
    if str(model).startswith((".", "/", "~")) and not Path(model).is_dir():
        raise ValueError(
            f"there is no folder {model}; a model is a folder in the hub's layout, or a hub id"
        )


def load_tokenizer(model: str | Path) -> PreTrainedTokenizerBase:
    """Raises ``ValueError`` for a path without a folder."""
    check_model_path(model)
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(model)
    return tokenizer


def memory_left_mb() -> tuple[float, str]:
    """Memory in MB for a run that starts now, and where it is: the GPU's where there is one."""
    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        return free / 1e6, "the GPU"
    each = num_local_ranks()
    where = "this machine" if each == 1 else "each rank of this machine"
    return available_memory_mb() / each, where


def training_device() -> torch.device:
    """The GPU where there is one; of several ranks each has its own."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_policy(
    start: str | Path, config: ModelConfig, seed: int = 0, checkpoint: Path | None = None
) -> Policy:
    """On the device that it is trained on, and as ``config`` says.

    A stage begins with the model ``start`` and, where ``config`` asks for adapters, with those of
    ``seed``. Its ``checkpoint`` holds either the whole model or, with adapters, what changed.
    """
    policy = read_policy(start, config, seed, checkpoint, training_device())
    policy.check_packing()
    return policy


def read_policy(
    start: str | Path,
    config: ModelConfig,
    seed: int,
    checkpoint: Path | None,
    device: torch.device,
) -> Policy:
    """``load_policy`` onto any device, without the check of its packing; on the meta device it has
    the structure alone. Raises ValueError for what it cannot be trained with here."""
    check_options(training_device(), config.attention, config.autocast)
    is_adapted = config.lora.rank > 0
    policy = Policy.read(
        start if is_adapted else checkpoint or start,
        dtype=getattr(torch, config.dtype),
        device=device,
        attention=config.attention,
        gradient_checkpointing=config.gradient_checkpointing,
        autocast=config.autocast,
    )
    if is_adapted:
        add_adapters(policy.model, config.lora, str(start), seed, autocast=config.autocast)
    if is_adapted and checkpoint:
        load_adapters(policy.model, checkpoint / ADAPTER_FOLDER)
    return policy
