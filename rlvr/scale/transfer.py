"""How long new weights take from the learner to the engines, and verdicts from the verifier."""

from __future__ import annotations

from rlvr.model_sizes import ModelSizes, num_parameters
from rlvr.scale.hardware import NODE, Device, Efficiency, ring_bandwidth
from rlvr.scale.workload import Workload

BF16 = 2


def num_tensors(sizes: ModelSizes) -> int:
    """Weight tensors in the hub's layout: 7 matrices and 2 norms a layer, 3 biases with Qwen2."""
    each = 12 if sizes.qkv_bias else 9
    return sizes.layers * each + (2 if sizes.tied else 3)


def gather_seconds(
    sizes: ModelSizes, device: Device, efficiency: Efficiency, gpus: int, bytes_each: int = BF16
) -> float:
    """The whole model onto every one of the learner's GPUs, tensor by tensor; 0 on one GPU."""
    if gpus == 1:
        return 0.0
    size = bytes_each * num_parameters(sizes) * (gpus - 1) / gpus
    return size / (ring_bandwidth(device, gpus) * efficiency.network)


def load_seconds(
    sizes: ModelSizes, device: Device, efficiency: Efficiency, bytes_each: int = BF16
) -> float:
    """An engine takes over weights that are on its GPU: one read, one write, and Python."""
    moved = 2 * bytes_each * num_parameters(sizes)
    python = efficiency.tensor * num_tensors(sizes)
    return moved / (device.memory_bandwidth * efficiency.bandwidth) + python


def colocated_update_seconds(
    sizes: ModelSizes, device: Device, efficiency: Efficiency, gpus: int
) -> float:
    """Gather, load, and the engine's sleep and waking."""
    found = gather_seconds(sizes, device, efficiency, gpus)
    return found + load_seconds(sizes, device, efficiency) + efficiency.sleep


def server_update_seconds(
    sizes: ModelSizes,
    device: Device,
    efficiency: Efficiency,
    *,
    learner_gpus: int,
    engine_gpus: int,
) -> float:
    """Gather on the learner, then one of its GPUs broadcasts to all of the engines' (NCCL).

    The broadcast leaves by that GPU's one network port, or by NVLink where all is one node.
    """
    one_node = learner_gpus + engine_gpus <= NODE
    port = device.link_bandwidth if one_node else device.network_bandwidth
    broadcast = BF16 * num_parameters(sizes) / (port * efficiency.network)
    gather = gather_seconds(sizes, device, efficiency, learner_gpus)
    return gather + broadcast + load_seconds(sizes, device, efficiency)


def verification_seconds(workload: Workload, cores: float) -> float:
    """All verdicts of a step, spread over the cores; at least one verdict's time."""
    each = workload.verify_seconds
    return max(each, workload.completions * each / cores)
