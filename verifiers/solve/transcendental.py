"""Exponential, logarithmic and trigonometric equations.

The steps of zeros.py keep every solution. Finitely many values are put back into the equation as
it was written; families are put back one by one where the equation repeats, or cut with the domain.
"""

from __future__ import annotations

from verifiers.algebra.eliminate import CannotEliminateError
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import PI_NUMBER
from verifiers.algebra.multiples import is_multiple
from verifiers.algebra.periodic import PeriodicSet, progression
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import EMPTY, REALS, RealSet, ascending
from verifiers.domain import Condition, domain_set
from verifiers.solve.equation import Equation, UndecidedError, equation_conditions, holds_at
from verifiers.solve.kernels import is_transcendental, minus
from verifiers.solve.solution import Solution
from verifiers.solve.trigonometric import common_rate
from verifiers.solve.zeros import Search
from verifiers.syntax.ast import Pow, Relation
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.types import Reason


def uses_functions(equation: Equation) -> bool:
    """Whether functions, pi, e or the unknown in an exponent stand in the equation."""
    return any(
        is_transcendental(side) for each in equation.relations for side in (each.lhs, each.rhs)
    )


def solve_transcendental(equation: Equation) -> Solution:
    """Raises ``UndecidedError`` where completeness cannot be proved."""
    difference = minus(*equation.sides)
    if not uses_functions(equation):
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, "no function of the unknown")
    refuse_powers_of_negatives(equation.relation)
    search = Search([f"The equation is {to_text(equation.relation)}."])
    try:
        found = equation_conditions(equation)
        zeros = EMPTY
        if all(free_names(each.part) for each in found):  # else a constant part is undefined
            zeros = search.zeros(difference, equation.unknown)
        if zeros.points is not None:
            return _from_points(equation, found, search, zeros.points)
        solutions = _on_the_domain(equation, found, zeros)
    except (NoExactRootsError, CannotEliminateError, OverBudgetError, ValueError) as error:
        if isinstance(error, UndecidedError):
            raise
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    if solutions.points is not None:
        return _from_points(equation, found, search, solutions.points)
    return Solution(
        equation=equation,
        solutions=solutions,
        conditions=found,
        certificate=tuple(dict.fromkeys(search.sentences)),
    )


def refuse_powers_of_negatives(relation: Relation) -> None:
    """``(-2)^x`` has values at some rational x: neither the domain nor the set would be plain.

    Raises ``UndecidedError``.
    """
    for side in (relation.lhs, relation.rhs):
        for part in subexpressions(side):
            if not (isinstance(part, Pow) and free_names(part.exponent)) or free_names(part.base):
                continue
            base = evaluate(part.base, {})
            if isinstance(base, Undefined) or base.sign() <= 0:
                raise UndecidedError(
                    Reason.UNSUPPORTED_EQUATION,
                    f"{to_text(part)}: the unknown over a base that is not positive",
                )


def _from_points(
    equation: Equation, found: tuple[Condition, ...], search: Search, points: tuple[Real, ...]
) -> Solution:
    solutions, excluded, extraneous = [], [], []
    name = equation.unknown
    sentences = [*search.sentences]
    for candidate in ascending(points):
        match holds_at(equation, candidate):
            case True:
                solutions.append(candidate)
                sentences.append(f"{name} = {candidate} solves the equation.")
            case False:
                extraneous.append(candidate)
                sentences.append(f"{name} = {candidate} makes the two sides different.")
            case _:
                excluded.append(candidate)
                sentences.append(f"{name} = {candidate} is outside the domain.")
    return Solution(
        equation=equation,
        solutions=RealSet.points_only(solutions),
        conditions=found,
        excluded=tuple(excluded),
        extraneous=tuple(extraneous),
        certificate=tuple(dict.fromkeys(sentences)),
    )


def _on_the_domain(equation: Equation, found: tuple[Condition, ...], zeros: RealSet) -> RealSet:
    if isinstance(zeros, PeriodicSet) and zeros.base == EMPTY and _repeats(equation, zeros.period):
        solutions = EMPTY
        for residue, rule in zeros.residues:
            if rule == REALS and holds_at(equation, residue) is True:
                solutions = solutions | progression(residue, zeros.period)
        return solutions
    domain = domain_set(found)
    if domain is None:
        raise CannotEliminateError("solutions on a domain without exact description")
    solutions = zeros & domain
    _check_a_member(equation, solutions)
    return solutions


def _repeats(equation: Equation, period: Real) -> bool:
    """Whether both sides are the same functions after a shift by ``period``."""
    difference = minus(*equation.sides)
    rate = common_rate(difference, equation.unknown)
    if rate is None:
        return False
    return is_multiple(period * rate, PI_NUMBER + PI_NUMBER)


def _check_a_member(equation: Equation, solutions: RealSet) -> None:
    """Our own mistake would show here first."""
    if solutions != EMPTY:
        assert holds_at(equation, solutions.member()) is True, equation
