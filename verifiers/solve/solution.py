"""What solving an equation yields: the set, and why it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from verifiers.algebra.exact import Real
from verifiers.algebra.sets import RealSet
from verifiers.domain import Condition, condition_texts, domain_set
from verifiers.solve.equation import Equation


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """The exact solution set of an equation over the reals.

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

    @property
    def unknown(self) -> str:
        return self.equation.unknown

    @cached_property
    def text(self) -> str:
        """The solution set as an answer would give it."""
        return self.solutions.as_answer(self.unknown)

    @cached_property
    def domain_texts(self) -> tuple[str, ...]:
        """The restrictions, solved for the unknown: ``("y != 0",)``."""
        within = self.equation.within
        stated = () if within is None else (within.describe(self.unknown),)
        return condition_texts(self.conditions) + stated

    @cached_property
    def domain(self) -> RealSet | None:
        """The real domain, or None where it has no exact description here."""
        domain, within = domain_set(self.conditions), self.equation.within
        return domain if domain is None or within is None else domain & within
