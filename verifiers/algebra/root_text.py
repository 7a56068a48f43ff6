"""An irrational root as text: its polynomial, an interval without another root, a few digits."""

from __future__ import annotations

from flint import ctx, fmpq, fmpz_poly

from verifiers.algebra.exact import Real
from verifiers.algebra.isolate import isolate
from verifiers.algebra.poly_text import poly_text


def root_text(number: Real, poly: fmpz_poly, index: int) -> str:
    """``root of x^3 - x - 1 in (1, 2), about 1.3247``: the ``index``-th real root, ascending."""
    low, high = _shown_interval(number, poly, index)
    with ctx.workprec(64):
        about = number.ball().str(5, radius=False)
    return f"root of {poly_text(poly, 'x')} in ({low}, {high}), about {about}"


def _shown_interval(number: Real, poly: fmpz_poly, index: int) -> tuple[str, str]:
    """The shortest decimals around the number, one unit apart, between which no other root is."""
    others = [interval for k, interval in enumerate(isolate(poly)) if k != index]
    places = 0
    while True:
        scale = 10**places
        whole = _floor(number * Real.of(scale))
        low, high = fmpq(whole, scale), fmpq(whole + 1, scale)
        if not any(_has_root(poly, low, high, interval) for interval in others):
            return _decimal(whole, places), _decimal(whole + 1, places)
        places += 1


def _has_root(poly: fmpz_poly, low: fmpq, high: fmpq, interval: tuple[fmpq, fmpq]) -> bool:
    """Whether the one root in ``interval`` lies between ``low`` and ``high`` too."""
    low, high = max(low, interval[0]), min(high, interval[1])
    return low < high and (poly(low) > 0) != (poly(high) > 0)


def _floor(number: Real) -> int:
    """The integer below an irrational number."""
    precision = 64
    while True:
        with ctx.workprec(precision):
            whole = number.ball().floor().unique_fmpz()
        if whole is not None:
            return int(whole)
        precision *= 2


def _decimal(whole: int, places: int) -> str:
    if not places:
        return str(whole)
    digits = str(abs(whole)).rjust(places + 1, "0")
    return f"{'-' if whole < 0 else ''}{digits[:-places]}.{digits[-places:]}"
