"""The part of a polynomial that comes out of a root of it."""

from __future__ import annotations

from math import gcd

from flint import fmpq, fmpq_poly

from verifiers.algebra.integers import power_part, square_part

_ONE = fmpq_poly([1])


def plain_root(poly: fmpq_poly, index: int) -> tuple[fmpq_poly, fmpq_poly]:
    """``g, r`` with ``poly = g^index * r`` for all real values, and no less in g than shows.

    For index 2 g is a positive number; for an odd index it has the sign and every factor to a
    power of ``index`` or more.
    """
    integral = poly.numer()
    content = gcd(*(int(each) for each in integral.coeffs()))
    den = int(poly.denom())
    if index == 2:
        size, rest = square_part(content * den)  # content/den = size^2 * rest / den^2
        return fmpq_poly([fmpq(size, den)]), fmpq_poly(integral) * fmpq(rest, content)
    if integral[integral.degree()] < 0:
        content = -content
    size, rest = power_part(abs(content) * den ** (index - 1), index)
    outside = fmpq_poly([fmpq(size if content > 0 else -size, den)])
    inside = fmpq_poly([rest])
    for factor, times in (integral / abs(content)).factor()[1]:
        lead = fmpq_poly(factor)
        outside, inside = outside * lead ** (times // index), inside * lead ** (times % index)
    return outside, inside
