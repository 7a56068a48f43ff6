"""The habits of a checked trace: those of its statements, however they are worded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from verifiers.algebra.polynomial import polynomial_form, to_poly
from verifiers.algebra.roots import factor
from verifiers.habits import read_habits
from verifiers.solve.kernels import ZERO
from verifiers.steps import Claim, Line
from verifiers.syntax.ast import Expr, Pow, Sym
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.records import ClaimKind
from verifiers.trace.statement import Statement
from verifiers.types import Habits, Problem, Verdict


def trace_habits(
    facts: Facts, problem: Problem, judged: Sequence[Judged], completion: str, verdict: Verdict
) -> Habits:
    """As ``read_habits``, and more widely: one candidate put back is a substitution check, in any
    equation, and a square is a factorisation."""
    lines = tuple(line for each in judged for line in _lines(each.statement))
    habits = read_habits(problem, completion, verdict, lines)
    points = facts.solutions.points
    if points or facts.impostors:
        checked = any(each.checked is not None for each in judged)
        habits = replace(habits, substitution_check=checked or bool(habits.substitution_check))
    if points is not None and any(
        _is_square_of(facts, *claim.sides)
        for line in lines
        for claim in line.claims
        if claim.operators == ("=",)
    ):
        habits = replace(habits, factoring=True)
    return habits


def _is_square_of(facts: Facts, product: Expr, zero: Expr) -> bool:
    """``(x - 3)^2 = 0`` with the candidates as its zeros."""
    unknown = facts.solution.unknown
    if zero != ZERO or not isinstance(product, Pow):
        return False
    form = polynomial_form(product.base, unknown)
    poly = to_poly(product, unknown)
    if form is None or len(form) != 2 or not poly:
        return False
    zeros = {str(root) for each in factor(poly) for root in each.roots}
    return zeros == {str(value) for value in (*(facts.solutions.points or ()), *facts.impostors)}


def _lines(each: Statement) -> Iterator[Line]:
    """A statement as lines that say nothing else, as the reader of habits takes them."""
    if not each.operators or each.kind is ClaimKind.CONCLUSION:
        return
    is_check = each.kind is ClaimKind.SUBSTITUTION and each.values
    label = f"check {each.values[0]}" if is_check else ""
    sides, operators = each.sides, each.operators
    if each.name:
        yield Line(each.start, label, (Claim((Sym(each.name), *sides), ("=", *operators)),))
    elif each.kind is ClaimKind.EXCLUSION:
        for pair, operator in zip(pairwise(sides), operators, strict=True):
            yield Line(each.start, label, (Claim(pair, (operator,)),))
    elif operators == ("=",) and sides[0] == ZERO:
        yield Line(each.start, label, (Claim(sides[::-1], operators),))
    else:
        yield Line(each.start, label, (Claim(sides, operators),))
