"""Polynomials as a person writes them: ``x^2 - 5x + 6``, ``(x - 2)(2x + 1)``."""

from __future__ import annotations

from fractions import Fraction


def signed_sum(terms: list[tuple[Fraction | int, str]]) -> str:
    """Joins (coefficient, name) pairs, leaving out zeros: ``[(1, "x^2"), (-5, "x"), (6, "")]``."""
    text = ""
    for coefficient, name in terms:
        if coefficient == 0:
            continue
        size = abs(coefficient)
        body = name if size == 1 and name else f"{size}{name}"
        if not text:
            text = f"-{body}" if coefficient < 0 else body
        else:
            text += f" - {body}" if coefficient < 0 else f" + {body}"
    return text or "0"


def quadratic(a: int, b: int, c: int, unknown: str) -> str:
    """``ax^2 + bx + c``; with ``a = 0`` a linear expression."""
    return signed_sum([(a, f"{unknown}^2"), (b, unknown), (c, "")])


def linear(a: int, b: int, unknown: str) -> str:
    return signed_sum([(a, unknown), (b, "")])


def difference(first: Fraction | int, second: Fraction | int) -> str:
    """``7 - 2 = 5``, ``7 + 2 = 9`` where the second is -2, ``-2`` where the first is 0.

    All families subtract in these words, so that a small model learns it once.
    """
    if not first or not second:
        return str(first - second)
    return f"{signed_sum([(first, ''), (-second, '')])} = {first - second}"


def factored(a: int, roots: tuple[Fraction, Fraction], unknown: str) -> str:
    """``a(x - r)(x - s)`` over the integers: ``(2x - 1)(x - 3)``, ``2(x - 2)(x + 5)``."""
    first, second = roots
    rest = a // (first.denominator * second.denominator)
    lead = {1: "", -1: "-"}.get(rest, str(rest))
    if first == second:
        return f"{lead}({_factor(first, unknown)})^2"
    return lead + "".join(
        unknown if root == 0 else f"({_factor(root, unknown)})" for root in (first, second)
    )


def _factor(root: Fraction, unknown: str) -> str:
    return linear(root.denominator, -root.numerator, unknown)
