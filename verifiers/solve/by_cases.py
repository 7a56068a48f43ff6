"""Equations with parameters: the solutions on each region of the parameter space.

Cleared of denominators the equation is a polynomial whose factors are linear or quadratic in the
unknown. On a region where the leading coefficients, discriminants and what the domain forbids keep
their signs, the roots are given by formulas, which are compared as functions, not at samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from flint import fmpq, fmpq_mpoly

from verifiers.algebra.eliminate import CannotEliminateError, ZeroDenominatorError
from verifiers.algebra.fields import BeyondFieldError, Field, NoValueError, PointField
from verifiers.algebra.function_field import FunctionField, SignUnknownError
from verifiers.algebra.roots import NoExactRootsError
from verifiers.domain import condition_texts
from verifiers.solve.equation import UndecidedError
from verifiers.solve.on_region import Found, Poly, holds_on, roots_on
from verifiers.solve.parametric import Parametric, Shape, shape_of
from verifiers.solve.regions import Interval, Point, Region, SignRegion
from verifiers.syntax.errors import OverBudgetError
from verifiers.types import Reason

MAX_REGIONS = 120

T = TypeVar("T")
E = TypeVar("E")


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseSolution:
    """The solutions for all values of the parameters that the conditions admit."""

    read: Parametric
    shape: Shape
    factors: tuple[Poly, ...]  # each by powers of the unknown
    forbidden: tuple[Poly, ...]
    regions: tuple[Region, ...]
    found: Mapping[int, Found]  # by the id of a region

    excluded: tuple[str, ...] = ()
    extraneous: tuple[str, ...] = ()

    @property
    def unknown(self) -> str:
        return self.read.unknown

    @cached_property
    def text(self) -> str:
        """``{1/a} if a != 0; no real solutions if a = 0``."""
        from verifiers.solve.case_text import cases_text

        return cases_text(self)

    @property
    def certificate(self) -> tuple[str, ...]:
        where = (
            f"cut the line of {self.read.names[0]} into {len(self.regions)} points and intervals"
            if len(self.read.names) == 1
            else f"leave {len(self.regions)} sign conditions"
        )
        return (
            "Without denominators the equation has factors of degree 1 or 2 in "
            f"{self.unknown}; their leading coefficients, discriminants and the domain {where}, "
            "and on each the formulas are compared as functions.",
        )

    @cached_property
    def domain_texts(self) -> tuple[str, ...]:
        return condition_texts(self.shape.conditions)


def solve_by_cases(read: Parametric) -> CaseSolution:
    """Raises ``UndecidedError`` where the solutions cannot be found for all parameters."""
    try:
        shape = shape_of(read)
        zero = (shape.context.constant(0),)  # of an identity
        factors = (zero,) if shape.equation.is_zero() else _factors([shape.equation])
        solution = CaseSolution(
            read=read,
            shape=shape,
            factors=factors,
            forbidden=_factors(shape.domain),
            regions=(),
            found={},
        )
        found = refine([_whole(read)], solution, lambda found, own: found)
    except (
        CannotEliminateError, NoExactRootsError, OverBudgetError,
        BeyondFieldError, ZeroDenominatorError, NoValueError,
    ) as error:  # fmt: skip
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    if not found:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "no parameters satisfy the conditions")
    return CaseSolution(
        read=read, shape=shape, factors=solution.factors, forbidden=solution.forbidden,
        regions=tuple(region for region, _ in found),
        found={id(region): each for region, each in found},
    )  # fmt: skip


def refine(
    regions: Sequence[Region],
    solution: CaseSolution,
    ask: Callable[[Found, Field[object]], T],
) -> list[tuple[Region, T]]:
    """What ``ask`` says of the solutions on each region, cut into parts until it can for each.

    Regions that the conditions of the problem forbid are left out. Raises ``OverBudgetError``.
    """
    pending = list(regions)
    answers = []
    count = 0
    while pending:
        count += 1
        if count > MAX_REGIONS:
            raise OverBudgetError(f"more than {MAX_REGIONS} regions of the parameters")
        region = pending.pop(0)
        try:
            own = field_on(region, solution)
            if id(region) in solution.found:
                answers.append((region, ask(solution.found[id(region)], own)))
            elif _admitted(region, own, solution):
                answers.append((region, ask(solutions_on(solution, own), own)))
        except SignUnknownError as error:
            assert not isinstance(region, Point)
            pending = [*region.split(error.poly), *pending]
    return answers


def field_on(region: Region, solution: CaseSolution) -> Field[object]:
    if isinstance(region, Point):
        return PointField(region.witness, solution.read.variables)  # type: ignore[return-value]
    shape = solution.shape
    own = {name: shape.parameters[name] for name in solution.read.names}
    return FunctionField(shape.context, own, region, region.squares)  # type: ignore[return-value]


def solutions_on(solution: CaseSolution, own: Field[E]) -> Found:
    return roots_on(solution.factors, solution.forbidden, own)


def _admitted(region: Region, own: Field[object], solution: CaseSolution) -> bool:
    if isinstance(region, SignRegion):
        assert isinstance(own, FunctionField)
        if not region.consistent(own):
            return False
    return all(holds_on(relation, own) for relation in solution.read.given)


def _whole(read: Parametric) -> Region:
    if len(read.names) == 1:
        return Interval(read.names[0], 1)
    return SignRegion(read.variables)


def _factors(polys: Sequence[fmpq_mpoly]) -> tuple[Poly, ...]:
    """The irreducible factors, each as its coefficients by powers of the unknown."""
    found = {}
    for poly in polys:
        for part, _ in poly.factor()[1]:
            found[str(part)] = part
    return tuple(_by_powers(part) for part in found.values())


def _by_powers(poly: fmpq_mpoly) -> Poly:
    degree = poly.degrees()[0]
    if degree > 2:
        raise CannotEliminateError("a factor of degree above 2 in the unknown")
    rows: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(degree + 1)]
    for powers, value in poly.to_dict().items():
        rows[powers[0]][(0, *powers[1:])] = value
    return tuple(poly.context().from_dict(row) for row in rows)
