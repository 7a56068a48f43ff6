"""Which problems a step draws: sections as in ``config_learn.py``; see ``data/curriculum.py``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rlvr.config_base import BelowOne, Count, PositiveFloat, Section


class NoDifficultyConfig(Section):
    """Every problem alike."""

    kind: Literal["none"] = "none"


class LearnabilityConfig(Section):
    """Problems that are solved about half of the time come most often.

    ``memory`` is the share of the old estimate of a problem's success that a new group leaves;
    ``floor`` the weight of a problem that is always or never solved, where the best has 1 more.
    """

    kind: Literal["learnability"] = "learnability"
    memory: BelowOne = 0.5
    floor: PositiveFloat = 0.1


class NoFamiliesConfig(Section):
    """Every family alike."""

    kind: Literal["none"] = "none"


class BehindConfig(Section):
    """A family weighs 1, and ``strength`` more for the whole of success that the best is ahead."""

    kind: Literal["behind"] = "behind"
    memory: BelowOne = 0.8
    strength: PositiveFloat = 4.0


class SamplingConfig(Section):
    """``refill_rounds``: how often a step may draw again for groups whose rewards are all equal.

    With both kinds "none" problems come in epochs, each a permutation of all.
    """

    refill_rounds: Count = 0
    difficulty: Annotated[NoDifficultyConfig | LearnabilityConfig, Field(discriminator="kind")] = (
        NoDifficultyConfig()
    )
    families: Annotated[NoFamiliesConfig | BehindConfig, Field(discriminator="kind")] = (
        NoFamiliesConfig()
    )
