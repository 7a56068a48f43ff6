"""What a family draws: an equation whose solution set is known by construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from rlvr.data.numbers import Number, number_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """The numbers and names that the generators draw from.

    ``swapped`` asks a family for the forms that no training split holds: its sides exchanged.
    """

    largest_root: int = 6
    largest_coefficient: int = 6
    unknowns: tuple[str, ...] = ("x", "y", "z", "t", "n")
    swapped: bool = False

    def root(self, rng: Random) -> int:
        return rng.choice((-1, 1)) * rng.randint(0, self.largest_root)

    def coefficient(self, rng: Random, smallest: int = 1) -> int:
        """Never 0."""
        return rng.choice((-1, 1)) * rng.randint(smallest, self.largest_coefficient)


TRAINED = Ranges()
# One shift a problem, by turns: numbers, forms, or a name that training shows only in linear
# equations.
SHIFTED = (
    Ranges(largest_root=8, largest_coefficient=8),
    Ranges(swapped=True),
    Ranges(unknowns=("m",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """``lhs = rhs`` in ``unknown``, with what a careful solver finds on the way.

    ``polynomial`` (a, b, c) is what is left after multiplying out or squaring, ``reduction`` the
    lines that lead to it; its roots are the candidates, and ``solutions`` are those that the
    equation itself accepts. ``domain`` is the restriction as a solver states it, ``excluded`` the
    rationals that it shuts out, ``may_gain_excluded`` whether the form lets one of them be a
    candidate; ``sides`` evaluates both sides at a rational: their texts, and
    whether they are equal. ``params`` are parameters with their values, as the problem gives
    them; ``parts`` are coefficients that only the family reads.
    """

    family: str
    form: str
    lhs: str
    rhs: str
    unknown: str
    solutions: tuple[Number, ...]
    polynomial: tuple[int, int, int] = (0, 1, 0)
    reduction: tuple[str, ...] = ()
    domain: str | None = None
    excluded: tuple[Fraction, ...] = ()
    may_gain_excluded: bool = False
    sides: Callable[[Fraction], tuple[str, str, bool]] | None = None
    params: tuple[tuple[str, int], ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.lhs} = {self.rhs}"

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, f"{name} = {value}") for name, value in self.params)

    @property
    def given(self) -> str:
        """What the question adds: ``" with a = 6"``."""
        return "".join(f" with {condition}" for _, condition in self.conditions)

    @property
    def answers(self) -> list[str]:
        return [number_text(value) for value in self.solutions]
