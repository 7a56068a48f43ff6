"""Sizes of the Qwen2.5 family, from the ``config.json`` of each model on the hub, and of the
preset one-gpu's model from nothing."""

from __future__ import annotations

from rlvr.model_sizes import ModelSizes


def _qwen(
    width: int, layers: int, heads: int, kv_heads: int, mlp_width: int, *, tied: bool
) -> ModelSizes:
    return ModelSizes(
        width=width,
        layers=layers,
        heads=heads,
        kv_heads=kv_heads,
        head_width=width // heads,
        mlp_width=mlp_width,
        # The larger ones round their tables up for tensor parallelism.
        vocab_size=151_936 if tied else 152_064,
        tied=tied,
        qkv_bias=True,
    )


SHAPES: dict[str, ModelSizes] = {
    "qwen2.5-0.5b": _qwen(896, 24, 14, 2, 4_864, tied=True),
    "qwen2.5-1.5b": _qwen(1_536, 28, 12, 2, 8_960, tied=True),
    "qwen2.5-3b": _qwen(2_048, 36, 16, 2, 11_008, tied=True),
    "qwen2.5-7b": _qwen(3_584, 28, 28, 4, 18_944, tied=False),
    "qwen2.5-14b": _qwen(5_120, 48, 40, 8, 13_824, tied=False),
    "qwen2.5-32b": _qwen(5_120, 64, 40, 8, 27_648, tied=False),
    "qwen2.5-72b": _qwen(8_192, 80, 64, 8, 29_568, tied=False),
    "one-gpu": ModelSizes(
        width=640,
        layers=12,
        heads=10,
        kv_heads=5,
        head_width=64,
        mlp_width=2_560,
        vocab_size=150,
        tied=True,
        qkv_bias=True,  # as `made_sizes` counts a model from nothing
    ),
}


def shape(name: str) -> ModelSizes:
    """Raises ValueError for a name that is not in the table."""
    try:
        return SHAPES[name]
    except KeyError:
        raise ValueError(f"model {name!r} has no entry; accepted are {', '.join(SHAPES)}") from None
