"""Low-rank adapters in the linear layers of a frozen model; the only user of peft.

    y = W x + (alpha / rank) B A x

W [out, in] is frozen, and may be in bfloat16. A [rank, in] begins random and B [out, rank] at 0,
both in float32: the model begins as it was. Source: Hu et al. 2021 (arXiv 2106.09685).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import PreTrainedModel

from rlvr.config_lora import ALL_LINEAR, LoraConfig

ADAPTER = "default"  # peft's name for the only adapter of a layer
WEIGHTS = "adapter_model.safetensors"
_A, _B = f".lora_A.{ADAPTER}.weight", f".lora_B.{ADAPTER}.weight"

Whole = Callable[[str, Tensor], Tensor]


def add_adapters(
    model: PreTrainedModel, config: LoraConfig, base: str, seed: int, *, autocast: bool = False
) -> None:
    """Freeze ``model`` and put adapters into its layers, in place; ``seed`` decides A.

    ``base`` is the hub id or folder that the model came from: peft's files name it.
    Raises ValueError for targets that are not linear layers of the model.
    """
    from peft import LoraConfig as PeftConfig
    from peft import inject_adapter_in_model

    targets = _targets(model, config)
    alpha: Any = config.alpha  # peft's type is int, and any number will do
    peft_config = PeftConfig(
        r=config.rank,
        lora_alpha=alpha,
        target_modules=targets,
        base_model_name_or_path=base,
        task_type="CAUSAL_LM",
    )
    peft_config.target_modules = targets  # a set of peft's, which is written in any order
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        inject_adapter_in_model(peft_config, model, ADAPTER)
    for layer in _adapted_layers(model).values():
        layer.train(False)
        # Autocast makes a smaller copy of the input than a cast to the adapter's float32.
        layer.cast_input_dtype_enabled = not autocast
    for parameter in adapter_parameters(model).values():
        parameter.data = parameter.data.float()


def adapter_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """A and B of every adapter, by their names in ``model``; empty for a model without any."""
    return {n: p for n, p in model.named_parameters() if n.endswith((_A, _B))}


def hub_weights(model: nn.Module, whole: Whole) -> Iterator[tuple[str, Tensor]]:
    """The weights by their hub names, adapters merged into theirs: W + (alpha / rank) B A.

    Merged ones are in the adapters' dtype, and made one at a time. ``whole`` puts the named tensor
    together.
    """
    layers = _adapted_layers(model)
    adapters = adapter_parameters(model)
    for name, parameter in model.named_parameters():
        if name in adapters:
            continue
        weight = whole(name, parameter.detach())
        path = name.removesuffix(".base_layer.weight")
        if path != name:
            a, b = (whole(path + end, adapters[path + end].detach()) for end in (_A, _B))
            weight = weight + layers[path].scaling[ADAPTER] * (b @ a)
        yield name.replace(".base_layer.", "."), weight


def save_adapters(model: PreTrainedModel, adapters: dict[str, Tensor], folder: Path) -> None:
    """Write them in peft's layout, which ``PeftModel.from_pretrained`` reads."""
    folder.mkdir(parents=True)
    tensors = {_file_name(name): tensor.cpu().contiguous() for name, tensor in adapters.items()}
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    configs: dict[str, Any] = model.peft_config
    configs[ADAPTER].save_pretrained(folder)


@torch.no_grad()
def load_adapters(model: nn.Module, folder: Path) -> None:
    """Take over what ``save_adapters`` wrote of the same model, to the bit."""
    tensors = load_file(folder / WEIGHTS)
    for name, parameter in adapter_parameters(model).items():
        parameter.copy_(tensors[_file_name(name)])


def _adapted_layers(model: nn.Module) -> dict[str, Any]:
    """peft's layers: each holds the linear layer that was there as its ``base_layer``."""
    return {n: m for n, m in model.named_modules() if hasattr(m, "base_layer")}


def _targets(model: PreTrainedModel, config: LoraConfig) -> list[str]:
    head = model.get_output_embeddings()
    linear = [n for n, m in model.named_modules() if isinstance(m, nn.Linear) and m is not head]
    accepted = sorted({name.rpartition(".")[2] for name in linear})
    targets = accepted if config.targets == (ALL_LINEAR,) else sorted(config.targets)
    unknown = sorted(set(targets) - set(accepted))
    if unknown or not targets:
        raise ValueError(
            f"model.lora.targets: {type(model).__name__} has no linear layers "
            f'{", ".join(unknown)} outside of its head; accepted are "{ALL_LINEAR}" and names out '
            f"of {', '.join(accepted)}"
        )
    return targets


def _file_name(name: str) -> str:
    """As peft writes it: under the name of its wrapper, without that of the adapter."""
    return f"base_model.model.{name.replace(f'.{ADAPTER}.', '.')}"
