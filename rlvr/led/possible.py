"""What ranks cannot do, and what one process cannot; without torch, so that it is said at once."""

from __future__ import annotations

import os

from rlvr.config import Config
from rlvr.model_sizes import ModelSizes
from rlvr.torchrun import num_local_ranks, num_ranks


def check_possible(config: Config) -> None:
    """Raises ValueError for what as many ranks as torchrun started, or one process, cannot do."""
    shared, here = config.rollout.tensor_parallel, num_local_ranks()
    if shared > 1 and num_ranks() == 1:
        raise ValueError(
            f"rollout.tensor_parallel is {shared}, and there is one process, with one GPU; 1, or "
            f"{shared} ranks of torchrun, is accepted"
        )
    if here % shared:
        raise ValueError(
            f"rollout.tensor_parallel is {shared}, and torchrun started {here} ranks on this "
            f"machine; what divides {here} is accepted: an engine does not span machines"
        )
    if num_ranks() > 1 and config.grpo.max_staleness and config.rollout.topology == "colocated":
        raise ValueError(
            f"grpo.max_staleness is 1, and torchrun started {num_ranks()} ranks, whose engines "
            'write while no rank trains; rollout.topology="server", one rank, or max_staleness 0 '
            "is accepted"
        )
    _check_devices(config)


def _check_devices(config: Config) -> None:
    """Servers have GPUs by the numbers of nvidia-smi, and ranks the first that they see."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    seen = visible.split(",") if visible else [str(n) for n in range(num_local_ranks())]
    own = [each.strip() for each in seen[: num_local_ranks()]]
    named = ",".join(config.rollout.server.devices).split(",")
    if config.rollout.topology == "server" and (both := sorted(set(named) & set(own))):
        raise ValueError(
            f"rollout.server.devices names GPU {', '.join(both)}, which is the learner's: it has "
            f"the first that it sees, here {', '.join(own)}; others are accepted"
        )


def check_heads(config: Config, sizes: ModelSizes) -> None:
    """Raises ValueError where the ranks that share an engine cannot share its attention heads."""
    shared = config.rollout.tensor_parallel
    if sizes.heads % shared or (sizes.kv_heads % shared and shared % sizes.kv_heads):
        raise ValueError(
            f"rollout.tensor_parallel is {shared}, and the model has {sizes.heads} attention heads "
            f"with {sizes.kv_heads} of keys and values; what divides both is accepted, or divides "
            "the first and is a multiple of the second"
        )
