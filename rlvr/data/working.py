"""Worked solutions: short lines that end in ``\\boxed{}``, written with a novice's habits."""

from __future__ import annotations

from fractions import Fraction

from rlvr.data import write
from rlvr.data.equation import Equation
from rlvr.data.novice import Habit
from rlvr.data.numbers import (
    Number,
    Surd,
    add_up,
    numbers_text,
    quadratic_roots,
    square_free,
)
from verifiers import Ask


def polynomial_working(equation: Equation, ask: Ask, habit: Habit) -> str:
    """Domain, polynomial, roots, check, answer: the way of every family but linear and absolute."""
    lines = [f"Domain: {equation.domain}"] if equation.domain and habit.states_domain else []
    lines += equation.reduction
    more, candidates = find_roots(equation.polynomial, equation.unknown, habit)
    return "\n".join(lines + more + conclude(equation, ask, habit, candidates))


def find_roots(
    polynomial: tuple[int, int, int], unknown: str, habit: Habit
) -> tuple[list[str], tuple[Number, ...]]:
    """The lines that find the real roots, and the roots found: wrong ones where a novice slips.

    Rational roots are found by factors, or by the formula for those who use it out of habit; the
    others by completing the square, or by the formula where that would make fractions.
    """
    a, b, c = polynomial
    roots = quadratic_roots(a, b, c)
    if a == 0:
        return [], roots
    rational = [root for root in roots if isinstance(root, Fraction)]
    if rational and not habit.uses_formula:
        pair = (rational[0], rational[-1])
        return [f"Factor: {write.factored(a, pair, unknown)} = 0"], roots
    if rational or a != 1 or b % 2:
        return _by_formula(a, b, c, unknown, slips=habit.slips_sign and bool(rational))
    half = b // 2
    square = half * half - c
    steps = write.difference(half * half, c)
    shown = f"({write.linear(1, half, unknown)})^2" if half else f"{unknown}^2"
    return [f"Square: {shown} = {steps}{' < 0' if square < 0 else ''}"], roots


def _by_formula(
    a: int, b: int, c: int, unknown: str, slips: bool
) -> tuple[list[str], tuple[Number, ...]]:
    square, product = b * b, 4 * a * c
    discriminant = square - product
    shown = f"{square} - {product}" if product >= 0 else f"{square} + {-product}"
    first = f"Formula: D = {shown} = {discriminant}"
    if discriminant < 0:
        return [f"{first} < 0"], ()
    used = -b if slips else b
    k, d = square_free(discriminant) if discriminant else (0, 1)
    root = str(k) if d == 1 else f"√{discriminant}"
    denominator = f"/{2 * a}" if a > 0 else f"/({2 * a})"
    second = f"{unknown} = ({-used} ± {root}){denominator}"
    return [first, second], quadratic_roots(a, used, c)


def conclude(
    equation: Equation, ask: Ask, habit: Habit, candidates: tuple[Number, ...]
) -> list[str]:
    """Checks, where the novice does; drops what the domain or the check refuses; answers."""
    lines: list[str] = []
    kept = candidates
    if habit.states_domain:
        lines += [_held_against(value, equation.excluded) for value in _compared(equation, kept)]
    if not habit.forgets_domain:
        kept = tuple(value for value in kept if value not in equation.excluded)
    if equation.sides and habit.checks:
        refused = set()
        for value in kept:
            if isinstance(value, Surd):
                continue
            left, right, equal = equation.sides(value)
            if not equal:
                refused.add(value)
            lines.append(f"Check {value}: {left} {'=' if equal else '!='} {right}")
        kept = tuple(value for value in kept if value not in refused)
    return [*lines, *answer_lines(ask, kept)]


def _compared(equation: Equation, candidates: tuple[Number, ...]) -> list[Fraction]:
    """The candidates that could be excluded: excluded values are rational.

    None for a form that never gains one: a model that mostly reads "no" says it of all.
    """
    return [c for c in candidates if isinstance(c, Fraction)] if equation.may_gain_excluded else []


def _held_against(value: Fraction, excluded: tuple[Fraction, ...]) -> str:
    """``3 - 2 = 1``, and ``2 - 2 = 0`` for a candidate that the domain shuts out.

    Written so that the value of the denominator comes last, when both numbers stand there: asked
    for ``2 = 2`` or ``3 != 2``, a small model chooses the sign before it has looked.
    """
    return ", ".join(
        f"{value} {'+' if out < 0 else '-'} {abs(out)} = {value - out}" for out in excluded
    )


def answer_lines(ask: Ask, values: tuple[Number, ...]) -> list[str]:
    values = tuple(sorted(set(values), key=float))
    if ask is Ask.COUNT:
        return [f"Roots: {numbers_text(values) if values else 'none'}", f"\\boxed{{{len(values)}}}"]
    if ask is Ask.SUM and len(values) > 1:
        total = add_up(values)
        # The roots of a conjugate pair cancel.
        parts = [value.a if isinstance(value, Surd) else value for value in values]
        shown = str(parts[0]) + "".join(
            f" - {-part}" if part < 0 else f" + {part}" for part in parts[1:]
        )
        return [f"Sum: {shown} = {total}", f"\\boxed{{{total}}}"]
    return [f"\\boxed{{{numbers_text(values)}}}"]
