"""What several ranks cannot do; without torch, so that it is said at once."""

from __future__ import annotations

from rlvr.config import Config
from rlvr.torchrun import num_ranks


def check_possible(config: Config) -> None:
    """Raises ValueError for what only one process can do, where torchrun started several."""
    if num_ranks() == 1:
        return
    if config.grpo.max_staleness and config.rollout.topology == "colocated":
        raise ValueError(
            f"grpo.max_staleness is 1, and torchrun started {num_ranks()} ranks, whose engines "
            'write while no rank trains; rollout.topology="server", one rank, or max_staleness 0 '
            "is accepted"
        )
