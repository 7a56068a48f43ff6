"""How far a share that was counted may lie from the true one."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054


def wilson(count: float, total: int, z: float = Z_95) -> tuple[float, float]:
    """The Wilson score interval of ``count`` of ``total``: (low, high) in 0..1, 95 % by default.

    Unlike the normal approximation it stays in 0..1 and has a width where ``count`` is 0 or all.
    Raises ``ValueError`` without ``0 <= count <= total`` and ``total >= 1``.
    Source: Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference.
    """
    if not 0 <= count <= total or total < 1:
        raise ValueError(f"wilson needs 0 <= count <= total, total >= 1; got {count} of {total}")
    share, z2 = count / total, z * z
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = z * sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    # Rounding must not put an end inside of a count of 0 or of all.
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == total else min(1.0, centre + half)
    return low, high
