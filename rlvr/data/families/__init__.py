"""The families of problems, by name. A family is a module with ``ASKS``, ``draw`` and ``work``."""

from __future__ import annotations

from random import Random
from typing import Any, Protocol, TypeVar

from rlvr.data.equation import Equation, Ranges
from rlvr.data.families import (
    absolute,
    inequality,
    linear,
    logarithm,
    parameter,
    quadratic,
    radical,
    rational,
    system,
)
from rlvr.data.novice import Habit
from rlvr.data.relations import Relations
from verifiers import Ask

Drawn = TypeVar("Drawn", Equation, Relations)


class Family(Protocol[Drawn]):
    ASKS: tuple[Ask, ...]  # drawn from uniformly

    def draw(self, rng: Random, ranges: Ranges, /) -> Drawn: ...

    def work(self, drawn: Drawn, ask: Ask, habit: Habit, /) -> str: ...


EQUATIONS: dict[str, Family[Equation]] = {
    "linear": linear,
    "quadratic": quadratic,
    "rational": rational,
    "radical": radical,
    "absolute": absolute,
}
RELATIONS: dict[str, Family[Relations]] = {
    "system": system,
    "logarithm": logarithm,
    "parameter": parameter,
    "inequality": inequality,
}
FAMILIES: dict[str, Family[Any]] = {**EQUATIONS, **RELATIONS}
