"""One spelling for equations that differ only in names, the order of terms or of sides."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

from rlvr.data.equation import Equation

Bucket = Literal["train", "validation", "test"]


def normalise(equation: Equation) -> str:
    """``"0=+6+x^2-5x"`` for ``y^2 - 5y + 6 = 0`` and for ``0 = 6 - 5z + z^2``.

    Nothing is simplified: ``2x = 4`` and ``x = 2`` stay two equations.
    """
    parameters = ";".join(f"{name}={value}" for name, value in equation.params)
    return normal_form(equation.lhs, equation.rhs, equation.unknown, parameters)


def normal_form(lhs: str, rhs: str, unknown: str, parameters: str = "") -> str:
    """``normalise`` of two sides as text."""
    sides = sorted(_sorted_terms(side, unknown) for side in (lhs, rhs))
    return "=".join(sides) + (f"@{parameters}" if parameters else "")


def bucket_of(normal_form: str) -> Bucket:
    """The split an equation belongs to, whatever the seed: 20 % test, 5 % validation."""
    share = int.from_bytes(blake2b(normal_form.encode(), digest_size=4).digest(), "big") % 20
    if share < 4:
        return "test"
    return "validation" if share == 4 else "train"


def _sorted_terms(side: str, unknown: str) -> str:
    terms, depth = [""], 0
    for character in side.replace(" ", "").replace(unknown, "x"):
        depth += (character == "(") - (character == ")")
        if character in "+-" and depth == 0 and terms[-1]:
            terms.append("")
        terms[-1] += character
    return "".join(sorted(term if term[0] in "+-" else f"+{term}" for term in terms))
