"""How long an engine takes: prefill by arithmetic, decoding by reads of weights and KV cache.

One replica of an engine runs on ``parallel`` GPUs (tensor parallelism), which share weights, KV
cache and work evenly and exchange their parts twice in each layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rlvr.model_sizes import ModelSizes, num_parameters
from rlvr.scale.flops import forward_flops, matrix_weights
from rlvr.scale.hardware import Device, Efficiency
from rlvr.scale.workload import Workload, decay, mean_age

BF16 = 2  # bytes
# Of a GPU's memory the engine may fill; the rest is for its activations and the libraries.
MEMORY_SHARE = 0.9
# Reads and writes of the logits, in float32: scaling, softmax, drawing, the token's logprob.
LOGIT_PASSES, FLOAT32 = 8, 4
POINTS = 48  # at which the tail of a step is evaluated


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """An engine on ``parallel`` GPUs. ``taken`` bytes of each GPU hold something else."""

    sizes: ModelSizes
    device: Device
    efficiency: Efficiency
    parallel: int = 1
    taken: float = 0.0
    bytes_each: int = BF16
    """Of a weight and of a number in the KV cache."""

    @property
    def bandwidth(self) -> float:
        return self.parallel * self.device.memory_bandwidth * self.efficiency.bandwidth

    @property
    def flops(self) -> float:
        return self.parallel * self.device.flops * self.efficiency.matrix

    @property
    def kv_bytes(self) -> int:
        """Of one token, over all GPUs: keys and values of every layer. A GPU holds at least one
        key head, so more GPUs than key heads hold some twice."""
        heads = max(self.sizes.kv_heads, self.parallel)
        return 2 * self.sizes.layers * heads * self.sizes.head_width * self.bytes_each

    @property
    def free(self) -> float:
        """Bytes for the KV cache, over all GPUs; negative where the weights do not fit."""
        each = MEMORY_SHARE * self.device.memory - self.taken
        return self.parallel * each - num_parameters(self.sizes) * self.bytes_each

    def capacity(self, workload: Workload) -> float:
        """Sequences that can be decoded at once; 0 where not even one fits at full length."""
        if self.free < self.kv_bytes * (workload.prompt + workload.longest):
            return 0.0
        held = self.kv_bytes * (workload.prompt + mean_age(workload))
        return min(float(workload.max_sequences), max(1.0, self.free / held))


def decode_step_seconds(replica: Replica, batch: float, context: float) -> float:
    """One token for each of ``batch`` sequences, with ``context`` tokens before it on average.

    max(weights / bandwidth, 2 N batch / flops) + KV cache / bandwidth + logits / bandwidth
    + exchanges + overheads: the weights are read once whatever the batch, each sequence's keys,
    values and logits by itself.
    """
    sizes, efficiency = replica.sizes, replica.efficiency
    weights = matrix_weights(sizes)
    linear = max(
        weights * replica.bytes_each / replica.bandwidth, 2 * weights * batch / replica.flops
    )
    attention_flops = forward_flops(sizes, tokens=0, pairs=batch * context, logits=0)
    attention = max(
        batch * context * replica.kv_bytes / replica.bandwidth, attention_flops / replica.flops
    )
    sampling = LOGIT_PASSES * FLOAT32 * batch * sizes.vocab_size / replica.bandwidth
    overhead = (
        efficiency.decode_step
        + efficiency.decode_layer * sizes.layers
        + efficiency.decode_sequence * batch
    )
    return linear + attention + sampling + _exchange_seconds(replica, batch) + overhead


def _exchange_seconds(replica: Replica, tokens: float) -> float:
    """Two sums over the GPUs in each layer, of a hidden state a token; 0 on one GPU."""
    if replica.parallel == 1:
        return 0.0
    share = 2 * (replica.parallel - 1) / replica.parallel
    size = share * tokens * replica.sizes.width * replica.bytes_each
    bandwidth = replica.device.link_bandwidth * replica.efficiency.network
    return 2 * replica.sizes.layers * (replica.efficiency.collective + size / bandwidth)


def prefill_seconds(replica: Replica, prompts: float, length: float) -> float:
    """Reading ``prompts`` prompts of ``length`` tokens, by arithmetic alone."""
    pairs = prompts * length * (length + 1) / 2
    work = forward_flops(replica.sizes, tokens=prompts * length, pairs=pairs, logits=prompts)
    return work / replica.flops + _exchange_seconds(replica, prompts * length)


def decode_seconds(replica: Replica, sequences: float, workload: Workload) -> float:
    """All tokens of ``sequences`` completions (a share of the step; it need not be whole).

    Where they do not all fit, the engine stays full until the last one has started, and what is
    left then is as if it had just begun (exact for exponential lengths). From there on the batch
    thins out: after x tokens a share exp(-x / theta) is left, until ``longest``. A step ends with
    its longest completion, on whatever replica, so one sequence is decoded until the whole step
    has less than half of one left.
    """
    capacity = replica.capacity(workload)
    if capacity == 0:
        return math.inf
    waiting = max(0.0, sequences - capacity)
    steps = waiting * workload.mean / capacity
    full = decode_step_seconds(replica, capacity, workload.prompt + mean_age(workload))
    first, rate = min(sequences, capacity), decay(workload)
    width = workload.longest / POINTS
    tail = 0.0
    for k in range(POINTS):
        x = (k + 0.5) * width
        left = math.exp(-x * rate)
        if workload.completions * left < 0.5:
            break
        batch = max(1.0, first * left)
        tail += width * decode_step_seconds(replica, batch, workload.prompt + x)
    return steps * full + tail


def generation_seconds(replica: Replica, replicas: int, workload: Workload) -> float:
    """A step's completions on ``replicas`` engines; ``inf`` where the model does not fit.

    A group shares its prompt: it is read once.
    """
    prefill = prefill_seconds(replica, workload.problems / replicas, workload.prompt)
    return prefill + decode_seconds(replica, workload.completions / replicas, workload)
