"""Generation on all ranks: engines on their devices, each of which draws its share of the requests.

An engine is a rank's own, or one of ``rollout.tensor_parallel`` neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch

from rlvr.config import Config
from rlvr.led.calls import Bench, Lead
from rlvr.led.place import check_place, place
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.factory import make_engine
from rlvr.types import Completion


class LedEngine:
    """The engines of all ranks as one; each request's own seed makes it equal to a single one."""

    def __init__(self, lead: Lead, source: str | Path, config: Config) -> None:
        self._lead = lead
        self.policy_version = 0
        self.name = lead.run(_make, place(source), config)

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        """One completion a request, in their order; see `RolloutEngine`."""
        return self._lead.run(_generate, list(requests), sampling, self.policy_version)

    def update_weights(
        self, named_tensors: Iterable[tuple[str, torch.Tensor]], policy_version: int
    ) -> None:
        """Each rank's engine takes over what its own learner puts together.

        ``named_tensors`` are of the same learner, and left as they are: one stream on rank 0 would
        not reach the other ranks' engines.
        """
        self._lead.run(_update_weights, policy_version)
        self.policy_version = policy_version

    def sleep(self) -> None:
        """Each leaves its device to its rank's learner until the update; see `RolloutEngine`."""
        self._lead.run(_sleep)

    def close(self) -> None:
        """Free the engines; after a failed call the ranks end, and the engines with them."""
        if self._lead.in_step:
            self._lead.run(_close)


def portion(count: int, size: int, index: int) -> range:
    """The requests of one of ``size`` engines: neighbours, since a group's share their prompt."""
    return range(count * index // size, count * (index + 1) // size)


def _make(bench: Bench, source: str | Path, config: Config) -> str:
    bench.learner = None  # the supervised stage is over
    check_place(source, bench.ranks.rank)
    # The ranks themselves are the engines side by side.
    settings = config.rollout.model_copy(update={"processes": 1})
    timeout = bench.ranks.timeout
    bench.engine = make_engine(str(source), settings, config.model.max_length, timeout)
    bench.ranks_per_engine = settings.tensor_parallel
    return bench.engine.name


def _generate(
    bench: Bench, requests: list[Request], sampling: SamplingSettings, policy_version: int
) -> list[Completion]:
    assert bench.engine
    bench.engine.policy_version = policy_version
    index, member = divmod(bench.ranks.rank, bench.ranks_per_engine)
    own = portion(len(requests), bench.ranks.size // bench.ranks_per_engine, index)
    completions = bench.engine.generate([requests[i] for i in own], sampling)
    # Those who share an engine have the same.
    return bench.ranks.gather(*((own, completions) if member == 0 else ((), ())))


def _update_weights(bench: Bench, policy_version: int) -> None:
    assert bench.engine
    assert bench.learner
    bench.engine.update_weights(bench.learner.policy.named_tensors(), policy_version)


def _sleep(bench: Bench) -> None:
    assert bench.engine
    bench.engine.sleep()


def _close(bench: Bench) -> None:
    assert bench.engine
    bench.engine.close()
    bench.engine = None
