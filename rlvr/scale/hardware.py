"""What a device can do, as its maker says it, and the share of that which programs get.

Sources: NVIDIA's data sheets of the H100 and H200 (SXM; half of the figures "with sparsity"), and
of the DGX H100, H200 and B200 (a node of eight, 1 ConnectX-7 port of 400 Gb/s and 14 CPU cores a
GPU). NVLink and network figures are of one direction: half of the advertised NVLink sum.
"""

from __future__ import annotations

from dataclasses import dataclass

NODE = 8  # GPUs


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One accelerator and its share of a node. Rates are a second, sizes in bytes."""

    name: str
    flops: float
    """Dense products of matrices in bfloat16 (or in the dtype that is measured)."""
    head_flops: float
    """The same of the head in training: in TF32, or in float32 where all is."""
    memory: float
    memory_bandwidth: float
    link_bandwidth: float
    """To the other GPUs of its node, one direction."""
    network_bandwidth: float
    """To other nodes, one direction."""
    cores: float
    """CPU cores, for the verifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """Shares of a device's peak that programs reach, and times that no formula gives (seconds).

    The defaults are assumptions, not measurements: ``matrix`` such that training, but for a head
    in float32, comes to the 0.4 to 0.45 of the peak that good trainers report on an H100,
    bandwidths as copies reach them.
    `rlvr.scale.measured.calibrated` replaces them by what a machine was measured to do.
    """

    matrix: float = 0.55
    bandwidth: float = 0.8
    network: float = 0.7
    decode_step: float = 2e-3
    """The engine's own work in a decode step: scheduling, sampling, launches."""
    decode_layer: float = 2e-5
    """Of each layer in a decode step, on top of reading its weights."""
    decode_sequence: float = 1e-5
    """Of each sequence in a decode step."""
    collective: float = 2e-5
    """Start of one exchange between the GPUs of a tensor-parallel engine."""
    tensor: float = 2e-4
    """Of each weight tensor in an update."""
    sleep: float = 1.0
    """Colocated: putting the engine to sleep and waking it."""


DEVICES: dict[str, Device] = {
    "h100": Device(
        name="H100 SXM",
        flops=989e12,
        head_flops=495e12,
        memory=80e9,
        memory_bandwidth=3.35e12,
        link_bandwidth=450e9,
        network_bandwidth=50e9,
        cores=14,
    ),
    "h200": Device(
        name="H200 SXM",
        flops=989e12,
        head_flops=495e12,
        memory=141e9,
        memory_bandwidth=4.8e12,
        link_bandwidth=450e9,
        network_bandwidth=50e9,
        cores=14,
    ),
    "b200": Device(
        name="B200",
        flops=2_250e12,
        head_flops=1_125e12,
        memory=180e9,
        memory_bandwidth=8e12,
        link_bandwidth=900e9,
        network_bandwidth=50e9,
        cores=14,
    ),
}


def device(name: str) -> Device:
    """Raises ValueError for a name that is not in the table."""
    try:
        return DEVICES[name]
    except KeyError:
        accepted = ", ".join(DEVICES)
        raise ValueError(f"device {name!r} has no entry; accepted are {accepted}") from None


def ring_bandwidth(device: Device, gpus: int) -> float:
    """Bytes a second each GPU receives when ``gpus`` gather or reduce together, at best.

    Rings run over NVLink inside a node and over all of its network ports at once between nodes,
    so that a node receives at the sum of them and NVLink hands it round.
    """
    if gpus <= NODE:
        return device.link_bandwidth
    return min(device.link_bandwidth, NODE * device.network_bandwidth)
