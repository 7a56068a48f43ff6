"""Sums of polynomials times products of roots (generators), and the conjugates of such a sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flint import fmpq, fmpq_poly

EXPONENT_BITS = 7
_MASK = (1 << EXPONENT_BITS) - 1

Numerator: TypeAlias = dict[int, fmpq_poly]
"""A key has seven bits for the exponent of each generator. No value is zero; {} is zero."""

_ONE = fmpq_poly([1])


def exponent(key: int, k: int) -> int:
    """The exponent of generator k in a key."""
    return key >> k * EXPONENT_BITS & _MASK


def add(left: Numerator, right: Numerator) -> Numerator:
    result = dict(left)
    for key, poly in right.items():
        total = result[key] + poly if key in result else poly
        if total:
            result[key] = total
        else:
            result.pop(key, None)
    return result


def conjugates(
    num: Numerator, top: int, index: int, multiply: Callable[[Numerator, Numerator], Numerator]
) -> Numerator:
    """A C such that ``num * C`` has no generator ``top`` in it, whose power ``index`` has none.

    For 2 it is P - Q s for P + Q s. In general multiplying with ``num`` is a linear map; its traces
    p_j are ``index`` times the part of num^j without s, Newton's identities give its
    characteristic polynomial, and by Cayley and Hamilton
    num * (num^(n-1) - e_1 num^(n-2) + ...) = ± e_n.
    """
    if index == 2:
        return {key: -poly if exponent(key, top) else poly for key, poly in num.items()}
    powers: list[Numerator] = [{0: _ONE}]
    traces: list[Numerator] = [{}]
    symmetric: list[Numerator] = [{0: _ONE}]
    for m in range(1, index):
        powers.append(multiply(powers[-1], num))
        plain = {key: poly for key, poly in powers[m].items() if not exponent(key, top)}
        traces.append(_scaled(plain, fmpq(index)))
        total: Numerator = {}
        for i in range(1, m + 1):
            term = multiply(symmetric[m - i], traces[i])
            total = add(total, _scaled(term, fmpq((-1) ** (i - 1), m)))
        symmetric.append(total)
    result: Numerator = {}
    for m in range(index):
        term = multiply(symmetric[m], powers[index - 1 - m])
        result = add(result, _scaled(term, fmpq((-1) ** m)))
    return result


def _scaled(num: Numerator, factor: fmpq) -> Numerator:
    return {key: poly * factor for key, poly in num.items()}
