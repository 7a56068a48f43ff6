"""Low-rank adapters in place of all weights: which layers, and how large."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from rlvr.config_base import Count, PositiveFloat, Section, Texts

ALL_LINEAR = "all-linear"


class LoraConfig(Section):
    """A rank of 0 trains all weights. Otherwise peft's ``r``, ``lora_alpha``, ``target_modules``.

    There is no dropout: with it, the trained distribution would not be the sampled one.
    """

    rank: Count = 0
    alpha: PositiveFloat = 32.0  # what the adapters add is multiplied by alpha / rank
    targets: Texts = (ALL_LINEAR,)  # names of linear layers, as q_proj; or all but the head

    @model_validator(mode="after")
    def _targets_are_a_choice(self) -> Self:
        if not self.targets or (ALL_LINEAR in self.targets and len(self.targets) > 1):
            raise ValueError(
                f'targets accepts ["{ALL_LINEAR}"], or names of layers without it; '
                f"got {list(self.targets)}"
            )
        return self
