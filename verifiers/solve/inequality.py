"""Inequalities in one unknown, and chains of them: sign by cells.

Both sides are continuous wherever they exist: they are made of sums, products, quotients, roots
and absolute values. So the sign of lhs - rhs changes only at a zero of it, or at a border of the
domain. Between these numbers one trial decides; they themselves are put in.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifiers.algebra.eliminate import CannotEliminateError, Tower, ZeroDenominatorError
from verifiers.algebra.exact import Real
from verifiers.algebra.roots import NoExactRootsError, factor
from verifiers.algebra.sets import EMPTY, RealSet, ascending, rational_between
from verifiers.domain import domain_set
from verifiers.solve.equation import Equation, UndecidedError, equation_conditions, holds_at
from verifiers.solve.piecewise import split
from verifiers.solve.solution import Solution
from verifiers.syntax.ast import Add, Neg, Relation
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Reason

MAX_SHOWN = 8  # numbers in a sentence


def solve_inequality(read: Equation) -> Solution:
    """Raises ``UndecidedError`` where the zeros or the domain cannot be found."""
    if not read.is_inequality:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, "no inequality")
    try:
        found = equation_conditions(read)
        domain = domain_set(found)
        if domain is None:
            raise CannotEliminateError("a domain without exact description")
        try:
            zeros = [_zeros(relation, read.unknown) for relation in read.relations]
        except ZeroDenominatorError as error:
            text = f"No value of {read.unknown} is in the domain: {error}."
            return Solution(equation=read, solutions=EMPTY, conditions=found, certificate=(text,))
        breaks = ascending([*domain.breaks, *(zero for each in zeros for zero in each)])
        solutions = RealSet.from_rule(breaks, lambda number: holds_at(read, number) is True)
    except (CannotEliminateError, NoExactRootsError, OverBudgetError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    return Solution(
        equation=read,
        solutions=solutions,
        conditions=found,
        certificate=_certificate(read, domain, zeros, breaks, solutions),
    )


def _zeros(relation: Relation, unknown: str) -> list[Real]:
    """Numbers among which is every number where the two sides are equal, save whole intervals
    between them on which they are."""
    tower = Tower(unknown)
    quotient = tower.quotient(Add((relation.lhs, Neg(relation.rhs))))
    if not quotient.num:
        return []
    poly = tower.norm(quotient.num)
    if not poly:
        return ascending(split(tower, quotient.num).candidates)
    return ascending(root for each in factor(poly) for root in each.roots)


def _certificate(
    read: Equation,
    domain: RealSet,
    zeros: list[list[Real]],
    breaks: list[Real],
    solutions: RealSet,
) -> tuple[str, ...]:
    name = read.unknown
    sentences = []
    for relation, each in zip(read.relations, zeros, strict=True):
        where = f"only at {name} = {_listed(each)}" if each else "at no single number"
        sentences.append(
            f"The two sides of {to_text(relation)} can become equal, or change their order, {where}"
            f"{' and at the ends of the domain' if domain.breaks else ''}."
        )
    if domain.breaks:
        sentences.append(f"The domain ends at {name} = {_listed(domain.breaks)}.")
    trials = [
        Real.of(rational_between(low, high))
        for low, high in zip([None, *breaks], [*breaks, None], strict=True)
    ]
    sentences.append(
        f"So one number of each interval between them decides it ({name} = {_listed(trials)}), and"
        f" they themselves were put in: it holds for {solutions.describe(name)}."
    )
    return tuple(sentences)


def _listed(numbers: Sequence[Real]) -> str:
    shown = ", ".join(map(str, numbers[:MAX_SHOWN]))
    return shown + (", ..." if len(numbers) > MAX_SHOWN else "")
