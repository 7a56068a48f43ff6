"""What a device must be able to do for the options that not every device has."""

from __future__ import annotations

import torch


def check_options(device: torch.device, attention: str, autocast: bool) -> None:
    """Raises ValueError for what a model cannot be trained with on ``device``."""
    if autocast:
        check_autocast(device)
    if attention == "flex_attention":
        check_flex_attention(device)


def set_float32_products(is_head_alone: bool) -> None:
    """How a GPU multiplies matrices of float32: by default in full, at a 15th of bfloat16's rate.

    Where the head's are the only ones (``is_head_alone``, the layers being in bfloat16), in TF32,
    at half of it: factors rounded to 10 bits (bfloat16 has 7), sums in float32. In full the head
    of a small model would take longer than all of its layers. Of the whole process, and not of a
    CPU's products.
    """
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high" if is_head_alone else "highest")


def check_autocast(device: torch.device) -> None:
    """Raises ValueError where bfloat16 has no instructions, and so would be slower than float32."""
    if device.type == "cuda":
        has_it = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has_it = device.type == "cpu" and _cpu_has_bfloat16()
    if not has_it:
        raise ValueError(
            f"model.autocast asks for bfloat16, for which this {device.type} device has no "
            "instructions; false is accepted here"
        )


def check_flex_attention(device: torch.device) -> None:
    """Raises ValueError where FlexAttention has no backward."""
    if device.type != "cuda":
        raise ValueError(
            f'model.attention "flex_attention" trains on cuda devices only, and this one is '
            f'{device.type}; "sdpa" is accepted everywhere'
        )


def _cpu_has_bfloat16() -> bool:
    names = ("avx512_bf16", "amx_bf16", "bf16")  # x86, x86, ARM
    found = torch.cpu.get_capabilities()
    return any(found.get(name, False) for name in names)
