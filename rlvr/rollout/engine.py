"""The contract of a rollout engine: prompts in, completions with their logprobs out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rlvr.types import Completion

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSettings:
    """How completions are drawn. ``temperature`` 0 is greedy; there is no top-p and no top-k,
    because truncated sampling makes the engine's distribution differ from the trained one."""

    temperature: float
    max_new_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One completion to draw. Equal requests under equal weights give equal tokens."""

    prompt_ids: tuple[int, ...]
    seed: int


class RolloutEngine(Protocol):
    """Generates with the weights of ``policy_version``."""

    name: str
    policy_version: int

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        """One completion a request, in their order."""
        ...

    def update_weights(
        self, named_tensors: Iterable[tuple[str, torch.Tensor]], policy_version: int
    ) -> None:
        """Take over the trainer's weights (names and shapes as in the hub's layout)."""
        ...

    def sleep(self) -> None:
        """Leave the device's memory to the trainer until ``update_weights``; before that nothing
        can be generated. Engines that share no device with the trainer go on as they were."""
        ...

    def close(self) -> None: ...
