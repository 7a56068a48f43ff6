"""A problem -> its exact solution set with a certificate of completeness."""

from __future__ import annotations

from functools import lru_cache

from verifiers.solve.algebraic import holds_at, solve_algebraic
from verifiers.solve.equation import Equation, UndecidedError, read_equation
from verifiers.solve.solution import Solution
from verifiers.types import Domain, Problem

__all__ = ["Equation", "Solution", "UndecidedError", "holds_at", "solve"]

CACHE_SIZE = 4096


def solve(problem: Problem | str) -> Solution:
    """The solution set over the reals; equal problems are solved once.

    Raises ``UndecidedError``, with its reason, for a malformed problem and for an equation whose
    solution set cannot be proved complete.
    """
    outcome = outcome_of(problem)[1]
    if isinstance(outcome, UndecidedError):
        raise outcome.with_traceback(None)
    return outcome


def outcome_of(problem: Problem | str) -> tuple[Equation | None, Solution | UndecidedError]:
    """The equation, where it could be read, and its solution or why there is none."""
    if isinstance(problem, str):
        return _outcome(problem, None, Domain.REAL, ())
    params = tuple(sorted(problem.params.items()))
    return _outcome(problem.equation, problem.unknown, problem.domain, params)


@lru_cache(maxsize=CACHE_SIZE)
def _outcome(
    equation: str, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> tuple[Equation | None, Solution | UndecidedError]:
    problem = Problem(equation=equation, unknown=unknown, domain=domain, params=dict(params))
    read = None
    try:
        read = read_equation(problem)
        return read, solve_algebraic(read)
    except UndecidedError as error:
        return read, error
