"""Roots and powers of exact real numbers, kept in the form a + b*sqrt(d) where they have it."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from verifiers.algebra.exact import Composite, Real, Surd
from verifiers.algebra.integers import exact_root, square_part
from verifiers.syntax.errors import MAX_POWER_BITS, OverBudgetError

MAX_INDEX = 64


def root(number: Real, index: int) -> Real:
    """The real ``index``-th root; raises ``ValueError`` for an even root of a negative number."""
    if index > MAX_INDEX:
        raise OverBudgetError(f"a root of an index above {MAX_INDEX}")
    sign = number.sign()
    if sign < 0:
        if index % 2 == 0:
            raise ValueError("an even root of a negative number")
        return -root(-number, index)
    if sign == 0:
        return Real.of(0)
    if index > 2 and index % 2 == 0:
        return root(root(number, 2), index // 2)
    if isinstance(number, Surd):
        simple = _sqrt(number) if index == 2 else _odd_root(number, index)
        if simple is not None:
            return simple
    return Composite("root", (number,), index)


def power(base: Real, exponent: Fraction) -> Real:
    """``base ** exponent``; raises ``ValueError``, ``ZeroDivisionError``, ``OverBudgetError``.

    A fractional exponent with odd denominator is the real root: (-8)^(1/3) = -2.
    """
    if exponent.denominator > 1:
        base = root(base, exponent.denominator)
    if exponent <= 0 and base.sign() == 0:
        raise ZeroDivisionError
    times = abs(exponent.numerator)
    rational = base.rational
    if rational is not None and rational in (0, 1, -1):
        times = times % 2 if rational == -1 else min(times, 1)
    upper, lower, _ = base.bounds()
    if times * max(upper, lower, 1) > MAX_POWER_BITS:
        raise OverBudgetError(f"a power of more than {MAX_POWER_BITS} bits")
    if isinstance(base, Surd) and not base.b:
        return Real.of(base.a**times if exponent >= 0 else base.a**-times)
    result: Real | None = None
    while times:
        if times & 1:
            result = base if result is None else result * base
        times >>= 1
        if times:
            base = base * base
    result = Real.of(1) if result is None else result
    return Real.of(1) / result if exponent < 0 else result


def _sqrt(x: Surd) -> Surd | None:
    """sqrt(a + b sqrt d) = u + v sqrt d, where there are such rational u and v."""
    if not x.b:
        p, q = int(x.a.p), int(x.a.q)
        s, d = square_part(p * q)
        return Surd(fmpq(s, q), fmpq(0), 1) if d == 1 else Surd(fmpq(0), fmpq(s, q), d)
    norm = _rational_root(x.a**2 - x.b**2 * x.d, 2)
    if norm is None:
        return None
    for u_squared in ((x.a + norm) / 2, (x.a - norm) / 2):
        u = _rational_root(u_squared, 2)
        if u:
            candidate = Surd(u, x.b / (2 * u), x.d)
            return candidate if candidate.sign() >= 0 else Surd(-candidate.a, -candidate.b, x.d)
    return None


def _odd_root(x: Surd, index: int) -> Surd | None:
    value = None if x.b else _rational_root(x.a, index)
    return None if value is None else Real.of(value)


def _rational_root(value: fmpq, index: int) -> fmpq | None:
    if value < 0:
        return None
    p, q = exact_root(int(value.p), index), exact_root(int(value.q), index)
    return None if p is None or q is None else fmpq(p, q)
