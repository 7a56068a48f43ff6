"""The text of a formula -> its sides, or its value."""

from __future__ import annotations

import re
from functools import lru_cache

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.guard import guarded
from verifiers.read_set import parse_set
from verifiers.read_value import AnswerError
from verifiers.syntax.ast import Expr, Operator
from verifiers.syntax.errors import OverBudgetError, ParseError
from verifiers.syntax.parser import parse_chain
from verifiers.syntax.walk import free_names, plus_minus_choices
from verifiers.trace.spans import Span

RELATION = re.compile(r"[=<>≤≥≠⩽⩾]|\\(?:n?eq?|[lg]eq?|[lg]t|[lg]eqslant|neq|in)(?![A-Za-z])|∈")


def joined(span: Span, previous: Span | None, completion: str) -> str:
    """``= 3 - 2`` goes on with the last side of the formula before it."""
    text = span.text.replace("&", " ")
    if not re.match(r"\s*=", text):
        return text
    if previous is None or not re.fullmatch(r"[\s\\&$]*", completion[previous.end : span.start]):
        return text.lstrip(" =")
    return re.split(RELATION, previous.text.replace("&", " "))[-1] + text


@lru_cache(maxsize=8192)  # the completions of a group share most of their lines
def chain_of(
    text: str, names: frozenset[str]
) -> tuple[tuple[Expr, ...], tuple[Operator, ...]] | None:
    try:
        sides, operators = parse_chain(text, names)
    except (ParseError, OverBudgetError):
        return None
    return (sides, operators) if operators else None


@lru_cache(maxsize=8192)
def numbers_of(text: str) -> tuple[Real, ...] | None:
    """The value of an expression without names, two where it holds ``±``."""
    try:
        sides, operators = parse_chain(text.replace("&", " "))
    except (ParseError, OverBudgetError):
        return None
    if operators or free_names(sides[0]):
        return None
    return evaluated(sides[0])


def evaluated(expr: Expr) -> tuple[Real, ...] | None:
    values: list[Real] = []
    for choice in plus_minus_choices(expr):
        try:
            value = evaluate(choice, {})
        except (ValueError, OverBudgetError):
            return None
        if isinstance(value, Undefined):
            return None
        if value not in values:
            values.append(value)
    return tuple(values)


def set_of(text: str, unknown: str) -> tuple[Real, ...] | None:
    try:
        return guarded(text, lambda: parse_set(text, unknown, {})).points
    except (AnswerError, ParseError, OverBudgetError):
        return None
