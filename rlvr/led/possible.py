"""What several ranks cannot do; without torch, so that it is said at once."""

from __future__ import annotations

from rlvr.config import Config
from rlvr.torchrun import num_ranks


def check_possible(config: Config) -> None:
    """Raises ValueError for what only one process can do, where torchrun started several."""
    if num_ranks() == 1:
        return
    if config.grpo.max_staleness:
        raise ValueError(
            f"grpo.max_staleness is 1, and torchrun started {num_ranks()} ranks, which keep no "
            "older weights to compare an engine with; 0 or one rank is accepted"
        )
    if config.model.lora.rank and config.grpo.kl.kind != "none":
        raise ValueError(
            f'grpo.kl is "{config.grpo.kl.kind}" and model.lora.rank {config.model.lora.rank}, and '
            f"torchrun started {num_ranks()} ranks, which have no second set of adapters to "
            'measure from; grpo.kl="none", one rank, or model.lora.rank=0 is accepted'
        )
