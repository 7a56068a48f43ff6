"""A problem -> its equation in one unknown, parameters put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifiers.algebra.evaluate import NotAlgebraicError, Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.domain import Condition, conditions
from verifiers.syntax.ast import Add, Expr, Relation, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError, UnsupportedSyntaxError
from verifiers.syntax.parser import parse_relation
from verifiers.syntax.walk import free_names, substitute
from verifiers.types import Problem, Reason


class UndecidedError(ValueError):
    """The problem cannot be decided; ``reason`` is a code of an undecided verdict."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Equation:
    """``relation`` has no other name than ``unknown`` in it; ``parameters`` were put into it."""

    relation: Relation
    unknown: str
    parameters: Mapping[str, Real]

    @property
    def sides(self) -> tuple[Expr, Expr]:
        return self.relation.lhs, self.relation.rhs


def holds_at(equation: Equation, number: Real) -> bool | Undefined:
    """Whether the equation holds at a number, by exact substitution; or what is undefined there."""
    sides = [evaluate(side, {equation.unknown: number}) for side in equation.sides]
    for value in sides:
        if isinstance(value, Undefined):
            return value
    return sides[0] == sides[1]


def equation_conditions(equation: Equation) -> tuple[Condition, ...]:
    """The domain conditions of both sides; raises ``UndecidedError`` where one is over budget."""
    try:
        return conditions(Add(equation.sides), equation.unknown)
    except (OverBudgetError, NotAlgebraicError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error


def read_equation(problem: Problem) -> Equation:
    """Raises ``UndecidedError`` for what is malformed or not supported."""
    names = {*problem.params, *([problem.unknown] if problem.unknown else [])}
    assert isinstance(problem.equation, str), "systems are read elsewhere"
    try:
        relation = parse_relation(problem.equation, names)
        values, parameters = parameter_values(problem.params)
    except (UnsupportedSyntaxError, OverBudgetError, NotAlgebraicError) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error
    except ParseError as error:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, str(error)) from error
    if relation.op != "=":
        raise UndecidedError(
            Reason.UNSUPPORTED_EQUATION, f"the relation {relation.op} is not supported, only ="
        )
    relation = Relation("=", substitute(relation.lhs, values), substitute(relation.rhs, values))
    free = free_names(relation.lhs) | free_names(relation.rhs)
    return Equation(relation, _unknown(problem.unknown, free), parameters)


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
