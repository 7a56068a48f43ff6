"""Exact roots of integers."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt

SMALL_PRIMES = [n for n in range(2, 1000) if all(n % k for k in range(2, isqrt(n) + 1))]


@lru_cache(maxsize=4096)
def square_part(n: int) -> tuple[int, int]:
    """``n = s*s*d`` as (s, d), n > 0; d is no square and has no square of a small prime in it."""
    s, d = 1, n
    for prime in SMALL_PRIMES:
        if prime * prime > d:
            break
        while d % (prime * prime) == 0:
            d //= prime * prime
            s *= prime
    whole = isqrt(d)
    return (s * whole, 1) if whole * whole == d else (s, d)


def power_part(n: int, index: int) -> tuple[int, int]:
    """``n = s**index * d`` as (s, d), n > 0; d is no such power and has none of a small prime."""
    s, d = 1, n
    for prime in SMALL_PRIMES:
        power = prime**index
        if power > d:
            break
        while d % power == 0:
            d //= power
            s *= prime
    whole = exact_root(d, index)
    return (s, d) if whole is None else (s * whole, 1)


def exact_root(n: int, index: int) -> int | None:
    """The integer whose ``index``-th power is ``n`` >= 0, if there is one."""
    guess = isqrt(n) if index == 2 else _floor_root(n, index)
    return guess if guess**index == n else None


def _floor_root(n: int, index: int) -> int:
    """Newton's iteration from above."""
    if n < 2:
        return n
    guess = 1 << -(-n.bit_length() // index)
    while True:
        better = ((index - 1) * guess + n // guess ** (index - 1)) // index
        if better >= guess:
            return guess
        guess = better
