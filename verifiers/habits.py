"""Which habits a worked solution shows; only what the mathematics confirms counts.

A habit is read from lines of the completion before its final answer. Saying the words earns
nothing: a domain must be the equation's domain, factors must have its candidates as zeros, a
discriminant must be computed right, a check must name both sides' true values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isqrt

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.polynomial import polynomial_form, to_poly
from verifiers.algebra.roots import factor
from verifiers.habit_domain import SIGNS, comes_first, domain_stated
from verifiers.solve import Solution, UndecidedError, solve
from verifiers.steps import Claim, Line, read_lines
from verifiers.syntax.ast import Abs, Expr, Mul, Root, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError
from verifiers.syntax.parser import parse_expression
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.types import Ask, Habits, Problem, Reason, Verdict

NONE = Habits(
    domain_stated=None,
    domain_first=None,
    factoring=None,
    quadratic_formula=None,
    substitution_check=None,
    excluded_value_answered=None,
)


def read_habits(
    problem: Problem,
    completion: str,
    verdict: Verdict | None = None,
    lines: Sequence[Line] | None = None,
) -> Habits:
    """The habits of a completion; all ``None`` where the problem itself cannot be solved.

    ``verdict`` is the completion's own; without it no excluded value is looked for. ``lines`` are
    what it says, where it was read already; without them it is read line by line.
    """
    try:
        solution = solve(problem)
    except UndecidedError:
        return NONE
    if not isinstance(solution, Solution):
        return NONE  # habits are those of one equation in one unknown
    candidates = _candidates(solution)
    if lines is None:
        working = completion.rsplit("\\boxed", 1)[0]
        lines = read_lines(working, frozenset({solution.unknown}))
    stated_at = domain_stated(solution, lines)
    has_restriction = bool(solution.domain_texts)
    is_quadratic = candidates is not None and _is_quadratic(solution, candidates)
    return Habits(
        domain_stated=stated_at is not None if has_restriction else None,
        domain_first=comes_first(stated_at, lines, solution.unknown) if has_restriction else None,
        factoring=_factors(solution, candidates, lines)
        if is_quadratic and candidates and all(c.rational is not None for c in candidates)
        else None,
        quadratic_formula=_uses_formula(candidates, lines)
        if is_quadratic and candidates is not None
        else None,
        substitution_check=_checks(solution, candidates, lines)
        if candidates and _may_gain_roots(solution)
        else None,
        excluded_value_answered=_answers_excluded(problem, solution, verdict),
    )


def _candidates(solution: Solution) -> tuple[Real, ...] | None:
    """What is left after clearing denominators, roots and bars: solutions and impostors."""
    points = solution.solutions.points
    if points is None:
        return None
    return (*points, *solution.excluded, *solution.extraneous)


def _has(solution: Solution, kinds: type | tuple[type, ...]) -> bool:
    return any(
        isinstance(part, kinds) for side in solution.equation.sides for part in subexpressions(side)
    )


def _is_quadratic(solution: Solution, candidates: Sequence[Real]) -> bool:
    """The way leads over a quadratic: two candidates or none, and no case split."""
    return len(candidates) in (0, 2) and not _has(solution, Abs)


def _may_gain_roots(solution: Solution) -> bool:
    """Squaring and case splits gain roots that no domain shows."""
    return _has(solution, (Root, Abs))


# Factoring and formula


def _factors(solution: Solution, candidates: Sequence[Real], lines: Sequence[Line]) -> bool:
    """``(x - 2)(x - 3) = 0`` whose zeros are the candidates."""
    return any(
        claim.operators == ("=",)
        and _is_zero(claim.sides[1])
        and _is_factored(claim.sides[0], solution.unknown)
        and _same_numbers(_zeros(claim.sides[0], solution.unknown), candidates)
        for line in lines
        for claim in line.claims
    )


def _is_factored(expr: Expr, unknown: str) -> bool:
    if not isinstance(expr, Mul):
        return False
    factors = [factor for factor in expr.factors if unknown in free_names(factor)]
    forms = [polynomial_form(factor, unknown) for factor in factors]
    return len(factors) > 1 and all(form is not None and len(form) == 2 for form in forms)


def _zeros(expr: Expr, unknown: str) -> tuple[Real, ...] | None:
    poly = to_poly(expr, unknown)
    if not poly:
        return None
    return tuple(root for each in factor(poly) for root in each.roots)


def _uses_formula(candidates: Sequence[Real], lines: Sequence[Line]) -> bool:
    """``D = 25 - 24 = 1``: right arithmetic, and a multiple of the quadratic has that D."""
    for line in lines:
        for claim in line.claims:
            if claim.sides[0] != Sym("D") or len(claim.sides) < 2 or claim.operators[0] != "=":
                continue
            value = _chain_value(Claim(claim.sides[1:], claim.operators[1:]))
            if value is not None and _is_discriminant(value, candidates):
                return True
    return False


def _chain_value(claim: Claim) -> Real | None:
    """The first side's value, where every relation of the chain holds."""
    values = [_number(side) for side in claim.sides]
    for left, operator, right in zip(values, claim.operators, values[1:], strict=False):
        if left is None or right is None:
            return None
        sign = (left - right).sign()
        if sign not in ((0,) if operator == "=" else SIGNS[operator]):
            return None
    return values[0]


