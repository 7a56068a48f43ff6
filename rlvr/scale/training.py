"""How long the learner takes, and what it holds: FSDP2 over all of its GPUs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rlvr.model_sizes import CHUNK_LOGITS, ModelSizes, activations_per_token, num_parameters
from rlvr.scale.flops import head_flops, layer_weights, training_flops
from rlvr.scale.hardware import Device, Efficiency, ring_bandwidth
from rlvr.scale.workload import Workload, mean_pairs

BF16, FLOAT32 = 2, 4
# Weights, gradients and AdamW's two moments, in float32.
STATE = 4 * FLOAT32
# Every number kept for the backward is written and read, and so is its gradient.
PASSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """``gpus`` GPUs that share parameters and optimizer; ``bytes_each`` of an activation.

    ``recompute``: activations inside a layer are computed again in the backward.
    """

    sizes: ModelSizes
    device: Device
    efficiency: Efficiency
    gpus: int = 1
    recompute: bool = False
    bytes_each: int = BF16


def state_bytes(sizes: ModelSizes, gpus: int) -> float:
    """What each GPU holds between steps: 16 bytes a parameter over all of them."""
    return STATE * num_parameters(sizes) / gpus


def learner_bytes(learner: Learner, workload: Workload) -> float:
    """What each GPU holds in the middle of a step: state, two gathered layers, activations.

    Logits come in chunks of 256 MiB (`rlvr.learn.logprobs`) and are left out.
    """
    sizes, tokens = learner.sizes, max(workload.micro_batch_tokens, _longest(workload))
    each = activations_per_token(sizes)
    if learner.recompute:  # the input of every layer, and all of one
        each = sizes.layers * sizes.width + each // sizes.layers
    gathered = 0 if learner.gpus == 1 else 2 * layer_weights(sizes) * learner.bytes_each
    state = state_bytes(sizes, learner.gpus)
    return state + gathered + tokens * each * learner.bytes_each


def _longest(workload: Workload) -> int:
    return workload.prompt + workload.longest


def compute_seconds(learner: Learner, *, tokens: float, pairs: float, logits: float) -> float:
    """Forward and backward on one GPU: products at the matrix rate, and the memory's traffic.

    A roofline in which the two follow each other: what lies between the products (norms,
    activations, softmax) waits for memory, and is counted as ``PASSES`` over all that is kept.
    """
    sizes = learner.sizes
    layers = training_flops(sizes, tokens=tokens, pairs=pairs, logits=0)
    if learner.recompute:
        layers *= 4 / 3
    # Forward, its repetition where logits come in chunks, and twice backward.
    passes = 4 if sizes.vocab_size * logits > CHUNK_LOGITS["cuda"] else 3
    head = passes * head_flops(sizes, logits)
    kept = activations_per_token(sizes)
    traffic = PASSES * kept * tokens * learner.bytes_each
    traffic += PASSES * 2 * sizes.vocab_size * logits * FLOAT32  # the head is in float32
    at_once = layers / learner.device.flops + head / learner.device.head_flops
    bandwidth = learner.device.memory_bandwidth * learner.efficiency.bandwidth
    return at_once / learner.efficiency.matrix + traffic / bandwidth


def optimizer_seconds(learner: Learner) -> float:
    """AdamW reads weights, gradients and both moments and writes all but the gradients."""
    bandwidth = learner.device.memory_bandwidth * learner.efficiency.bandwidth
    return 7 * FLOAT32 * num_parameters(learner.sizes) / learner.gpus / bandwidth


def sharing_seconds(learner: Learner, micro_batches: float) -> float:
    """FSDP2's exchanges: each micro-batch gathers the weights forward and backward and scatters
    the gradients (float32), at the rate of rings; latencies are left out. 0 on one GPU."""
    if learner.gpus == 1:
        return 0.0
    share = (learner.gpus - 1) / learner.gpus
    size = (2 * learner.bytes_each + FLOAT32) * num_parameters(learner.sizes) * share
    bandwidth = ring_bandwidth(learner.device, learner.gpus) * learner.efficiency.network
    return micro_batches * size / bandwidth


def training_seconds(learner: Learner, workload: Workload) -> float:
    """One update on all tokens of a step, split over the GPUs by tokens.

    A GPU has at least one whole completion, so more GPUs than completions are of no use; the
    step waits for the GPU with the longest. Exchanges hide behind the computation, or it waits.
    """
    share = workload.completions / learner.gpus
    tokens = max(workload.tokens / learner.gpus, float(_longest(workload)))
    scale = tokens / (workload.prompt + workload.mean)  # sequences' worth
    compute = compute_seconds(
        learner,
        tokens=tokens,
        pairs=scale * mean_pairs(workload),
        logits=max(share * workload.mean, float(workload.longest)),
    )
    micro_batches = max(1.0, tokens / workload.micro_batch_tokens)
    return max(compute, sharing_seconds(learner, micro_batches)) + optimizer_seconds(learner)


def fitting_learner(
    sizes: ModelSizes, device: Device, efficiency: Efficiency, gpus: int, workload: Workload
) -> Learner | None:
    """The learner that fits into 90 % of the memory: without recomputation if it can be, or None.

    Nothing but activations depends on recomputation, so without it is always the faster.
    """
    for recompute in (False, True):
        learner = Learner(
            sizes=sizes, device=device, efficiency=efficiency, gpus=gpus, recompute=recompute
        )
        if learner_bytes(learner, workload) <= 0.9 * device.memory:
            return learner
    return None


def share_of_peak(learner: Learner, workload: Workload) -> float:
    """Model-FLOP utilisation: model FLOPs of a step over what the GPUs' peak could do in it."""
    seconds = training_seconds(learner, workload)
    work = training_flops(
        learner.sizes,
        tokens=workload.tokens,
        pairs=workload.completions * mean_pairs(workload),
        logits=workload.completion_tokens,
    )
    return 0.0 if math.isinf(seconds) else work / (seconds * learner.gpus * learner.device.flops)
