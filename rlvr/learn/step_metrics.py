"""The metrics of a step from all its trained tokens."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from rlvr.learn.objective import TokenRecord


def step_metrics(records: Sequence[TokenRecord]) -> dict[str, float]:
    """The metrics of a step, under TRL's names where it has them.

    The engine gap is ``sampling/``: |log pi - log mu| a token in nats, and pi / mu uncapped.
    """

    def joined(name: str) -> Tensor:
        return torch.cat([getattr(record, name) for record in records])

    gap = joined("old_logprobs") - joined("rollout_logprobs")
    ratio = gap.exp()
    values = {
        "loss": joined("losses").sum(),
        "entropy": joined("entropy").mean(),
        "clip_ratio/region_mean": joined("clipped").mean(),
        "sampling/sampling_logp_difference/mean": gap.abs().mean(),
        "sampling/sampling_logp_difference/max": gap.abs().max(),
        "sampling/importance_sampling_ratio/min": ratio.min(),
        "sampling/importance_sampling_ratio/mean": ratio.mean(),
        "sampling/importance_sampling_ratio/max": ratio.max(),
    }
    return {name: float(value) for name, value in values.items()}
