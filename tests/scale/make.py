"""A device whose figures make the arithmetic easy."""

from __future__ import annotations

from rlvr.model_sizes import ModelSizes
from rlvr.scale.hardware import Device, Efficiency

DEVICE = Device(
    name="round",
    flops=1e9,
    head_flops=0.5e9,
    memory=1e9,
    memory_bandwidth=1e6,
    link_bandwidth=1e6,
    network_bandwidth=1e4,
    cores=2,
)
# Peaks are reached, and nothing costs time but what the formulas say.
IDEAL = Efficiency(
    matrix=1,
    bandwidth=1,
    network=1,
    decode_step=0,
    decode_layer=0,
    decode_sequence=0,
    collective=0,
    tensor=0,
    sleep=0,
)
SIZES = ModelSizes(
    width=8,
    layers=3,
    heads=2,
    kv_heads=1,
    head_width=4,
    mlp_width=12,
    vocab_size=20,
    tied=False,
    qkv_bias=True,
)  # 1,600 weights in matrices
