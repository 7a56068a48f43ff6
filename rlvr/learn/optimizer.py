"""The optimizer, its schedule, and one update: what supervised and policy training share."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from rlvr.config import OptimizerConfig
from rlvr.learn.ranks import whole


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


class Optimizer:
    """One or two of torch's optimizers behind the few calls that training makes."""

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        self.parts = parts

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [group for part in self.parts for group in part.param_groups]

    def zero_grad(self) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def state_dict(self) -> dict[str, Any]:
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for part, saved in zip(self.parts, state["parts"], strict=True):
            part.load_state_dict(saved)


def make_optimizer(model: nn.Module, config: OptimizerConfig) -> Optimizer:
    """All trainable parameters by AdamW, or the layers' matrices by Muon and the rest by AdamW.

    Norms and biases (one dimension) are not decayed. Muon (Jordan 2024) steps along the momentum
    with its singular values set to 1, here scaled to AdamW's usual update size (Liu et al. 2025),
    so that both take one learning rate. Embeddings and head are left to AdamW, as its authors do.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    matrices = _layer_matrices(model) if config.kind == "muon" else []
    is_matrix = {id(p) for p in matrices}
    rest = [p for p in parameters if id(p) not in is_matrix]
    groups = [
        {"params": [p for p in rest if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in rest if p.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    parts: list[torch.optim.Optimizer] = []
    if groups:
        parts.append(
            torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, eps=config.eps, fused=True)
        )
    if matrices:
        parts.append(
            torch.optim.Muon(
                matrices,
                lr=config.lr,
                weight_decay=config.weight_decay,
                momentum=config.betas[1],
                adjust_lr_fn="match_rms_adamw",
            )
        )
    return Optimizer(parts)


def _layer_matrices(model: nn.Module) -> list[Tensor]:
    """The weights of all linear layers but the output head."""
    head = model.get_output_embeddings() if isinstance(model, PreTrainedModel) else None
    return [
        module.weight
        for module in model.modules()
        if isinstance(module, nn.Linear) and module is not head and module.weight.requires_grad
    ]


def apply_gradients(optimizer: Optimizer, lr: float, max_grad_norm: float) -> float:
    """Clip the accumulated gradients, take one step, drop them; the norm before clipping.

    Raises RuntimeError for a gradient that is not finite, before any weight has changed.
    """
    parameters = [p for group in optimizer.groups for p in group["params"]]
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = whole(nn.utils.get_total_norm(gradients, error_if_nonfinite=True))
    nn.utils.clip_grads_with_norm_(parameters, max_grad_norm, norm)
    for group in optimizer.groups:
        group["lr"] = lr
    optimizer.step()
    optimizer.zero_grad()
    return float(norm)
