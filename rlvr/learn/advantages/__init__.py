"""Rewards of a step's groups -> advantages, by the name of the kind: ``grpo.advantage.kind``."""

from __future__ import annotations

from collections.abc import Callable

from rlvr.learn.advantages.batch_norm import batch_norm, group_mean_batch_std
from rlvr.learn.advantages.group_mean import group_mean
from rlvr.learn.advantages.group_std import group_std
from rlvr.learn.advantages.groups import Bools, Floats
from rlvr.learn.advantages.rloo import rloo

ADVANTAGES: dict[str, Callable[[Floats, Bools], Floats]] = {
    "group_mean": group_mean,
    "group_std": group_std,
    "rloo": rloo,
    "batch_norm": batch_norm,
    "group_mean_batch_std": group_mean_batch_std,
}
