"""What every section of the configuration is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Weight = Annotated[float, Field(ge=0)]
PositiveFloat = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]
# Strict models refuse "data" for a path and a list for a tuple, which is all that TOML can write.
AnyPath = Annotated[Path, Field(strict=False)]
Texts = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    Field(strict=False, description='a list of texts, as ["a", "b"]'),
]
Betas = Annotated[
    tuple[BelowOne, BelowOne],
    Field(strict=False, description="two numbers from 0 to below 1, as [0.9, 0.95]"),
]


class Section(BaseModel):
    """Frozen; unknown keys, wrong types ("40" for 40), infinities and NaN are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
