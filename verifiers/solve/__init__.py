"""A problem -> its exact solution set with a certificate of completeness."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from verifiers.algebra.sets import RealSet
from verifiers.domain import Condition, condition_texts, domain_set
from verifiers.solve.algebraic import solve_algebraic
from verifiers.solve.by_cases import CaseSolution, solve_by_cases
from verifiers.solve.equation import (
    Equation,
    UndecidedError,
    equation_conditions,
    holds_at,
    read_equation,
)
from verifiers.solve.parametric import Parametric, read_parametric, shape_of
from verifiers.solve.solution import Solution
from verifiers.solve.system import System, is_system, read_system, system_conditions
from verifiers.solve.system_solution import SystemSolution
from verifiers.solve.systems import solve_system
from verifiers.types import Domain, Problem

__all__ = [
    "AnySolution",
    "CaseSolution",
    "Equation",
    "Parametric",
    "Solution",
    "System",
    "SystemSolution",
    "UndecidedError",
    "domain_conditions",
    "holds_at",
    "real_domain",
    "solve",
]

CACHE_SIZE = 4096

AnyEquation: TypeAlias = Equation | System | Parametric
AnySolution: TypeAlias = Solution | SystemSolution | CaseSolution

_Text: TypeAlias = str | tuple[str, ...]
_Key: TypeAlias = tuple[_Text, str | None, Domain, tuple[tuple[str, str], ...]]


def solve(problem: Problem | str) -> AnySolution:
    """The solution set over the reals; equal problems are solved once.

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


def outcome_of(problem: Problem | str) -> tuple[AnyEquation | None, AnySolution | UndecidedError]:
    """The equation, where it could be read, and its solution or why there is none."""
    return _outcome(*_key(problem))


def _key(problem: Problem | str) -> _Key:
    if isinstance(problem, str):
        return (problem, None, Domain.REAL, ())
    params = tuple(sorted(problem.params.items()))
    equation = problem.equation
    if not isinstance(equation, str):
        equation = equation[0] if len(equation) == 1 else tuple(equation)
    return (equation, problem.unknown, problem.domain, params)


@lru_cache(maxsize=CACHE_SIZE)
def _outcome(
    equation: _Text, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> tuple[AnyEquation | None, AnySolution | UndecidedError]:
    read: AnyEquation | None = None
    try:
        problem = _problem(equation, unknown, domain, params)
        if is_system(problem):
            read = read_system(problem)
            return read, solve_system(read)
        read = _read_one(problem)
        if isinstance(read, Parametric):
            return read, solve_by_cases(read)
        return read, solve_algebraic(read)
    except UndecidedError as error:
        return read, error


def _read_one(problem: Problem) -> Equation | Parametric:
    """One equation in one unknown; with parameters where some have no value."""
    try:
        return read_equation(problem)
    except UndecidedError:
        parametric = None
        if problem.params or problem.unknown:
            parametric = read_parametric(problem)
        if parametric is None:
            raise
        return parametric


@lru_cache(maxsize=CACHE_SIZE)
def _conditions(
    equation: _Text, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> tuple[Condition, ...]:
    problem = _problem(equation, unknown, domain, params)
    if is_system(problem):
        return system_conditions(read_system(problem))
    read = _read_one(problem)
    if isinstance(read, Parametric):
        return shape_of(read).conditions
    return equation_conditions(read)


def _problem(
    equation: _Text, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> Problem:
    return Problem(equation=equation, unknown=unknown, domain=domain, params=dict(params))
