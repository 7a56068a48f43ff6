"""What both sides are told: rlvr's configuration, and the same as arguments of TRL's GRPOConfig.

Every argument of TRL that is set is in ``MATCHED`` or ``FIXED``, with its reason. The learning
rate is no argument: TRL's side gets rlvr's own curve as its scheduler, and the problems come in
rlvr's order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rlvr.config import Config
from rlvr.config_learn import ClippedConfig, ConstantConfig, NoKlConfig

# Dr. GRPO's constant divisor is the one aggregation that both sides define alike: see docs/trl.md.
OURS = (
    "grpo.aggregation={kind='constant', length=128}",
    "grpo.steps=40",
    # Two of vLLM's blocks for each of 256 completions: all they can need. TRL's cache grows.
    "rollout.kv_cache_gb=0.0625",
)
MICRO_BATCH = 64
"""TRL's completions a forward pass: with padding about as many tokens as rlvr's 4,096."""


@dataclass(frozen=True, slots=True)
class Matched:
    """An argument of TRL whose value follows from ours."""

    argument: str
    ours: str
    value: Callable[[Config], Any]


@dataclass(frozen=True, slots=True)
class Fixed:
    """An argument of TRL for which we have no key, and why it has this value."""

    argument: str
    value: Any
    why: str


def _micro_batch(config: Config) -> int:
    return min(MICRO_BATCH, config.grpo.problems * config.grpo.group_size)


MATCHED = (
    Matched("seed", "seed", lambda c: c.seed),
    Matched("max_steps", "grpo.steps", lambda c: c.grpo.steps),
    Matched("num_generations", "grpo.group_size", lambda c: c.grpo.group_size),
    Matched("per_device_train_batch_size", "grpo.micro_batch_tokens", _micro_batch),
    Matched(
        "gradient_accumulation_steps",
        "grpo.problems",
        lambda c: c.grpo.problems * c.grpo.group_size // _micro_batch(c),
    ),
    Matched("num_iterations", "grpo.epochs", lambda c: c.grpo.epochs),
    Matched("temperature", "rollout.temperature", lambda c: c.rollout.temperature),
    Matched("max_completion_length", "rollout.max_new_tokens", lambda c: c.rollout.max_new_tokens),
    Matched(
        "mask_truncated_completions", "reward.truncated", lambda c: c.reward.truncated == "mask"
    ),
    Matched(
        "scale_rewards",
        "grpo.advantage",
        lambda c: {"group_mean": "none", "group_std": "group"}[c.grpo.advantage.kind],
    ),
    Matched(
        "loss_type", "grpo.aggregation", lambda c: {"constant": "dr_grpo"}[c.grpo.aggregation.kind]
    ),
    Matched("epsilon", "grpo.surrogate.clip_low", lambda c: c.grpo.surrogate.clip_low),
    Matched("epsilon_high", "grpo.surrogate.clip_high", lambda c: c.grpo.surrogate.clip_high),
    Matched("beta", "grpo.kl", lambda c: 0.0),
    Matched("entropy_coef", "grpo.entropy_bonus", lambda c: c.grpo.entropy_bonus),
    Matched("learning_rate", "grpo.optimizer.lr", lambda c: c.grpo.optimizer.lr),
    Matched("adam_beta1", "grpo.optimizer.betas", lambda c: c.grpo.optimizer.betas[0]),
    Matched("adam_beta2", "grpo.optimizer.betas", lambda c: c.grpo.optimizer.betas[1]),
    Matched("adam_epsilon", "grpo.optimizer.eps", lambda c: c.grpo.optimizer.eps),
    Matched("weight_decay", "grpo.optimizer.weight_decay", lambda c: c.grpo.optimizer.weight_decay),
    Matched(
        "max_grad_norm", "grpo.optimizer.max_grad_norm", lambda c: c.grpo.optimizer.max_grad_norm
    ),
)

FIXED = (
    Fixed("top_p", 1.0, "no truncated sampling"),
    Fixed("top_k", 0, "no truncated sampling"),
    Fixed("optim", "adamw_torch_fused", "torch's fused AdamW, as ours"),
    Fixed("shuffle_dataset", False, "the problems come in our order"),
    Fixed("use_cpu", True, "the comparison is one of CPUs"),
    Fixed("bf16", False, "our trainer is in float32"),
    Fixed("gradient_checkpointing", False, "it would cost TRL a second forward pass"),
    Fixed("use_vllm", False, "not tried: see below"),
    Fixed("logging_steps", 1, "our metrics come every step"),
    Fixed("save_strategy", "no", "neither side writes checkpoints"),
    Fixed("report_to", "none", "neither side talks to wandb"),
    Fixed("disable_tqdm", True, "progress is shown by the script"),
    Fixed("dataloader_pin_memory", False, "there is no GPU to copy to"),
)


def trl_arguments(config: Config) -> dict[str, Any]:
    """The keyword arguments of GRPOConfig that mean what ``config`` says.

    Raises ValueError for a configuration that TRL cannot be given, naming the key.
    """
    _check(config)
    arguments = {each.argument: each.value(config) for each in MATCHED}
    return arguments | {each.argument: each.value for each in FIXED}


def _check(config: Config) -> None:
    grpo, sampling = config.grpo, config.grpo.sampling
    size = grpo.problems * grpo.group_size
    length = grpo.aggregation.length if isinstance(grpo.aggregation, ConstantConfig) else None
    conditions = (
        (
            grpo.advantage.kind in ("group_mean", "group_std"),
            "grpo.advantage: group_mean or group_std",
        ),
        (
            length == config.rollout.max_new_tokens,
            "grpo.aggregation: constant, with rollout.max_new_tokens as its length",
        ),
        (isinstance(grpo.surrogate, ClippedConfig), "grpo.surrogate: clipped"),
        (isinstance(grpo.kl, NoKlConfig), "grpo.kl: none (TRL's is another estimator)"),
        (grpo.entropy_bonus == 0, "grpo.entropy_bonus: 0 (TRL's divides by other tokens)"),
        (grpo.mini_batches == grpo.epochs == 1, "grpo.epochs and grpo.mini_batches: 1"),
        (grpo.max_staleness == 0, "grpo.max_staleness: 0"),
        (
            not sampling.refill_rounds
            and sampling.difficulty.kind == sampling.families.kind == "none",
            "grpo.sampling: nothing but the order of the epochs",
        ),
        (grpo.optimizer.kind == "adamw", "grpo.optimizer.kind: adamw"),
        (
            size % _micro_batch(config) == 0,
            f"grpo.problems x grpo.group_size: a multiple of {MICRO_BATCH}, or less",
        ),
    )
    refused = [accepted for is_met, accepted in conditions if not is_met]
    if refused:
        raise ValueError("TRL can be told the same only with " + "; ".join(refused))
