"""The parts of the learning algorithm: each a section whose ``kind`` says which, with its numbers.

The other keys of a kind are the keyword arguments of its function: ``clipped`` in
``learn/surrogates/clipped.py`` takes ``clip_low`` and ``clip_high``. A key has the same meaning
and the same limits in every kind of a part. ``docs/algorithms.md`` says which kinds make which
paper's method.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rlvr.config_base import BelowOne, Count, PositiveFloat, Section, Share, Weight

# Advantages: learn/advantages/


class GroupMeanConfig(Section):
    """The reward minus its group's mean."""

    kind: Literal["group_mean"] = "group_mean"


class GroupStdConfig(Section):
    """The same, divided by the group's standard deviation."""

    kind: Literal["group_std"] = "group_std"


class RlooConfig(Section):
    """The reward minus the mean of the others in its group."""

    kind: Literal["rloo"] = "rloo"


class BatchNormConfig(Section):
    """The reward, brought to mean 0 and deviation 1 over the whole batch."""

    kind: Literal["batch_norm"] = "batch_norm"


class GroupMeanBatchStdConfig(Section):
    """The reward minus its group's mean, divided by the deviation of the whole batch."""

    kind: Literal["group_mean_batch_std"] = "group_mean_batch_std"


class EmaConfig(Section):
    """The reward minus a running mean of earlier ones, that starts at ``initial``."""

    kind: Literal["ema"] = "ema"
    beta: BelowOne = 0.9
    initial: float = 0.0


class GaeConfig(Section):
    """PPO's: a value head, and advantages that differ from token to token."""

    kind: Literal["gae"] = "gae"
    gamma: Share = 1.0
    lam: Share = 0.95
    whiten: bool = True
    value_lr: PositiveFloat = 1e-3
    value_weight: Weight = 0.1
    value_clip: PositiveFloat = 0.2


AdvantageConfig = Annotated[
    GroupMeanConfig
    | GroupStdConfig
    | RlooConfig
    | BatchNormConfig
    | GroupMeanBatchStdConfig
    | EmaConfig
    | GaeConfig,
    Field(discriminator="kind"),
]

# Surrogates: learn/surrogates/


class ClippedConfig(Section):
    """The ratio of the policies kept within 1 - clip_low and 1 + clip_high."""

    kind: Literal["clipped"] = "clipped"
    clip_low: Weight = 0.2
    clip_high: Weight = 0.28


class DualClipConfig(Section):
    """The same; where the advantage is negative, the ratio counts for at most ``dual_clip``."""

    kind: Literal["dual_clip"] = "dual_clip"
    clip_low: Weight = 0.2
    clip_high: Weight = 0.28
    dual_clip: Annotated[float, Field(gt=1)] = 3.0


class CispoConfig(Section):
    """The ratio as a constant weight of log pi, at most ``cap``."""

    kind: Literal["cispo"] = "cispo"
    cap: PositiveFloat = 5.0


class GspoConfig(Section):
    """The ratio of whole completions, a token's geometric mean, clipped."""

    kind: Literal["gspo"] = "gspo"
    clip_low: Weight = 3e-4
    clip_high: Weight = 4e-4


class ReinforceConfig(Section):
    """log pi itself, without a ratio."""

    kind: Literal["reinforce"] = "reinforce"


SurrogateConfig = Annotated[
    ClippedConfig | DualClipConfig | CispoConfig | GspoConfig | ReinforceConfig,
    Field(discriminator="kind"),
]

# Aggregation: learn/aggregation.py


class StepTokensConfig(Section):
    """The mean over all trained tokens of the update."""

    kind: Literal["step_tokens"] = "step_tokens"


class SequenceMeanConfig(Section):
    """The mean over completions of their token means."""

    kind: Literal["sequence_mean"] = "sequence_mean"


class ConstantConfig(Section):
    """The sum over tokens, divided by the completions asked for times ``length``."""

    kind: Literal["constant"] = "constant"
    length: Annotated[int, Field(ge=1)] = 128


AggregationConfig = Annotated[
    StepTokensConfig | SequenceMeanConfig | ConstantConfig, Field(discriminator="kind")
]

# The gap between engine and trainer: learn/gaps/


class NoGapConfig(Section):
    """Engine and trainer are taken to be equal."""

    kind: Literal["none"] = "none"


class TokenTruncateConfig(Section):
    """A token weighs min(pi_old / mu, cap)."""

    kind: Literal["token_truncate"] = "token_truncate"
    cap: PositiveFloat = 2.0


class SequenceTruncateConfig(Section):
    """Every token of a completion weighs the geometric mean of pi_old / mu, at most ``cap``."""

    kind: Literal["sequence_truncate"] = "sequence_truncate"
    cap: PositiveFloat = 2.0


class _Band(Section):
    kind: str
    low: Weight
    high: PositiveFloat

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < 1 < self.high:
            raise ValueError(
                f"a low below 1 and a high above 1 are accepted (1 is no gap at all); "
                f"got {self.low} and {self.high}"
            )
        return self


class TokenMaskConfig(_Band):
    """A token weighs pi_old / mu between ``low`` and ``high``, and 0 outside."""

    kind: Literal["token_mask"] = "token_mask"
    low: Weight = 0.5
    high: PositiveFloat = 5.0


class SequenceMaskConfig(_Band):
    """The same for the geometric mean over a completion: all its tokens, or none."""

    kind: Literal["sequence_mask"] = "sequence_mask"
    low: Weight = 0.9
    high: PositiveFloat = 1.1


EngineGapConfig = Annotated[
    NoGapConfig
    | TokenTruncateConfig
    | TokenMaskConfig
    | SequenceTruncateConfig
    | SequenceMaskConfig,
    Field(discriminator="kind"),
]

# The KL to a reference: learn/kl.py


class NoKlConfig(Section):
    """No reference, and none in memory."""

    kind: Literal["none"] = "none"


class KlInRewardConfig(Section):
    """Minus ``coef`` times log pi / reference from the reward, summed over the completion.

    The reference is the policy of the first step, or of the last multiple of ``sync_every``.
    """

    kind: Literal["k1_in_reward"] = "k1_in_reward"
    coef: PositiveFloat = 1e-3
    sync_every: Count = 0


class KlInLossConfig(Section):
    """Plus ``coef`` times (log pi / reference)^2 / 2 in the loss of each token."""

    kind: Literal["k2_in_loss"] = "k2_in_loss"
    coef: PositiveFloat = 1e-3
    sync_every: Count = 0


KlConfig = Annotated[NoKlConfig | KlInRewardConfig | KlInLossConfig, Field(discriminator="kind")]
