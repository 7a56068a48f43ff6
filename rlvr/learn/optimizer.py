"""AdamW, its schedule, and one update: the part that supervised and policy training share."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

from rlvr.config import OptimizerConfig


def learning_rate(config: OptimizerConfig, step: int, num_steps: int) -> float:
    """Linear warm-up to ``lr``, then half a cosine to ``final_lr`` at the last step.

    ``step`` counts from 0 to ``num_steps`` - 1; later steps keep ``final_lr``. The first step
    is at lr / (warmup_steps + 1), never at 0, and step ``warmup_steps`` is the first at ``lr``.
    """
    if step < config.warmup_steps:
        return config.lr * (step + 1) / (config.warmup_steps + 1)
    decay_steps = max(1, num_steps - 1 - config.warmup_steps)
    progress = min(1.0, (step - config.warmup_steps) / decay_steps)
    cosine = (1 + math.cos(math.pi * progress)) / 2
    return config.final_lr + (config.lr - config.final_lr) * cosine


def make_optimizer(model: nn.Module, config: OptimizerConfig) -> torch.optim.AdamW:
    """AdamW over all trainable parameters; norms and biases (one dimension) are not decayed."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    return torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, fused=True)


def apply_gradients(optimizer: torch.optim.AdamW, lr: float, max_grad_norm: float) -> float:
    """Clip the accumulated gradients, take one step, drop them; the norm before clipping.

    Raises RuntimeError for a gradient that is not finite, before any weight has changed.
    """
    parameters: Iterable[torch.Tensor] = [
        p for group in optimizer.param_groups for p in group["params"]
    ]
    norm = nn.utils.clip_grad_norm_(parameters, max_grad_norm, error_if_nonfinite=True)
    for group in optimizer.param_groups:
        group["lr"] = lr
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(norm)
