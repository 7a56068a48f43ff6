"""Whole multiples of a period: which one is below a number, and what two periods share."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx

from verifiers.algebra.exact import Real
from verifiers.syntax.errors import OverBudgetError

_FLOOR_PRECISION = 4_096


def is_multiple(number: Real, period: Real) -> bool:
    """Whether ``number`` is a whole multiple of ``period`` > 0."""
    ratio = number / period
    rational = ratio.rational
    if rational is not None:
        return rational.denominator == 1
    with ctx.workprec(128):
        ball = ratio.ball()
    if not ball.contains_integer():
        return False
    nearest = ball.unique_fmpz()
    return nearest is not None and ratio == Real.of(int(nearest))


def floor(number: Real) -> int:
    """The largest integer that is not above ``number``."""
    rational = number.rational
    if rational is not None:
        return rational.__floor__()
    precision = 64
    while precision <= _FLOOR_PRECISION:
        with ctx.workprec(precision):
            ball = number.ball()
            whole = ball.floor().unique_fmpz() if ball.is_finite() else None
            if whole is not None:
                return int(whole)
            nearest = (ball + arb("0.5")).floor().unique_fmpz() if ball.is_finite() else None
        if nearest is not None and precision > 128:
            return int(nearest) - (number < Real.of(int(nearest)))
        precision *= 2
    raise OverBudgetError("a number too large to be placed on the line")


def reduced(number: Real, period: Real) -> Real:
    """``number`` less the multiple of the period that brings it into [0, period)."""
    return number - period * Real.of(floor(number / period))


def common_multiple(period: Real, other: Real) -> Real:
    """The least common multiple; raises ``OverBudgetError`` where there is none."""
    ratio = (period / other).rational
    if ratio is None:
        raise OverBudgetError("two families whose periods have no common multiple")
    return period * Real.of(ratio.denominator)


def step_text(step: Real, letter: str) -> str:
    """``2*pi*k``, ``k``, ``(1 + sqrt(2))*k``: a text of our grammar."""
    size = "" if step.rational == Fraction(1) else f"({step})*" if " " in str(step) else f"{step}*"
    return f"{size}{letter}"
