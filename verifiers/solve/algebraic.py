"""Equations that become one polynomial: linear, quadratic, rational, radical, absolute value.

Clearing denominators and removing roots only ever adds candidates (see algebra/eliminate.py), the
polynomial has no roots besides those of its factors, and each candidate is put back into the
equation as it was written. So what is left is the solution set.
"""

from __future__ import annotations

from verifiers.algebra.conjugates import Numerator
from verifiers.algebra.eliminate import CannotEliminateError, Tower, ZeroDenominatorError
from verifiers.algebra.exact import Real
from verifiers.algebra.number_field import Algebraic
from verifiers.algebra.roots import Factor, NoExactRootsError, factor, poly_text
from verifiers.algebra.sets import EMPTY, RealSet, ascending
from verifiers.domain import Condition, domain_set
from verifiers.solve.equation import Equation, UndecidedError, equation_conditions, holds_at
from verifiers.solve.piecewise import solve_piecewise
from verifiers.solve.solution import Solution
from verifiers.syntax.ast import Add, Neg
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Reason


def solve_algebraic(equation: Equation) -> Solution:
    """Raises ``UndecidedError`` where completeness cannot be proved."""
    lhs, rhs = equation.sides
    difference = Add((lhs, Neg(rhs)))
    try:
        found = equation_conditions(equation)
        tower = Tower(equation.unknown)
        try:
            quotient = tower.quotient(difference)
        except ZeroDenominatorError as error:
            text = f"No value of {equation.unknown} is in the domain: {error}."
            return Solution(
                equation=equation, solutions=EMPTY, conditions=found, certificate=(text,)
            )
        if not quotient.num:
            return _identity(equation, found, _roots(factor(quotient.den)))
        return _from_candidates(equation, found, tower, quotient.num)
    except (CannotEliminateError, NoExactRootsError, OverBudgetError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error


def _from_candidates(
    equation: Equation, found: tuple[Condition, ...], tower: Tower, num: Numerator
) -> Solution:
    poly = tower.norm(num)
    if not poly:
        return solve_piecewise(equation, found, tower, num)
    factors = factor(poly)
    solutions, excluded, extraneous = [], [], []
    for candidate in ascending(_roots(factors)):
        match holds_at(equation, candidate):
            case True:
                solutions.append(candidate)
            case False:
                extraneous.append(candidate)
            case _:
                excluded.append(candidate)
    return Solution(
        equation=equation,
        solutions=RealSet.points_only(solutions),
        conditions=found,
        excluded=tuple(excluded),
        extraneous=tuple(extraneous),
        certificate=_certificate(equation, factors, bool(tower.generators), excluded, extraneous),
    )


def _identity(equation: Equation, found: tuple[Condition, ...], doubtful: list[Real]) -> Solution:
    """Both sides are the same function wherever no cleared denominator is zero."""
    domain = domain_set(found)
    if domain is None:
        raise CannotEliminateError("an identity on a domain without exact description")
    if any(holds_at(equation, number) is False for number in doubtful):
        raise CannotEliminateError("an identity with exceptions")
    excluded = ascending(number for number in doubtful if number not in domain)
    text = "Both sides are equal wherever both exist: their difference cancels to 0."
    return Solution(
        equation=equation,
        solutions=domain,
        conditions=found,
        excluded=tuple(excluded),
        certificate=(text,),
    )


def _roots(factors: tuple[Factor, ...]) -> list[Real]:
    return [root for each in factors for root in each.roots]


def _certificate(
    equation: Equation,
    factors: tuple[Factor, ...],
    eliminated: bool,
    excluded: list[Real],
    extraneous: list[Real],
) -> tuple[str, ...]:
    name = equation.unknown
    product = "*".join(_power_text(each, name, alone=len(factors) == 1) for each in factors)
    how = "without denominators, roots and absolute values" if eliminated else "multiplied out"
    sentences = [
        f"Every solution of {to_text(equation.relation)} solves, {how}, {product or 1} = 0."
    ]
    for each in factors:
        if not each.roots:
            sentences.append(f"{poly_text(each.poly, name)} has no real root.")
        else:
            values = " and ".join(map(str, each.roots))
            if any(isinstance(root, Algebraic) for root in each.roots):
                values += " (no other real root, by Descartes' rule of signs)"
            sentences.append(f"{poly_text(each.poly, name)} is 0 only at {name} = {values}.")
    sentences += [f"{name} = {value} is outside the domain." for value in excluded]
    sentences += [f"{name} = {value} makes the two sides different." for value in extraneous]
    return tuple(sentences)


def _power_text(each: Factor, name: str, *, alone: bool) -> str:
    text = poly_text(each.poly, name)
    if each.multiplicity > 1:
        return f"({text})^{each.multiplicity}"
    return text if alone else f"({text})"
