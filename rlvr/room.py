"""Does a run fit into the memory there is? Asked before it starts, with what to change if not."""

from __future__ import annotations

from dataclasses import dataclass

from rlvr.config import Config
from rlvr.estimate import Estimate, estimate

# Libraries, their code on a device, buffers of the engine: left out of the estimate.
LIBRARIES_MB = 1_500.0
WORTH_SAYING = 0.02  # of what is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An override of the configuration, as ``grpo.micro_batch_tokens=2048``, and what it saves."""

    override: str
    saved_mb: float


def check_room(
    config: Config,
    vocab_size: int,
    available_mb: float,
    where: str,
    num_ranks: int = 1,
    device: str = "cpu",
) -> None:
    """Raises ``ValueError`` where the estimate does not fit, with the changes that save most."""
    found = estimate(config, vocab_size, num_ranks, device)
    needed = found.total_mb + LIBRARIES_MB
    if needed <= available_mb or not config.check_memory:
        return
    parts = [
        f"{found.weights_mb + found.gradients_mb + found.optimizer_mb:,.0f} MB of weights,"
        " gradients and moments",
        f"{found.activations_mb + found.logits_mb:,.0f} of activations and logits",
        f"{found.engine_weights_mb:,.0f} of the engine's weights",
        f"{found.kv_cache_mb:,.0f} of KV cache",
    ]
    changes = [
        f"{change.override} saves {change.saved_mb:,.0f} MB"
        for change in possible_changes(config, vocab_size, found)
    ]
    raise ValueError(
        f"this run needs about {needed:,.0f} MB and {where} has {available_mb:,.0f} left:"
        f" {', '.join(parts)}. What helps: {'; '.join(changes) or 'a smaller model'}."
        " check_memory=false starts it all the same"
    )


def possible_changes(config: Config, vocab_size: int, found: Estimate) -> list[Change]:
    """What would make a run smaller, most first, each by itself."""
    sft, grpo, model, rollout = config.sft, config.grpo, config.model, config.rollout
    smaller = {
        "model.dtype=bfloat16": config.model_copy(
            update={"model": model.model_copy(update={"dtype": "bfloat16"})}
        ),
        "model.lora.rank=16": config.model_copy(
            update={
                "model": model.model_copy(
                    update={"lora": model.lora.model_copy(update={"rank": model.lora.rank or 16})}
                )
            }
        ),
        "model.gradient_checkpointing=true": config.model_copy(
            update={"model": model.model_copy(update={"gradient_checkpointing": True})}
        ),
        "rollout.dtype=bfloat16": config.model_copy(
            update={"rollout": rollout.model_copy(update={"dtype": "bfloat16"})}
        ),
        f"rollout.kv_cache_gb={rollout.kv_cache_gb / 2:g}": config.model_copy(
            update={"rollout": rollout.model_copy(update={"kv_cache_gb": rollout.kv_cache_gb / 2})}
        ),
        f"grpo.micro_batch_tokens={grpo.micro_batch_tokens // 2}": config.model_copy(
            update={
                "grpo": grpo.model_copy(update={"micro_batch_tokens": grpo.micro_batch_tokens // 2})
            }
        ),
        f"sft.batch_tokens={sft.batch_tokens // 2}": config.model_copy(
            update={"sft": sft.model_copy(update={"batch_tokens": sft.batch_tokens // 2})}
        ),
        f"model.max_length={model.max_length // 2}": config.model_copy(
            update={"model": model.model_copy(update={"max_length": model.max_length // 2})}
        ),
    }
    changes = [
        Change(
            override=override,
            saved_mb=found.total_mb
            - estimate(each, vocab_size, found.num_ranks, found.device).total_mb,
        )
        for override, each in smaller.items()
    ]
    if found.reference_mb:
        changes.append(Change(override="grpo.kl=none", saved_mb=found.reference_mb))
    worth = [each for each in changes if each.saved_mb > WORTH_SAYING * found.total_mb]
    return sorted(worth, key=lambda each: -each.saved_mb)
