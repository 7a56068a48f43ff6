"""A problem -> its exact solution set with a certificate of completeness."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from verifiers.algebra.sets import RealSet
from verifiers.domain import Condition, condition_texts, domain_set
from verifiers.solve.algebraic import solve_algebraic
from verifiers.solve.among import restrict
from verifiers.solve.by_cases import CaseSolution, solve_by_cases
from verifiers.solve.complex_roots import ComplexSolution, solve_complex
from verifiers.solve.equation import (
    Equation,
    UndecidedError,
    equation_conditions,
    holds_at,
    read_equation,
)
from verifiers.solve.inequality import solve_inequality
from verifiers.solve.parametric import Parametric, read_parametric, shape_of
from verifiers.solve.solution import Solution
from verifiers.solve.stated import split_stated
from verifiers.solve.system import System, is_system, read_system, system_conditions
from verifiers.solve.system_solution import SystemSolution
from verifiers.solve.systems import solve_system
from verifiers.solve.transcendental import solve_transcendental, uses_functions
from verifiers.solve.transcendental_inequality import solve_transcendental_inequality
from verifiers.syntax.errors import OverBudgetError
from verifiers.types import Domain, Problem, Reason

__all__ = [
    "AnySolution",
    "CaseSolution",
    "ComplexSolution",
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
AnySolution: TypeAlias = Solution | ComplexSolution | SystemSolution | CaseSolution

_Text: TypeAlias = str | tuple[str, ...]
_Key: TypeAlias = tuple[_Text, str | None, Domain, tuple[tuple[str, str], ...]]


def solve(problem: Problem | str) -> AnySolution:
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
        read = _read(_problem(equation, unknown, domain, params))
        if isinstance(read, Equation):
            if domain is Domain.COMPLEX:
                return read, solve_complex(read)
            return read, restrict(_within(_solve(read)), domain)
        if domain is not Domain.REAL:
            raise UndecidedError(
                Reason.UNSUPPORTED_EQUATION,
                f"systems and parameters without a value are solved over the reals, not {domain}",
            )
        return read, solve_system(read) if isinstance(read, System) else solve_by_cases(read)
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
        if uses_functions(read):
            return solve_transcendental_inequality(read)
        return solve_inequality(read)
    if uses_functions(read):
        return solve_transcendental(read)
    return solve_algebraic(read)


def _read(problem: Problem) -> AnyEquation:
    if not is_system(problem):
        return _read_one(problem)
    return _stated(problem) or read_system(problem)


def _stated(problem: Problem) -> Equation | None:
    """One equation in one unknown with a stated interval; None for a system."""
    if not isinstance(problem.equation, str) or split_stated(problem.equation) is None:
        return None
    try:
        return read_equation(problem)
    except UndecidedError:
        return None


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
    read = _read(_problem(equation, unknown, domain, params))
    if isinstance(read, System):
        return system_conditions(read)
    if isinstance(read, Parametric):
        return shape_of(read).conditions
    return equation_conditions(read)


def _problem(
    equation: _Text, unknown: str | None, domain: Domain, params: tuple[tuple[str, str], ...]
) -> Problem:
    return Problem(equation=equation, unknown=unknown, domain=domain, params=dict(params))
