"""The servers that a configuration asks for, not yet started."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.server.command import arguments, environment
from rlvr.rollout.server.replica import Remote, Replica, Server


def make_servers(
    model_path: str,
    settings: RolloutConfig,
    max_length: int,
    folder: Path,
    transfer: Sequence[str],
) -> list[Server]:
    """``folder`` is for what lasts as long as the servers, theirs or ours; ``transfer`` are
    arguments of theirs.

    Raises ValueError where vLLM is missing, or where a replica would share the learner's GPU.
    """
    limits = settings.server
    if limits.urls:
        return [Remote(url, limits) for url in limits.urls]
    if importlib.util.find_spec("vllm") is None:
        raise ValueError(
            'rollout.topology is "server", but vLLM is not installed here. Install it, or name '
            "running servers in rollout.server.urls"
        )
    if torch.cuda.is_available() and not limits.devices:
        raise ValueError(
            "rollout.server.devices is empty, so the servers would use the learner's GPU; expected "
            'GPU numbers for each replica, as ["1"] or ["1", "2,3"]'
        )
    logs = limits.logs or folder
    logs.mkdir(parents=True, exist_ok=True)
    servers: list[Server] = []
    for index, devices in enumerate(limits.devices or (None,) * limits.replicas):
        gpus = len(devices.split(",")) if devices else 0
        command = arguments(model_path, settings, max_length, gpus=gpus, transfer=transfer)
        name = f"replica-{index}"
        variables = environment(devices, limits.replicas, folder)
        servers.append(Replica(name, command, variables, limits, logs))
    return servers
