"""One validated, frozen configuration: what a run does is what this object says."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NoviceConfig(Section):
    """How often the supervised solutions show each habit: probabilities a problem."""

    states_domain: float = 0.5
    forgets_domain: float = 0.85  # of those who do not state it
    uses_formula: float = 0.55
    slips_sign: float = 0.6  # of those who use the formula
    is_hasty: float = 0.5
    slips_move: float = 0.4  # of the hasty
    checks: float = 0.2


class DataConfig(Section):
    """Sizes of the splits, in problems. ``path`` is where the dataset lies; made when missing."""

    path: Path | None = None
    sft_size: int = 60_000
    train_size: int = 8_000
    validation_size: int = 250
    test_size: int = 1_500
    shifted_size: int = 500
    novice: NoviceConfig = NoviceConfig()


class ModelConfig(Section):
    """``path`` is a hub id or folder; without one a model is made from nothing in these sizes."""

    path: str | None = None
    width: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    mlp_width: int = 384
    max_length: int = 256
    prompt_template: str = "bare"  # a file of prompts/, without its ending


class OptimizerConfig(Section):
    """AdamW with a linear warm-up; ``final_lr`` is reached by a cosine at the last step."""

    lr: float
    final_lr: float
    warmup_steps: int = 0
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0


class SftConfig(Section):
    """The supervised stage; ``batch_tokens`` counts prompt and completion tokens a step."""

    steps: int = 600
    batch_tokens: int = 8_192
    optimizer: OptimizerConfig = OptimizerConfig(lr=3e-3, final_lr=3e-4, warmup_steps=20)


class RolloutConfig(Section):
    engine: Literal["auto", "vllm", "transformers"] = "auto"
    dtype: Literal["float32", "bfloat16"] = "float32"
    temperature: float = Field(default=1.0, gt=0)
    max_new_tokens: int = 128
    max_sequences: int = 256
    kv_cache_gb: float = 0.5
    parity_completions: int = 8
    parity_mean_limit: float = 0.02  # nats
    parity_max_limit: float = 0.5  # nats


class RewardConfig(Section):
    """Weights of the terms. ``truncated``: what becomes of a completion that was cut off."""

    correct: float = 1.0
    domain: float = 0.2
    format: float = 0.1
    truncated: Literal["mask", "penalise"] = "penalise"
    truncated_penalty: float = 0.2


class GrpoConfig(Section):
    steps: int = 143
    problems: int = 32  # P
    group_size: int = 8  # G
    advantage: str = "group_mean"
    clip_low: float = 0.2
    clip_high: float = 0.28
    importance_cap: float = 2.0
    micro_batch_tokens: int = 8_192
    optimizer: OptimizerConfig = OptimizerConfig(lr=1e-4, final_lr=1e-5, warmup_steps=5)


class EvalConfig(Section):
    batch_size: int = 512
    pass_at: int = 8
    pass_at_problems: int = 256  # the first of the test split


class TraceConfig(Section):
    wandb: Literal["auto", "online", "offline", "disabled"] = "auto"
    wandb_project: str = "rlvr"


class CheckpointConfig(Section):
    every: int = 20  # steps, in either stage
    keep: int = 2


class Config(Section):
    name: str = "tiny"
    seed: int = 0
    runs: Path = Path("runs")
    threads: int = 0  # torch threads; 0 leaves the machine's default
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    sft: SftConfig = SftConfig()
    rollout: RolloutConfig = RolloutConfig()
    reward: RewardConfig = RewardConfig()
    grpo: GrpoConfig = GrpoConfig()
    eval: EvalConfig = EvalConfig()
    trace: TraceConfig = TraceConfig()
    checkpoint: CheckpointConfig = CheckpointConfig()
