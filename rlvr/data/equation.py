"""What a family draws: an equation whose solution set is known by construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from rlvr.data.numbers import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """The numbers and names that the generators draw from.

    ``shifted`` asks a family for its forms that no training split holds.
    """

    largest_root: int = 7
    largest_coefficient: int = 7
    smallest_root: int = 0  # in absolute value
    unknowns: tuple[str, ...] = ("x", "y", "z", "t", "n")
    shifted: bool = False

    def root(self, rng: Random) -> int:
        return rng.choice((-1, 1)) * rng.randint(self.smallest_root, self.largest_root)

    def coefficient(self, rng: Random, smallest: int = 1) -> int:
        """Never 0."""
        return rng.choice((-1, 1)) * rng.randint(smallest, self.largest_coefficient)


TRAINED = Ranges()
SHIFTED = Ranges(
    smallest_root=3, largest_root=10, largest_coefficient=10, unknowns=("w", "u"), shifted=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """``lhs = rhs`` in ``unknown``, with what a careful solver finds on the way.

    ``polynomial`` (a, b, c) is what is left after multiplying out or squaring; its roots are the
    candidates, and ``solutions`` are those that the equation itself accepts. ``domain`` is the
    restriction as a solver states it, ``excluded`` the rationals that it shuts out; ``sides``
    evaluates both sides at a rational and returns their text. ``params`` are parameters with their
    values, as the problem gives them; ``parts`` are coefficients that only the family reads.
    """

    family: str
    form: str
    lhs: str
    rhs: str
    unknown: str
    solutions: tuple[Number, ...]
    polynomial: tuple[int, int, int] = (0, 1, 0)
    domain: str | None = None
    excluded: tuple[Fraction, ...] = ()
    sides: Callable[[Fraction], tuple[str, str]] | None = None
    params: tuple[tuple[str, int], ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.lhs} = {self.rhs}"
