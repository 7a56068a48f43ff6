"""The families of equations, by name. A family is a module with ``ASKS``, ``draw`` and ``work``."""

from __future__ import annotations

from random import Random
from typing import Protocol

from rlvr.data.equation import Equation, Ranges
from rlvr.data.families import absolute, linear, quadratic, radical, rational
from rlvr.data.novice import Habit
from verifiers import Ask


class Family(Protocol):
    ASKS: tuple[Ask, ...]  # drawn from uniformly

    def draw(self, rng: Random, ranges: Ranges) -> Equation: ...

    def work(self, equation: Equation, ask: Ask, habit: Habit) -> str: ...


FAMILIES: dict[str, Family] = {
    "linear": linear,
    "quadratic": quadratic,
    "rational": rational,
    "radical": radical,
    "absolute": absolute,
}
