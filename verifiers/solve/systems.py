"""Systems of equations: linear by row reduction, polynomial by elimination.

Denominators are cleared, roots and absolute values become unknowns of their own; that only adds
candidates. Elimination gives, for each unknown, a polynomial whose real roots are all the values
that it can have. Every combination of them is put back into the relations as they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly, fmpq_poly

from verifiers.algebra.clearing import Clearing, ring
from verifiers.algebra.eliminate import CannotEliminateError, ZeroDenominatorError
from verifiers.algebra.evaluate import Undefined
from verifiers.algebra.ideal import combinations, cross, eliminant, integral
from verifiers.algebra.roots import Factor, NoExactRootsError, factor, poly_text
from verifiers.domain import Condition
from verifiers.solve.equation import UndecidedError
from verifiers.solve.linear_system import reduce_linear
from verifiers.solve.system import System, holds_for, system_conditions
from verifiers.solve.system_solution import Point, SystemSolution, flat_text, point_text
from verifiers.syntax.ast import Add, Neg
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Reason

MAX_CANDIDATES = 500


@dataclass(frozen=True, slots=True)
class _Cleared:
    """``polys`` vanish at every solution; ``product`` does not: that of the denominators."""

    polys: list[fmpq_mpoly]
    product: fmpq_mpoly | None
    linear: bool  # no root or absolute value, degree 1 at most


def solve_system(system: System) -> SystemSolution:
    """Raises ``UndecidedError`` where completeness cannot be proved."""
    found = system_conditions(system)
    try:
        cleared = _clear(system)
        if cleared.linear:
            return _linear(system, found, cleared)
        return _polynomial(system, found, cleared)
    except ZeroDenominatorError as error:
        text = f"No values of {system.label} are in the domain: {error}."
        return SystemSolution(system=system, points=(), conditions=found, certificate=(text,))
    except (CannotEliminateError, NoExactRootsError, OverBudgetError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error


def _clear(system: System) -> _Cleared:
    equations = [each for each in system.relations if each.op == "="]
    if not equations:
        raise CannotEliminateError("a system without an equation")
    trees = [Add((each.lhs, Neg(each.rhs))) for each in equations]
    clearing = Clearing(system.unknowns, trees)
    quotients = [clearing.quotient(tree) for tree in trees]
    numerators = [num for num, _ in quotients]
    product = None
    for _, den in quotients:
        if not den.is_constant():
            product = den if product is None else product * den
    polys = [poly for poly in (*numerators, *clearing.relations) if not poly.is_zero()]
    linear = not clearing.relations and all(poly.total_degree() <= 1 for poly in polys)
    return _Cleared(polys, product, linear)


def _linear(system: System, found: tuple[Condition, ...], cleared: _Cleared) -> SystemSolution:
    num_unknowns = len(system.unknowns)
    flat = reduce_linear(cleared.polys or [ring(num_unknowns).constant(0)], num_unknowns)
    said = "The equations are linear; row reduction, which keeps all solutions, leaves "
    if flat is None:
        return SystemSolution(
            system=system, points=(), conditions=found, certificate=(said + "0 = 1.",)
        )
    if flat.free:
        if found or any(each.op != "=" for each in system.relations):
            raise CannotEliminateError("infinitely many solutions under restrictions")
        text = f"{system.label} = {flat_text(flat, system.unknowns)}"
        return SystemSolution(
            system=system, points=(), conditions=found, flat=flat, certificate=(f"{said}{text}.",)
        )
    point = flat.point(())
    return _certified(system, found, [point], (f"{said}{system.label} = {point_text(point)}.",))


def _polynomial(system: System, found: tuple[Condition, ...], cleared: _Cleared) -> SystemSolution:
    names = system.unknowns
    polys = cleared.polys
    eliminants = [eliminant([integral(p) for p in polys], k) for k in range(len(names))]
    if None in eliminants and cleared.product is not None:
        polys = _without_zeros_of(cleared.product, polys)
        eliminants = [eliminant([integral(p) for p in polys], k) for k in range(len(names))]
    factors: list[Sequence[Factor]] = []
    sentences = []
    for name, poly in zip(names, eliminants, strict=True):
        if poly is None:
            raise CannotEliminateError("infinitely many complex solutions")
        if poly.degree() == 0:
            text = "Elimination leaves 1 = 0: the equations contradict each other."
            return SystemSolution(system=system, points=(), conditions=found, certificate=(text,))
        factors.append(factor(fmpq_poly(poly)))
        sentences.append(f"Elimination of the other unknowns leaves {poly_text(poly, name)} = 0.")
        roots = sum(len(each.roots) for each in factors[-1])
        sentences.append(f"It has {roots} real roots." if roots != 1 else "It has 1 real root.")
    candidates: list[Point] = []
    for choice in combinations([integral(p) for p in polys], factors):
        candidates += cross(choice)
        if len(candidates) > MAX_CANDIDATES:
            raise CannotEliminateError(f"more than {MAX_CANDIDATES} combinations of values")
    return _certified(system, found, candidates, tuple(sentences))


def _without_zeros_of(product: fmpq_mpoly, polys: list[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """One unknown u more, with ``u * product = 1``: no zero of a denominator is a zero of these."""
    size = product.context().nvars()
    context = ring(size + 1)

    def lift(poly: fmpq_mpoly) -> fmpq_mpoly:
        return context.from_dict({(*key, 0): value for key, value in poly.to_dict().items()})

    last = context.gens()[size]
    return [*map(lift, polys), last * lift(product) - 1]


def _certified(
    system: System,
    found: tuple[Condition, ...],
    candidates: list[Point],
    sentences: tuple[str, ...],
) -> SystemSolution:
    """Each candidate put back into every relation; what holds is the solution set."""
    solutions, excluded, notes = [], [], []
    for point in sorted(candidates):
        results = [(each, holds_for(system, each, point)) for each in system.relations]
        at = f"{system.label} = {point_text(point)}"
        if any(isinstance(held, Undefined) for _, held in results):
            excluded.append(point_text(point))
            notes.append(f"{at} is outside the domain.")
        elif all(held for _, held in results):
            solutions.append(point)
        else:
            broken = next(each for each, held in results if held is False)
            notes.append(f"{at} does not satisfy {to_text(broken)}.")
    return SystemSolution(
        system=system,
        points=tuple(solutions),
        conditions=found,
        excluded=tuple(excluded),
        certificate=(*sentences, *notes[:20]),
    )
