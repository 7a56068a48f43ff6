"""Measured parts of a step, and what the model says each should have taken on that machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rlvr.model_sizes import ModelSizes
from rlvr.scale.generation import Replica, decode_step_seconds, prefill_seconds
from rlvr.scale.hardware import Device, Efficiency
from rlvr.scale.training import Learner, compute_seconds, optimizer_seconds
from rlvr.scale.transfer import load_seconds

BYTES = {"float32": 4, "bfloat16": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One device as measured: rates a second, by dtype; overheads in seconds, per Efficiency."""

    name: str
    matrix_flops: dict[str, float]
    memory_bandwidth: float
    decode_step: float
    decode_layer: float
    decode_sequence: float
    tensor: float
    sleep: float

    def device(self, dtype: str) -> Device:
        """As a device of the model, whose peaks are what was reached. One machine has no network,
        and the memory is not what is asked here."""
        return Device(
            name=self.name,
            flops=self.matrix_flops[dtype],
            head_flops=self._head_flops(dtype),
            memory=float("inf"),
            memory_bandwidth=self.memory_bandwidth,
            link_bandwidth=float("inf"),
            network_bandwidth=float("inf"),
            cores=1,
        )

    def _head_flops(self, dtype: str) -> float:
        name = "tf32" if dtype == "bfloat16" and "tf32" in self.matrix_flops else "float32"
        return self.matrix_flops[name]

    def efficiency(self) -> Efficiency:
        return Efficiency(
            matrix=1.0,
            bandwidth=1.0,
            network=1.0,
            decode_step=self.decode_step,
            decode_layer=self.decode_layer,
            decode_sequence=self.decode_sequence,
            tensor=self.tensor,
            sleep=self.sleep,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodePoint:
    """One decode step of ``batch`` sequences with ``context`` tokens before it on average."""

    sizes: ModelSizes
    dtype: str
    seconds: float
    batch: int
    context: float

    def predicted(self, machine: Machine) -> float:
        return decode_step_seconds(_replica(self, machine), self.batch, self.context)

    def describe(self) -> str:
        return f"decode step, batch {self.batch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefillPoint:
    """Reading ``prompts`` prompts of ``length`` tokens and drawing the first token of each."""

    sizes: ModelSizes
    dtype: str
    seconds: float
    prompts: int
    length: int

    def predicted(self, machine: Machine) -> float:
        overhead = (
            machine.decode_step
            + machine.decode_layer * self.sizes.layers
            + machine.decode_sequence * self.prompts
        )
        return prefill_seconds(_replica(self, machine), self.prompts, self.length) + overhead

    def describe(self) -> str:
        return f"prefill, {self.prompts} x {self.length} tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPoint:
    """One update: forward, backward, AdamW. Counts as in `rlvr.scale.flops`."""

    sizes: ModelSizes
    dtype: str
    seconds: float
    tokens: int
    pairs: int
    logits: int

    def predicted(self, machine: Machine) -> float:
        learner = Learner(
            sizes=self.sizes,
            device=machine.device(self.dtype),
            efficiency=machine.efficiency(),
            bytes_each=BYTES[self.dtype],
        )
        compute = compute_seconds(learner, tokens=self.tokens, pairs=self.pairs, logits=self.logits)
        return compute + optimizer_seconds(learner)

    def describe(self) -> str:
        return f"training, {self.tokens:,} tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePoint:
    """The engine takes over the trainer's weights, both on this device."""

    sizes: ModelSizes
    dtype: str
    seconds: float

    def predicted(self, machine: Machine) -> float:
        device, efficiency = machine.device(self.dtype), machine.efficiency()
        return load_seconds(self.sizes, device, efficiency, BYTES[self.dtype])

    def describe(self) -> str:
        return "weight update"


Point = DecodePoint | PrefillPoint | TrainingPoint | UpdatePoint
KINDS: dict[str, type[Point]] = {
    "decode": DecodePoint,
    "prefill": PrefillPoint,
    "training": TrainingPoint,
    "update": UpdatePoint,
}


def _replica(point: DecodePoint | PrefillPoint, machine: Machine) -> Replica:
    return Replica(
        sizes=point.sizes,
        device=machine.device(point.dtype),
        efficiency=machine.efficiency(),
        bytes_each=BYTES[point.dtype],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheads:
    """Of a decode step, in seconds: its own, of each layer, of each sequence."""

    step: float
    layer: float
    sequence: float


def decode_overheads(probes: Sequence[DecodePoint]) -> Overheads:
    """Overheads from decode steps of models so small that nothing else counts, least squares.

    seconds = step + layer * layers + sequence * batch. Raises ValueError where the probes do not
    tell the three apart: at least three are needed, with two depths and two batches.
    """
    import numpy as np

    rows = np.array([[1.0, p.sizes.layers, p.batch] for p in probes]).reshape(-1, 3)
    if np.linalg.matrix_rank(rows) < 3:
        raise ValueError(
            f"{len(probes)} probes do not tell step, layer and sequence apart; three or more are "
            "accepted, with two numbers of layers and two batches among them"
        )
    seconds = np.array([p.seconds for p in probes])
    # Relative errors: a probe of 10 ms shall not outweigh one of 1 ms.
    found, *_ = np.linalg.lstsq(rows / seconds[:, None], np.ones(len(probes)), rcond=None)
    step, layer, sequence = (max(0.0, float(x)) for x in found)
    return Overheads(step=step, layer=layer, sequence=sequence)
