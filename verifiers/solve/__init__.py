"""A problem -> its exact solution set with a certificate of completeness."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from verifiers.algebra.sets import RealSet
from verifiers.domain import Condition, condition_texts, domain_set
from verifiers.solve.algebraic import solve_algebraic
from verifiers.solve.among import restrict
from verifiers.solve.complex_roots import ComplexSolution, solve_complex
from verifiers.solve.equation import (
    Equation,
    UndecidedError,
    equation_conditions,
    holds_at,
    read_equation,
)
from verifiers.solve.inequality import solve_inequality
from verifiers.solve.solution import Solution
from verifiers.solve.transcendental import solve_transcendental, uses_functions
from verifiers.syntax.errors import OverBudgetError
from verifiers.types import Domain, Problem, Reason

__all__ = [
    "ComplexSolution",
    "Equation",
    "Solution",
    "UndecidedError",
    "domain_conditions",
    "holds_at",
    "real_domain",
    "solve",
]

CACHE_SIZE = 4096

_Outcome: TypeAlias = Solution | ComplexSolution | UndecidedError
_Key: TypeAlias = tuple[str, str | None, Domain, tuple[tuple[str, str], ...]]


def solve(problem: Problem | str) -> Solution | ComplexSolution:
    """The solution set over the problem's domain; equal problems are solved once.

    Raises ``UndecidedError``, with its reason, for a malformed problem and for an equation whose
    solution set cannot be proved complete.
    """
    outcome = outcome_of(problem)[1]
    if isinstance(outcome, UndecidedError):
        raise outcome.with_traceback(None)
    return outcome


def domain_conditions(problem: Problem | str) -> tuple[str, ...]:
    """The restrictions of the equation as it is written, solved for the unknown: ``("y != 0",)``.

    Raises ``UndecidedError`` where the equation cannot be read.
    """
    return condition_texts(_conditions(*_key(problem)))


def real_domain(problem: Problem | str) -> RealSet | None:
    """Where both sides of the equation exist; None where that set has no exact description here.

    Raises ``UndecidedError`` where the equation cannot be read.
    """
    return domain_set(_conditions(*_key(problem)))


def outcome_of(
    problem: Problem | str,
) -> tuple[Equation | None, _Outcome]:
    """The equation, where it could be read, and its solution or why there is none."""
    return _outcome(*_key(problem))


def _key(problem: Problem | str) -> _Key:
    if isinstance(problem, str):
        return (problem, None, Domain.REAL, ())
    params = tuple(sorted(problem.params.items()))
    return (problem.equation, problem.unknown, problem.domain, params)


@lru_cache(maxsize=CACHE_SIZE)
def _outcome(
    equation: str, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> tuple[Equation | None, _Outcome]:
    read = None
    try:
        read = read_equation(_problem(equation, unknown, domain, params))
        if domain is Domain.COMPLEX:
            return read, solve_complex(read)
        return read, restrict(_within(_solve(read)), domain)
    except UndecidedError as error:
        return read, error


def _within(solution: Solution) -> Solution:
    """The solutions in the interval that the problem states."""
    within = solution.equation.within
    if within is None:
        return solution
    try:
        solutions = solution.solutions & within
    except OverBudgetError as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    sentence = f"Only {within.describe(solution.unknown)} is asked for."
    return replace(solution, solutions=solutions, certificate=(*solution.certificate, sentence))


def _solve(read: Equation) -> Solution:
    """By the first solver whose class of equations it is; the last one's reason if by none."""
    if read.is_inequality:
        return solve_inequality(read)
    if uses_functions(read):
        return solve_transcendental(read)
    return solve_algebraic(read)


@lru_cache(maxsize=CACHE_SIZE)
def _conditions(
    equation: str, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> tuple[Condition, ...]:
    read = read_equation(_problem(equation, unknown, domain, params))
    return equation_conditions(read)


def _problem(
    equation: str, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> Problem:
    return Problem(equation=equation, unknown=unknown, domain=domain, params=dict(params))