def _is_discriminant(value: Real, candidates: Sequence[Real]) -> bool:
    if not candidates:
        return value.sign() < 0
    gap = candidates[0] - candidates[1]
    ratio = (value / (gap * gap)).rational  # a^2 for the quadratic ax^2 + bx + c
    return ratio is not None and ratio > 0 and _is_square(ratio)


def _is_square(ratio: Fraction) -> bool:
    return all(isqrt(n) ** 2 == n for n in (ratio.numerator, ratio.denominator))


# Substitution


def _checks(solution: Solution, candidates: Sequence[Real], lines: Sequence[Line]) -> bool:
    """``Check 2: 3 != -3`` for every candidate, with the true value of each side."""
    checked = [
        number
        for line in lines
        if line.label.startswith("check") and (number := _checked(line, solution)) is not None
    ]
    return all(any(candidate == number for number in checked) for candidate in candidates)


def _checked(line: Line, solution: Solution) -> Real | None:
    """The number that a line puts back, where what it says of both sides is true."""
    unknown = solution.unknown
    subject = line.label.removeprefix("check").strip().removeprefix(f"{unknown} = ")
    try:
        number = _number(parse_expression(subject))
    except (ParseError, OverBudgetError):
        return None
    if number is None:
        return None
    sides = [evaluate(side, {unknown: number}) for side in solution.equation.sides]
    for claim in line.claims:
        values = [_number(side) for side in claim.sides]
        if claim.operators in (("=",), ("!=",)) and all(
            isinstance(side, Real) and value is not None and side == value
            for side, value in zip(sides, values, strict=True)
        ):
            is_equal = values[0] == values[1]
            return number if is_equal == (claim.operators[0] == "=") else None
    return None


def _answers_excluded(problem: Problem, solution: Solution, verdict: Verdict | None) -> bool | None:
    if not solution.excluded or problem.ask is not Ask.SOLUTIONS or verdict is None:
        return None
    return verdict.reason is Reason.OUTSIDE_DOMAIN


# Numbers


def _number(expr: Expr) -> Real | None:
    if free_names(expr):
        return None
    try:
        value = evaluate(expr, {})
    except (ValueError, OverBudgetError):
        return None
    return None if isinstance(value, Undefined) else value


def _is_zero(expr: Expr) -> bool:
    value = _number(expr)
    return value is not None and value.sign() == 0


def _same_numbers(found: Iterable[Real] | None, wanted: Sequence[Real]) -> bool:
    if found is None:
        return False
    numbers = list(found)
    return len(numbers) == len(wanted) and all(
        any(number == other for other in wanted) for number in numbers
    )
