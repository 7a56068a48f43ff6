"""Generation on all ranks: each has an engine on its device and draws its share of the requests."""

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


def portion(count: int, size: int, rank: int) -> range:
    """The requests of one rank: neighbours, since those of a group share their prompt."""
    return range(count * rank // size, count * (rank + 1) // size)


def _make(bench: Bench, source: str | Path, config: Config) -> str:
    bench.learner = None  # the supervised stage is over
    check_place(source, bench.ranks.rank)
    # The ranks themselves are the engines side by side.
    settings = config.rollout.model_copy(update={"processes": 1})
    bench.engine = make_engine(str(source), settings, config.model.max_length)
    return bench.engine.name


def _generate(
    bench: Bench, requests: list[Request], sampling: SamplingSettings, policy_version: int
) -> list[Completion]:
    assert bench.engine
    bench.engine.policy_version = policy_version
    own = portion(len(requests), bench.ranks.size, bench.ranks.rank)
    completions = bench.engine.generate([requests[i] for i in own], sampling)
    return bench.ranks.gather(own, completions)


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
