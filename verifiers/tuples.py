"""What an answer to a system says: tuples of numbers, or a family of them."""

from __future__ import annotations

from dataclasses import dataclass

from verifiers.algebra.exact import Real
from verifiers.syntax.ast import Expr
from verifiers.syntax.text import to_text


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A tuple of expressions in ``names``, each of which runs through the real numbers.

    ``declared``: the names of which the text says so, as ``t ∈ ℝ``.
    """

    coordinates: tuple[Expr, ...]
    names: frozenset[str]
    declared: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Tuples:
    """The answered tuples; ``family`` where there are infinitely many."""

    points: tuple[tuple[Real, ...], ...] = ()
    family: Family | None = None

    def text(self) -> str:
        if self.family is not None:
            return f"({', '.join(map(to_text, self.family.coordinates))})"
        shown = [f"({', '.join(map(str, point))})" for point in self.points]
        return f"{{{', '.join(shown)}}}" if shown else "no real solutions"
