"""Which GPUs do what, how long a step takes then, and which layout to choose.

colocated              generate, verify, train, update, all GPUs in turn
server                 the same in turn, engines and learner on GPUs of their own
server, one step off   the learner trains on the last step's completions while the engines
                       write the next: max(generate, verify + train) + update
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rlvr.model_sizes import ModelSizes
from rlvr.scale.generation import Replica, generation_seconds
from rlvr.scale.hardware import NODE, Device, Efficiency
from rlvr.scale.training import (
    Learner,
    fitting_learner,
    share_of_peak,
    state_bytes,
    training_seconds,
)
from rlvr.scale.transfer import (
    colocated_update_seconds,
    server_update_seconds,
    verification_seconds,
)
from rlvr.scale.workload import Workload

Topology = Literal["colocated", "server", "server, one step off"]
TOPOLOGIES: tuple[Topology, ...] = ("colocated", "server", "server, one step off")
PARALLEL = (1, 2, 4, 8)  # GPUs of an engine, within a node


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A layout and its times, in seconds a step. Colocated, both sides are the same GPUs."""

    topology: Topology
    learner_gpus: int
    engine_gpus: int
    parallel: int
    recompute: bool
    generate: float
    verify: float
    train: float
    update: float
    mfu: float
    """Model FLOPs of training over the peak of the learner's GPUs while they train."""

    @property
    def gpus(self) -> int:
        colocated = self.topology == "colocated"
        return self.learner_gpus if colocated else self.learner_gpus + self.engine_gpus

    @property
    def seconds(self) -> float:
        """A step, from one update to the next."""
        if self.topology == "server, one step off":
            return max(self.generate, self.verify + self.train) + self.update
        return self.generate + self.verify + self.train + self.update

    @property
    def idle(self) -> float:
        """Share of the GPUs' time in which they wait for other GPUs or for the verifier."""
        if self.topology == "colocated":
            busy = self.seconds - self.verify
            return 1 - busy / self.seconds
        engines = self.engine_gpus * (self.generate + self.update)
        learner = self.learner_gpus * (self.train + self.update)
        return 1 - (engines + learner) / (self.gpus * self.seconds)


def plans(
    sizes: ModelSizes,
    device: Device,
    gpus: int,
    workload: Workload,
    efficiency: Efficiency,
    topologies: tuple[Topology, ...] = TOPOLOGIES,
) -> Iterator[Plan]:
    """Every layout of exactly ``gpus`` GPUs that fits into memory."""
    verify = verification_seconds(workload, cores=device.cores * gpus)
    for topology in topologies:
        for learner_gpus, engine_gpus in _splits(topology, gpus):
            learner = fitting_learner(sizes, device, efficiency, learner_gpus, workload)
            if learner is None:
                continue
            found = _generation(learner, engine_gpus, workload, topology == "colocated")
            if found is None:
                continue
            generate, parallel = found
            if topology == "colocated":
                update = colocated_update_seconds(sizes, device, efficiency, gpus)
            else:
                update = server_update_seconds(
                    sizes, device, efficiency, learner_gpus=learner_gpus, engine_gpus=engine_gpus
                )
            yield Plan(
                topology=topology,
                learner_gpus=learner_gpus,
                engine_gpus=engine_gpus,
                parallel=parallel,
                recompute=learner.recompute,
                generate=generate,
                verify=verify,
                train=training_seconds(learner, workload),
                update=update,
                mfu=share_of_peak(learner, workload),
            )


def _splits(topology: Topology, gpus: int) -> Iterator[tuple[int, int]]:
    """(GPUs of the learner, GPUs of the engines): in eighths, whole nodes from eight nodes on."""
    if topology == "colocated":
        yield gpus, gpus
        return
    for eighth in range(1, 8):
        learner_gpus = gpus * eighth // 8
        if gpus >= 8 * NODE:
            learner_gpus -= learner_gpus % NODE
        if 0 < learner_gpus < gpus:
            yield learner_gpus, gpus - learner_gpus


def _generation(
    learner: Learner, engine_gpus: int, workload: Workload, colocated: bool
) -> tuple[float, int] | None:
    """Seconds and GPUs an engine of the fastest engines that fit, or None."""
    taken = state_bytes(learner.sizes, learner.gpus) if colocated else 0.0
    best: tuple[float, int] | None = None
    for parallel in PARALLEL:
        if engine_gpus % parallel or learner.sizes.heads % parallel:
            continue
        replica = Replica(
            sizes=learner.sizes,
            device=learner.device,
            efficiency=learner.efficiency,
            parallel=parallel,
            taken=taken,
        )
        seconds = generation_seconds(replica, engine_gpus // parallel, workload)
        if math.isfinite(seconds) and (best is None or seconds < best[0]):
            best = seconds, parallel
    return best


def choose(
    sizes: ModelSizes,
    device: Device,
    gpus: int,
    workload: Workload,
    efficiency: Efficiency,
    topologies: tuple[Topology, ...] = TOPOLOGIES,
) -> Plan | None:
    """The fastest layout of at most ``gpus`` GPUs, the fewer the better; None where none fits.

    Raises ValueError for a number of GPUs that is neither a power of two up to 8 nor whole nodes.
    """
    if gpus < 1 or (gpus > NODE and gpus % NODE) or (gpus < NODE and gpus not in (1, 2, 4)):
        raise ValueError(f"{gpus} GPUs: 1, 2, 4 and multiples of {NODE} are accepted")
    counts = sorted({gpus, *(2**k for k in range(gpus.bit_length()))})
    found = (
        plan
        for count in counts
        for plan in plans(sizes, device, count, workload, efficiency, topologies)
    )
    return min(found, key=lambda plan: (plan.seconds, plan.gpus), default=None)
