"""A problem -> its equation in one unknown, parameters put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from verifiers.algebra.evaluate import BARE_LOG, Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import E_NUMBER
from verifiers.algebra.sets import RealSet
from verifiers.domain import Condition, conditions
from verifiers.solve.bare_log import natural_log, with_natural_log
from verifiers.solve.kernels import is_transcendental
from verifiers.solve.stated import split_stated, stated_set
from verifiers.syntax.ast import Add, Expr, Operator, Relation, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError, UnsupportedSyntaxError
from verifiers.syntax.parser import parse_chain, parse_relation
from verifiers.syntax.walk import free_names, substitute
from verifiers.types import Problem, Reason


class UndecidedError(ValueError):
    """The problem cannot be decided; ``reason`` is a code of an undecided verdict."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Equation:
    """``relation`` has no other name than ``unknown`` in it; ``parameters`` were put into it.

    ``rest``: the further relations of a chain, as 2x + 1 <= 5 of 1 < 2x + 1 <= 5.
    Under the name ``BARE_LOG`` stands the base of a log without one, where it is not 10.
    ``within`` is the interval that the problem states, if it does.
    """

    relation: Relation
    unknown: str
    parameters: Mapping[str, Real]
    rest: tuple[Relation, ...] = ()
    within: RealSet | None = None

    @property
    def is_inequality(self) -> bool:
        return self.relation.op != "="

    @property
    def relations(self) -> tuple[Relation, ...]:
        """All that have to hold."""
        return (self.relation, *self.rest)

    @property
    def sides(self) -> tuple[Expr, Expr]:
        return self.relation.lhs, self.relation.rhs


def holds_at(equation: Equation, number: Real) -> bool | Undefined:
    """Whether the equation holds at a number, by exact substitution; or what is undefined there."""
    holds = True
    for relation in equation.relations:
        left = evaluate(relation.lhs, {equation.unknown: number})
        right = evaluate(relation.rhs, {equation.unknown: number})
        if isinstance(left, Undefined):
            return left
        if isinstance(right, Undefined):
            return right
        holds = holds and compared(left, relation.op, right)
    return holds


def compared(left: Real, op: Operator, right: Real) -> bool:
    """``left op right``."""
    match op:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return right < left
        case ">=":
            return right <= left


def equation_conditions(equation: Equation) -> tuple[Condition, ...]:
    """The domain conditions of both sides; raises ``UndecidedError`` where one is over budget."""
    try:
        sides = (*equation.sides, *(relation.rhs for relation in equation.rest))
        return conditions(Add(sides), equation.unknown)
    except OverBudgetError as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error


def read_equation(problem: Problem) -> Equation:
    """Raises ``UndecidedError`` for what is malformed or not supported."""
    names = {*problem.params, *([problem.unknown] if problem.unknown else [])}
    assert isinstance(problem.equation, str), "systems are read elsewhere"
    restriction = ""
    try:
        try:
            sides, operators = _relations(problem.equation, names)
        except ParseError:
            stated = split_stated(problem.equation)
            if stated is None:
                raise
            (sides, operators), restriction = _relations(stated[0], names), stated[1]
        values, parameters = parameter_values(problem.params)
    except (UnsupportedSyntaxError, OverBudgetError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    except ParseError as error:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, str(error)) from error
    relations = [
        Relation(op, substitute(lhs, values), substitute(rhs, values))
        for op, (lhs, rhs) in zip(operators, pairwise(sides), strict=True)
    ]
    sides = tuple(side for relation in relations for side in (relation.lhs, relation.rhs))
    unknown = _unknown(problem.unknown, frozenset().union(*map(free_names, sides)))
    if any(map(is_transcendental, sides)) and any(map(natural_log, relations)):
        relations = [with_natural_log(relation) for relation in relations]
        parameters = {**parameters, BARE_LOG: E_NUMBER}
    within = stated_set(restriction, unknown) if restriction else None
    if restriction and within is None:
        raise UndecidedError(
            Reason.MALFORMED_PROBLEM, f"{restriction!a} is no interval for {unknown}"
        )
    return Equation(relations[0], unknown, parameters, tuple(relations[1:]), within)


def _relations(text: str, names: Iterable[str]) -> tuple[tuple[Expr, ...], tuple[Operator, ...]]:
    """The sides and signs of one relation, or of a chain of inequalities."""
    sides, operators = parse_chain(text, names)
    if len(operators) != 1 and (not operators or "=" in operators):
        raise ParseError(f"{len(operators)} relations, expected one, or a chain such as 1 < x < 2")
    return sides, operators


def _unknown(declared: str | None, free: frozenset[str]) -> str:
    if declared is not None:
        declared = canonical_name(declared)
        others = sorted(free - {declared})
        if others:
            raise UndecidedError(
                Reason.UNSUPPORTED_EQUATION, f"no value is given for {', '.join(others)}"
            )
        return declared
    if not free:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "the equation has no unknown")
    if len(free) > 1:
        raise UndecidedError(
            Reason.UNSUPPORTED_EQUATION, f"several unknowns: {', '.join(sorted(free))}"
        )
    return next(iter(free))


def canonical_name(text: str) -> str:
    """``x_1`` for ``x₁``: a name as the parser spells it."""
    try:
        side = parse_relation(f"{text} = 0", [text]).lhs
    except ParseError as error:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, f"the unknown {text!a}: {error}") from error
    if not isinstance(side, Sym):
        raise UndecidedError(Reason.MALFORMED_PROBLEM, f"the unknown {text!a} is not a name")
    return side.name


def parameter_values(params: Mapping[str, str]) -> tuple[dict[str, Expr], dict[str, Real]]:
    """The value of each parameter whose condition gives one, as ``a = 6``."""
    exprs: dict[str, Expr] = {}
    values: dict[str, Real] = {}
    for name, condition in params.items():
        if not condition.strip():
            continue  # any real number
        relation = parse_relation(condition, params)
        if relation.op != "=" or relation.lhs != Sym(canonical_name(name)):
            continue  # a condition without a value: the parameter stays free
        if free_names(relation.rhs):
            raise UndecidedError(
                Reason.UNSUPPORTED_EQUATION, f"the value of {name} depends on other names"
            )
        value = evaluate(relation.rhs, {})
        if isinstance(value, Undefined):
            raise UndecidedError(Reason.MALFORMED_PROBLEM, f"the value of {name} is undefined")
        exprs[relation.lhs.name], values[relation.lhs.name] = relation.rhs, value
    return exprs, values
