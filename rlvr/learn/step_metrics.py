"""The metrics of a step from all its trained tokens."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from rlvr.learn.kl import k3
from rlvr.learn.objective import TokenRecord


def step_metrics(records: Sequence[TokenRecord], num_updates: int = 1) -> dict[str, float]:
    """The metrics of a step, means over its updates, under TRL's names where it has them.

    The engine gap is ``sampling/``: |log pi - log mu| a token in nats, and pi / mu uncapped, for
    the policy before the step. Where they mean something: ``kl`` to the reference,
    ``policy/approx_kl`` from the old policy to the one that an update starts from, and ``value/``
    of the value head: a mean square, and a share of the returns' variance.
    """

    def joined(name: str) -> Tensor:
        return torch.cat([getattr(record, name) for record in records])

    gap = joined("old_logprobs") - joined("rollout_logprobs")
    ratio = gap.exp()
    values = {
        "loss": joined("losses").sum() / num_updates,
        "entropy": joined("entropy").mean(),
        "clip_ratio/region_mean": joined("clipped").mean(),
        "sampling/sampling_logp_difference/mean": gap.abs().mean(),
        "sampling/sampling_logp_difference/max": gap.abs().max(),
        "sampling/importance_sampling_ratio/min": ratio.min(),
        "sampling/importance_sampling_ratio/mean": ratio.mean(),
        "sampling/importance_sampling_ratio/max": ratio.max(),
    }
    if num_updates > 1:
        values["policy/approx_kl"] = k3(joined("old_logprobs"), joined("logprobs")).mean()
    if all(record.reference_logprobs is not None for record in records):
        values["kl"] = k3(joined("logprobs"), joined("reference_logprobs")).mean()
    if all(record.returns is not None for record in records):
        error = joined("values") - joined("returns")
        values["value/error"] = error.square().mean()
        values["value/explained_variance"] = 1 - error.var() / joined("returns").var()
    return {name: float(value) for name, value in values.items()}
