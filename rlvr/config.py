"""One validated, frozen configuration: what a run does is what this object says.

The defaults are reference values; the presets in ``presets/`` say what a run really uses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from rlvr.config_base import AnyPath, Betas, Count, Positive, PositiveFloat, Section, Weight
from rlvr.config_data import DataConfig
from rlvr.config_learn import (
    AdvantageConfig,
    AggregationConfig,
    ClippedConfig,
    EngineGapConfig,
    GroupMeanConfig,
    KlConfig,
    NoKlConfig,
    StepTokensConfig,
    SurrogateConfig,
    TokenTruncateConfig,
)
from rlvr.config_lora import LoraConfig
from rlvr.config_rollout import RolloutConfig
from rlvr.config_sampling import SamplingConfig


class ModelConfig(Section):
    """``path`` is a hub id or folder; without one a model is made from nothing in these sizes.

    The last four say how it is trained. ``autocast`` runs its layers in bfloat16, with weights,
    logits and loss in float32.
    """

    path: str | None = None
    width: Positive = 128
    layers: Positive = 4
    heads: Positive = 4
    kv_heads: Positive = 2
    mlp_width: Positive = 384
    max_length: Positive = 256  # tokens, prompt and completion together
    prompt_template: str = Field(default="bare", min_length=1)  # in prompts/, without its ending
    chat_template: bool = True  # the tokenizer's own around it, where it has one
    dtype: Literal["float32", "bfloat16"] = "float32"  # of the trained weights, with all they need
    attention: Literal["sdpa", "flex_attention"] = "sdpa"
    gradient_checkpointing: bool = False
    autocast: bool = False
    lora: LoraConfig = LoraConfig()

    @model_validator(mode="after")
    def _heads_divide(self) -> Self:
        if self.width % (2 * self.heads):
            raise ValueError(
                f"width must be an even multiple of heads (rotary positions pair the numbers of "
                f"a head); got width {self.width} and {self.heads} heads"
            )
        if self.heads % self.kv_heads:
            raise ValueError(
                f"heads must be a multiple of kv_heads; got {self.heads} and {self.kv_heads}"
            )
        return self


class OptimizerConfig(Section):
    """A linear warm-up to ``lr``, then a cosine to ``final_lr`` at the last step.

    ``muon`` takes Muon for the layers' matrices and AdamW for the rest, at rates that need no
    other ``lr`` than AdamW's.
    """

    kind: Literal["adamw", "muon"] = "adamw"
    lr: PositiveFloat
    final_lr: Weight
    warmup_steps: Count = 0
    betas: Betas = (0.9, 0.95)
    eps: PositiveFloat = 1e-8
    weight_decay: Weight = 0.0
    max_grad_norm: PositiveFloat = 1.0


class SftConfig(Section):
    """The supervised stage; ``batch_tokens`` counts prompt and completion tokens a step, and
    ``micro_batch_tokens`` those that go through the model at once."""

    steps: Count = 600
    batch_tokens: Positive = 8_192
    micro_batch_tokens: Positive = 4_096
    optimizer: OptimizerConfig = OptimizerConfig(lr=3e-3, final_lr=3e-4, warmup_steps=20)


class OverlongConfig(Section):
    """Minus ``penalty`` times the share of the ``buffer`` tokens after ``start`` that are used."""

    penalty: Weight = 0.0
    start: Count = 96
    buffer: Positive = 32


class RewardConfig(Section):
    """Weights of the terms. ``truncated``: what becomes of a completion that was cut off."""

    correct: Weight = 1.0
    domain: Weight = 0.2
    format: Weight = 0.1
    process: Weight = 0.0
    truncated: Literal["mask", "penalise"] = "penalise"
    truncated_penalty: Weight = 0.2
    overlong: OverlongConfig = OverlongConfig()


class GrpoConfig(Section):
    """The reinforcement stage: ``problems`` × ``group_size`` completions a step."""

    steps: Count = 143
    problems: Positive = 32  # P
    group_size: Positive = 8  # G
    epochs: Positive = 1  # passes over a batch
    mini_batches: Positive = 1  # updates a pass
    max_staleness: Literal[0, 1] = 0  # versions between the weights that write and those trained
    entropy_bonus: Weight = 0.0
    micro_batch_tokens: Positive = 4_096
    advantage: AdvantageConfig = GroupMeanConfig()
    surrogate: SurrogateConfig = ClippedConfig()
    aggregation: AggregationConfig = StepTokensConfig()
    engine_gap: EngineGapConfig = TokenTruncateConfig()
    kl: KlConfig = NoKlConfig()
    sampling: SamplingConfig = SamplingConfig()
    optimizer: OptimizerConfig = OptimizerConfig(lr=1e-4, final_lr=1e-5, warmup_steps=5)

    @model_validator(mode="after")
    def _staleness_is_corrected(self) -> Self:
        if self.max_staleness and self.engine_gap.kind == "none":
            raise ValueError(
                "max_staleness 1 trains on completions of older weights, which engine_gap corrects "
                'for: with engine_gap "none" only 0 is accepted'
            )
        return self

    @model_validator(mode="after")
    def _refill_fits(self) -> Self:
        accepted = ("group_mean", "group_std", "rloo", "group_mean_batch_std")
        if self.sampling.refill_rounds and self.advantage.kind not in accepted:
            raise ValueError(
                f"sampling.refill_rounds replaces groups that teach a group baseline nothing; with "
                f'the advantage "{self.advantage.kind}" they do: 0 is accepted, or one of '
                f"{', '.join(accepted)}"
            )
        return self


class EvalConfig(Section):
    """Evaluation before and after the reinforcement stage, greedy and sampled."""

    pass_at: Positive = 8
    pass_at_problems: Count = 256  # the first of the test split


class TraceConfig(Section):
    """``wandb = "auto"`` is online with a key and offline without (see ``trace/wandb.py``)."""

    wandb: Literal["auto", "online", "offline", "disabled"] = "auto"
    wandb_project: str = Field(default="rlvr", min_length=1)
    probe_problems: Count = 64  # the first of the validation split; 0 turns the probe off
    probe_every: Positive = 10  # GRPO steps
    table_every: Positive = 10  # GRPO steps between two tables of rollouts in wandb
    report: bool = True  # pages of the run at its end (rlvr/report)


class CheckpointConfig(Section):
    """How often the whole state is saved, and how many of those states are kept."""

    every: Positive = 20  # steps, in either stage
    keep: Positive = 2


class Config(Section):
    """A whole run. The run folder is ``runs / name``."""

    name: str = Field(
        default="tiny",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="a folder's name: letters, digits, dots, dashes and underscores",
    )
    seed: int = Field(default=0, ge=0, lt=2**63)
    runs: AnyPath = Path("runs")
    threads: Count = 0  # torch threads; 0 leaves the machine's default
    rank_timeout: Positive = 600  # seconds; under torchrun no rank waits longer for another
    check_memory: bool = True  # refuse a run whose estimate is over the memory there is
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    sft: SftConfig = SftConfig()
    rollout: RolloutConfig = RolloutConfig()
    reward: RewardConfig = RewardConfig()
    grpo: GrpoConfig = GrpoConfig()
    eval: EvalConfig = EvalConfig()
    trace: TraceConfig = TraceConfig()
    checkpoint: CheckpointConfig = CheckpointConfig()

    @model_validator(mode="after")
    def _completions_fit(self) -> Self:
        if self.rollout.max_new_tokens >= self.model.max_length:
            raise ValueError(
                f"rollout.max_new_tokens must be below model.max_length, which the prompt shares; "
                f"got {self.rollout.max_new_tokens} and {self.model.max_length}"
            )
        return self

    @model_validator(mode="after")
    def _overlong_is_reached(self) -> Self:
        overlong, limit = self.reward.overlong, self.rollout.max_new_tokens
        if overlong.penalty and overlong.start >= limit:
            raise ValueError(
                f"reward.overlong.start must be below rollout.max_new_tokens, or no completion is "
                f"ever overlong; got {overlong.start} and {limit}"
            )
        return self

    @model_validator(mode="after")
    def _probe_has_problems(self) -> Self:
        if self.trace.probe_problems > self.data.validation_size:
            raise ValueError(
                f"trace.probe_problems must be at most data.validation_size, whose first problems "
                f"they are; got {self.trace.probe_problems} and {self.data.validation_size}"
            )
        return self
