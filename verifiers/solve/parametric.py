"""An equation in one unknown whose parameters have no value: reading it, and its conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from verifiers.algebra.clearing import Clearing
from verifiers.algebra.eliminate import ZeroDenominatorError
from verifiers.algebra.exact import Real
from verifiers.domain import Condition, conditions
from verifiers.solve.equation import UndecidedError, canonical_name, parameter_values
from verifiers.solve.system import split
from verifiers.syntax.ast import Add, Expr, Neg, Relation, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError, UnsupportedSyntaxError
from verifiers.syntax.parser import parse_chain, parse_relation
from verifiers.syntax.walk import free_names, substitute
from verifiers.types import Problem, Reason

MAX_PARAMETERS = 4
_ANY_REAL = re.compile(
    r"\s*(?:(?:is )?(?:an? )?(?:any|arbitrary|real)?(?: (?:real|constant|number|parameter))*"
    r"|\w+\s*(?:∈|\\in|in)\s*(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|R))\s*"
)


@dataclass(frozen=True, slots=True)
class Parametric:
    """``relation`` has the unknown and ``names`` in it; ``given`` restrict the names.

    ``values`` are parameters whose value was put in. Polynomials of one such problem are in the
    unknown, then in the names.
    """

    relation: Relation
    unknown: str
    names: tuple[str, ...]
    given: tuple[Relation, ...]
    values: Mapping[str, Real]

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.unknown, *self.names)


@dataclass(frozen=True, slots=True)
class Shape:
    """The equation is: ``equation`` = 0 where no polynomial of ``domain`` is 0.

    Of an equation that is the same everywhere, ``equation`` is 0.
    """

    context: fmpq_mpoly_ctx
    parameters: Mapping[str, fmpq_mpoly]
    equation: fmpq_mpoly
    domain: tuple[fmpq_mpoly, ...]
    conditions: tuple[Condition, ...]


def read_parametric(problem: Problem) -> Parametric | None:
    """None where each parameter has a value; raises ``UndecidedError``."""
    if not isinstance(problem.equation, str):
        return None
    names = {*problem.params, *([problem.unknown] if problem.unknown else [])}
    try:
        relation = parse_relation(problem.equation, names)
        given, fixed = _restrictions(problem.params)
        exprs, values = parameter_values(fixed)
    except (UnsupportedSyntaxError, OverBudgetError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    except ParseError as error:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, str(error)) from error
    relation = _filled(relation, exprs)
    given = [_filled(each, exprs) for each in given]
    free = free_names(relation.lhs) | free_names(relation.rhs)
    if relation.op != "=":
        return None
    unknown = _unknown(problem, free)
    others = set().union(free, *(free_names(e.lhs) | free_names(e.rhs) for e in given))
    parameters = tuple(sorted(others - {unknown}))
    if not parameters:
        return None
    if len(parameters) > MAX_PARAMETERS:
        text = f"more than {MAX_PARAMETERS} parameters without a value"
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, text)
    if any(unknown in free_names(each.lhs) | free_names(each.rhs) for each in given):
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "a condition on a parameter has the unknown")
    return Parametric(relation, unknown, parameters, tuple(given), values)


def shape_of(read: Parametric) -> Shape:
    """Raises ``ZeroDenominatorError``, ``CannotEliminateError`` and ``OverBudgetError``."""
    sides = (read.relation.lhs, read.relation.rhs)
    difference = Add((sides[0], Neg(sides[1])))
    found = conditions(Add(sides), read.unknown)
    clearing = Clearing(read.variables)
    gens = dict(zip(read.variables, clearing.context.gens(), strict=True))
    equation = clearing.quotient(difference)[0]
    domain = []
    for each in found:
        assert each.op == "!="  # the ring has no unknowns for roots
        num, _ = clearing.quotient(each.part)
        if num.is_zero():
            raise ZeroDenominatorError("a denominator is zero everywhere")
        domain.append(num)
    return Shape(clearing.context, gens, equation, tuple(domain), found)


def relations_of(text: str, names: set[str]) -> list[Relation]:
    """``0 < a < 4`` as two relations; raises ``ParseError``."""
    sides, operators = parse_chain(text, names)
    if not operators:
        raise ParseError("no relation, expected one")
    return [
        Relation(op, left, right)
        for op, left, right in zip(operators, sides[:-1], sides[1:], strict=True)
    ]


def _restrictions(params: Mapping[str, str]) -> tuple[list[Relation], dict[str, str]]:
    """The conditions without a value, and the parameters with one."""
    given: list[Relation] = []
    fixed: dict[str, str] = {}
    for name, text in params.items():
        if _ANY_REAL.fullmatch(text):
            continue
        found = [each for part in split(text) for each in relations_of(part, set(params))]
        canonical = canonical_name(name)
        lhs, rhs = (found[0].lhs, found[0].rhs) if len(found) == 1 else (None, None)
        if lhs == Sym(canonical) and rhs and not free_names(rhs) and found[0].op == "=":
            fixed[name] = text
            continue
        given += found
    return given, fixed


def _unknown(problem: Problem, free: frozenset[str]) -> str:
    if problem.unknown is not None:
        return canonical_name(problem.unknown)
    others = sorted(free - {canonical_name(name) for name in problem.params})
    if len(others) == 1:
        return others[0]
    if not others:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "the equation has no unknown")
    text = f"several unknowns: {', '.join(others)}"
    raise UndecidedError(Reason.UNSUPPORTED_EQUATION, text)


def _filled(relation: Relation, exprs: Mapping[str, Expr]) -> Relation:
    lhs, rhs = substitute(relation.lhs, exprs), substitute(relation.rhs, exprs)
    return Relation(relation.op, lhs, rhs)
