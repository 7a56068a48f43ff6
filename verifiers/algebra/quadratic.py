"""Numbers a + b*sqrt(d) as their parts: in one field where they can be, and as a text."""

from __future__ import annotations

from math import isqrt

from flint import fmpq


def same_field(b: fmpq, d: int, other_b: fmpq, other_d: int) -> tuple[fmpq, int] | None:
    """The other's coefficient and radicand over this radicand, where the fields are the same."""
    if not other_b or d == other_d:
        return other_b, d
    if not b:
        return other_b, other_d
    root = isqrt(d * other_d)
    return (other_b * fmpq(root, d), d) if root * root == d * other_d else None


def surd_text(a: fmpq, b: fmpq, d: int) -> str:
    """``(1 + sqrt(5))/2``: text of our grammar."""
    if not b:
        return str(a)
    common = a.q * b.q / a.q.gcd(b.q)
    p, q = (a * common).p, (b * common).p  # str of these has no limit of digits
    root = f"sqrt({d})" if abs(q) == 1 else f"{abs(q)}*sqrt({d})"
    if p == 0:
        text = ("-" if q < 0 else "") + root
    else:
        text = f"{p} {'-' if q < 0 else '+'} {root}"
        text = f"({text})" if common > 1 else text
    return text if common == 1 else f"{text}/{common}"
