"""Polynomials as text of our grammar."""

from __future__ import annotations

from flint import fmpq_poly, fmpz_poly


def poly_text(poly: fmpz_poly | fmpq_poly, unknown: str) -> str:
    """``2*x^2 - x + 3``."""
    text = ""
    for power in range(poly.degree(), -1, -1):
        coefficient = poly[power]
        if coefficient == 0:
            continue
        size = abs(coefficient)
        letters = "" if power == 0 else unknown if power == 1 else f"{unknown}^{power}"
        term = f"{size}*{letters}" if letters and str(size) != "1" else letters or str(size)
        sign = ("-" if coefficient < 0 else "") if not text else " - " if coefficient < 0 else " + "
        text += sign + term
    return text or "0"
