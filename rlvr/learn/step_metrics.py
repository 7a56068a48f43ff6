"""The metrics of a step from all its trained tokens."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from rlvr.learn.kl import k3
from rlvr.learn.objective import TokenRecord
from rlvr.learn.ranks import OneRank, Ranks


def step_metrics(
    records: Sequence[TokenRecord], num_updates: int = 1, ranks: Ranks | None = None
) -> dict[str, float]:
    """The metrics of a step, means over its updates, under TRL's names where it has them.

    Over the tokens of all ranks; each gives its own records.

    The engine gap is ``sampling/``: |log pi - log mu| a token in nats, and pi / mu uncapped, for
    the policy before the step. Where they mean something: ``kl`` to the reference,
    ``policy/approx_kl`` from the old policy to the one that an update starts from, and ``value/``
    of the value head: a mean square, and a share of the returns' variance.
    """

    ranks = ranks or OneRank()

    def joined(name: str) -> Tensor:
        return torch.cat([getattr(record, name) for record in records])

    gap = joined("old_logprobs") - joined("rollout_logprobs")
    ratio = gap.exp()
    values = {
        "loss": ranks.sum(joined("losses")) / num_updates,
        "entropy": ranks.mean(joined("entropy")),
        "clip_ratio/region_mean": ranks.mean(joined("clipped")),
        "sampling/sampling_logp_difference/mean": ranks.mean(gap.abs()),
        "sampling/sampling_logp_difference/max": ranks.max(gap.abs()),
        "sampling/importance_sampling_ratio/min": ranks.min(ratio),
        "sampling/importance_sampling_ratio/mean": ranks.mean(ratio),
        "sampling/importance_sampling_ratio/max": ranks.max(ratio),
    }
    if num_updates > 1:
        values["policy/approx_kl"] = ranks.mean(k3(joined("old_logprobs"), joined("logprobs")))
    if all(record.reference_logprobs is not None for record in records):
        values["kl"] = ranks.mean(k3(joined("logprobs"), joined("reference_logprobs")))
    if all(record.returns is not None for record in records):
        error = joined("values") - joined("returns")
        values["value/error"] = ranks.mean(error.square())
        values["value/explained_variance"] = 1 - ranks.var(error) / ranks.var(joined("returns"))
    return {name: float(value) for name, value in values.items()}
