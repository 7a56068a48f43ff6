"""The likely cause of a wrong step."""

from __future__ import annotations

from collections.abc import Iterator

from verifiers.algebra.evaluate import evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.polynomial import to_poly
from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.solve.kernels import ZERO
from verifiers.syntax.ast import Add, Div, Expr, Func, Log, Mul, Neg, Num, Pow, Root
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.trace.equations import may_be_gained
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.numbers import solution_set
from verifiers.trace.records import Cause

MAX_FLIPS = 12
_FUNCTIONS = (Root, Log, Func)


def cause_of(
    facts: Facts,
    before: tuple[Expr, Expr],
    now: tuple[Expr, Expr],
    judged: Judged,
    wrong_sum: bool,
) -> Cause:
    """In the order in which a reader would think of them."""
    if wrong_sum or judged.sum_is_wrong:
        return Cause.ARITHMETIC
    if _is_factored(now) and not _is_factored(before):
        return Cause.WRONG_FACTORS
    if any(_repairs(facts, flipped) for flipped in _flipped(now)) or any(
        solution_set(facts, *flipped) == judged.numbers
        for sides in dict.fromkeys((before, facts.solution.equation.sides))
        for flipped in _flipped(sides)
    ):
        return Cause.SIGN
    if judged.gained == EMPTY:
        is_divided = _divides(facts, before, now) or both_vanish(facts, before, judged.lost)
        return Cause.DIVISION if is_divided else Cause.UNKNOWN
    if _roots(before) and not _roots(now):
        return Cause.SQUARING
    return Cause.UNKNOWN if _is_misread(facts, before, now, judged) else Cause.ARITHMETIC


def _is_misread(
    facts: Facts, before: tuple[Expr, Expr], now: tuple[Expr, Expr], judged: Judged
) -> bool:
    """A rule that is none, while every number is right: of a root, a power or a logarithm, of a
    product that is not 0, of fractions multiplied across."""
    if any(isinstance(part, _FUNCTIONS) for side in now for part in subexpressions(side)):
        return True
    if any(
        isinstance(side, Mul)
        and any(factor in now for factor in side.factors if free_names(factor))
        for side in before
    ):
        return True
    wrong = (*_across(before), *_across(facts.solution.equation.sides))
    return any(solution_set(facts, *sides) == judged.numbers for sides in wrong)


def _across(sides: tuple[Expr, Expr]) -> Iterator[tuple[Expr, Expr]]:
    """``ab = cd`` of ``a/b = c/d``."""
    left, right = sides
    if isinstance(left, Div) and isinstance(right, Div):
        yield Mul((left.numerator, left.denominator)), Mul((right.numerator, right.denominator))


def _is_factored(sides: tuple[Expr, Expr]) -> bool:
    return any(
        (isinstance(side, Mul) and sum(bool(free_names(factor)) for factor in side.factors) > 1)
        or isinstance(side, Pow)
        for side, other in (sides, sides[::-1])
        if other == ZERO
    )


def _roots(sides: tuple[Expr, Expr]) -> bool:
    return any(isinstance(part, Root) for side in sides for part in subexpressions(side))


def _divides(facts: Facts, before: tuple[Expr, Expr], now: tuple[Expr, Expr]) -> bool:
    """Whether the polynomial now divides the one before, by a factor with the unknown."""
    unknown = facts.solution.unknown
    try:
        polys = [to_poly(Add((left, Neg(right))), unknown) for left, right in (before, now)]
    except OverBudgetError:
        return False
    if polys[0] is None or polys[1] is None or not polys[1]:
        return False
    return polys[1].degree() < polys[0].degree() and not polys[0] % polys[1]


def both_vanish(facts: Facts, sides: tuple[Expr, Expr], lost: RealSet) -> bool:
    """Whether both sides are 0 at all that was lost: their common factor was divided out."""
    points = lost.points
    if not points:
        return False
    values = [evaluate(side, {facts.solution.unknown: point}) for point in points for side in sides]
    is_zero = all(isinstance(value, Real) and value.sign() == 0 for value in values)
    return is_zero and not any(isinstance(side, Num) for side in sides)


def _flipped(sides: tuple[Expr, Expr]) -> Iterator[tuple[Expr, Expr]]:
    """The equation with the sign of one term changed."""
    count = 0
    for place, side in enumerate(sides):
        terms = side.terms if isinstance(side, Add) else (side,)
        for index, term in enumerate(terms):
            if isinstance(term, Num) and term.value == 0:
                continue
            count += 1
            if count > MAX_FLIPS:
                return
            other = term.arg if isinstance(term, Neg) else Neg(term)
            changed: Expr = Add((*terms[:index], other, *terms[index + 1 :]))
            if len(terms) == 1:
                changed = other
            yield (changed, sides[1]) if place == 0 else (sides[0], changed)


def _repairs(facts: Facts, sides: tuple[Expr, Expr]) -> bool:
    try:
        numbers = solution_set(facts, *sides)
    except (OverBudgetError, ValueError):
        return False
    if numbers is None or (facts.solutions & ~numbers) != EMPTY or numbers.points is None:
        return False
    gained = numbers & facts.domain & ~facts.solutions
    return all(point in facts.impostors for point in gained.points or ())


def candidate_cause(
    facts: Facts, before: tuple[Expr, Expr], judged: Judged, wrong_sum: bool
) -> Cause:
    values = judged.statement.values
    if not values:
        return Cause.UNKNOWN
    if not judged.sum_is_wrong and all(
        -value in facts.solutions or value in facts.solutions or -value in facts.impostors
        for value in values
    ):
        return Cause.SIGN
    if any(
        isinstance(part, _FUNCTIONS) or (isinstance(part, Pow) and free_names(part.exponent))
        for side in before
        for part in subexpressions(side)
    ):
        return Cause.UNKNOWN
    answer = RealSet.points_only(values)
    if not judged.sum_is_wrong and any(
        solution_set(facts, *sides) == answer for sides in _flipped(before)
    ):
        return Cause.SIGN
    return Cause.ARITHMETIC


def cause_kept(facts: Facts, gained: RealSet, wrong_sum: bool) -> Cause:
    """Why a conclusion has too much."""
    points = gained.points or ()
    if any(point not in facts.domain or point in facts.solution.excluded for point in points):
        return Cause.DROPPED_RESTRICTION
    sides = facts.solution.equation.sides
    if any(may_be_gained(facts, point, sides) for point in points):
        return Cause.SQUARING if _roots(sides) else Cause.DROPPED_RESTRICTION
    if points and all(-point in facts.solutions for point in points):
        return Cause.SIGN
    return Cause.ARITHMETIC if wrong_sum else Cause.UNKNOWN
