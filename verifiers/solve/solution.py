"""What solving an equation yields: the set, and why it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from verifiers.algebra.exact import Real
from verifiers.algebra.sets import RealSet
from verifiers.domain import Condition, condition_texts, domain_set
from verifiers.solve.equation import Equation
from verifiers.types import Domain


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """The exact solution set of an equation.

    ``among``: the numbers that count; where these are the integers or the rationals, ``solutions``
    may hold intervals, of which they alone are meant.
    ``excluded``: values outside the domain that solve the equation once it is multiplied out and
    free of roots. ``extraneous``: values in the domain that solve only that one, not the equation.
    ``certificate``: sentences that say why no solution is missing.
    """

    equation: Equation
    solutions: RealSet
    conditions: tuple[Condition, ...]
    excluded: tuple[Real, ...] = ()
    extraneous: tuple[Real, ...] = ()
    certificate: tuple[str, ...] = ()
    among: Domain = Domain.REAL

    @property
    def unknown(self) -> str:
        return self.equation.unknown

    @cached_property
    def text(self) -> str:
        """The solution set as an answer would give it."""
        text = self.solutions.as_answer(self.unknown)
        return text if self.solutions.points is not None else text + self._among_text

    @cached_property
    def domain_texts(self) -> tuple[str, ...]:
        """The restrictions, solved for the unknown: ``("y != 0",)``."""
        texts = condition_texts(self.conditions)
        if self.equation.within is not None:
            texts += (self.equation.within.describe(self.unknown),)
        kind = {Domain.INTEGER: "∈ ℤ", Domain.RATIONAL: "∈ ℚ", Domain.POSITIVE: "> 0"}
        return (*texts, f"{self.unknown} {kind[self.among]}") if self.among in kind else texts

    @property
    def _among_text(self) -> str:
        kind = {Domain.INTEGER: "ℤ", Domain.RATIONAL: "ℚ"}
        return f", {self.unknown} ∈ {kind[self.among]}" if self.among in kind else ""

    @cached_property
    def domain(self) -> RealSet | None:
        """The real domain, or None where it has no exact description here."""
        domain, within = domain_set(self.conditions), self.equation.within
        return domain if domain is None or within is None else domain & within
