"""Where the problems come from: drawn by our generators, or from data sets by name."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from rlvr.config_base import AnyPath, Count, Positive, Section, Share, Texts

FamilyName = Literal[
    "linear", "quadratic", "rational", "radical", "absolute",
    "system", "logarithm", "parameter", "inequality",
]  # fmt: skip


def _some_once(names: tuple[FamilyName, ...]) -> tuple[FamilyName, ...]:
    if not names or len(set(names)) < len(names):
        raise ValueError(f"each family at most once, and at least one; got {list(names)}")
    return names


Families = Annotated[
    tuple[FamilyName, ...],
    Field(strict=False, description=f"a list of some of {', '.join(get_args(FamilyName))}"),
    AfterValidator(_some_once),
]


class NoviceConfig(Section):
    """How often the supervised solutions show each habit: probabilities a problem."""

    states_domain: Share = 0.5
    forgets_domain: Share = 0.85  # of those who do not state it
    uses_formula: Share = 0.55
    slips_sign: Share = 0.6  # of those who use the formula
    is_hasty: Share = 0.5
    slips_move: Share = 0.5  # of the hasty
    checks: Share = 0.25


class SourceConfig(Section):
    """Problems by name; without a ``name`` there are none of this kind.

    ``name`` is one of the sets of ``data/known_sets.toml`` (as gsm8k), a hub id, a file or a
    folder. ``layout`` names the known set whose columns it has; ``columns`` are some of its own,
    as ``problem=question,gold=answer``.
    """

    name: str | None = None
    subset: str | None = None  # of a set that has several; several with commas between
    split: str = Field(min_length=1)
    layout: str | None = None
    columns: str | None = None


class DataConfig(Section):
    """Sizes of the splits, in problems. ``path`` is where the dataset lies; made when missing.

    ``families`` are what our generators draw, by turns. They draw unless ``source`` has a
    name. Then the sizes are upper bounds, ``test`` is what is evaluated (without a name problems
    held out of the source), and near-duplicates of ``test`` and of the sets in ``avoid`` are left
    out.
    """

    path: AnyPath | None = None
    families: Families = ("linear", "quadratic", "rational", "radical", "absolute")
    sft_size: Count = 60_000
    train_size: Positive = 8_000
    validation_size: Count = 250
    test_size: Positive = 1_500
    shifted_size: Count = 500
    avoid: Texts = ()
    source: SourceConfig = SourceConfig(split="train")
    test: SourceConfig = SourceConfig(split="test")
    novice: NoviceConfig = NoviceConfig()

    @model_validator(mode="after")
    def _names_belong_to_a_source(self) -> Self:
        if self.source.name is None and (self.test.name or self.avoid):
            raise ValueError(
                "data.test.name and data.avoid belong to data.source.name, which is not given"
            )
        return self
