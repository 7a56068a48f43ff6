"""What is known of a problem, and what is found out about a statement."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from verifiers.algebra.exact import Real
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.solve import Solution
from verifiers.trace.records import Truth
from verifiers.trace.statement import Statement
from verifiers.types import Ask, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A statement and what is true of it.

    ``numbers`` is the solution set of an equation; ``gained`` and ``lost`` are what it has over
    the problem's solutions on the domain, and what it lacks. ``sum_is_wrong``: a number in its
    chain is not the next one. ``differs``: a true statement that two numbers differ. ``checked``:
    both sides of the problem at this value have been said by here, truly; ``refuted``: they differ,
    and the text says so.
    """

    statement: Statement
    truth: Truth
    evidence: str
    numbers: RealSet | None = None
    gained: RealSet = field(default_factory=lambda: EMPTY)
    lost: RealSet = field(default_factory=lambda: EMPTY)
    sum_is_wrong: bool = False
    differs: bool = False
    checked: Real | None = None
    refuted: Real | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the problem: ``impostors`` solve it only once it is multiplied out, freed
    of roots or of bars."""

    problem: Problem
    solution: Solution
    domain: RealSet
    impostors: tuple[Real, ...]

    @property
    def solutions(self) -> RealSet:
        return self.solution.solutions


def facts_of(problem: Problem, solution: Solution) -> Facts:
    domain = solution.domain
    return Facts(
        problem=replace(problem, ask=Ask.SOLUTIONS, unknown=solution.unknown),
        solution=solution,
        domain=REALS if domain is None else domain,
        impostors=(*solution.excluded, *solution.extraneous),
    )


def truth_if(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


def shown(facts: Facts, numbers: RealSet) -> str:
    return numbers.as_answer(facts.solution.unknown)[:120]
