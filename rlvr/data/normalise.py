"""One spelling for equations that differ only in names, the order of terms or of sides."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Literal

from rlvr.data.equation import Equation
from rlvr.data.relations import FLIPPED, Relations

Bucket = Literal["train", "validation", "test"]


def normalise(equation: Equation | Relations) -> str:
    """``"0=+6+x^2-5x"`` for ``y^2 - 5y + 6 = 0`` and for ``0 = 6 - 5z + z^2``.

    Nothing is simplified: ``2x = 4`` and ``x = 2`` stay two equations. The order of a system does
    not matter, nor does ``>`` for ``<``.
    """
    if isinstance(equation, Relations):
        return _normalise_relations(equation)
    parameters = ";".join(f"{name}={value}" for name, value in equation.params)
    return normal_form(equation.lhs, equation.rhs, equation.unknown, parameters)


def normal_form(lhs: str, rhs: str, unknown: str, parameters: str = "") -> str:
    """``normalise`` of two sides as text."""
    sides = sorted(_sorted_terms(side, unknown) for side in (lhs, rhs))
    return "=".join(sides) + (f"@{parameters}" if parameters else "")


def _normalise_relations(drawn: Relations) -> str:
    names = {name: "xy"[place] for place, name in enumerate(drawn.unknowns)}
    names |= {name: "ab"[place] for place, (name, _) in enumerate(drawn.conditions)}

    def renamed(text: str) -> str:  # "log" and "ln" hold no names
        return re.sub("log|ln|[a-z]", lambda match: names.get(match[0], match[0]), text)

    forms = []
    for left, operator, right in drawn.relations:
        sides = [_sorted_terms(renamed(side), "x") for side in (left, right)]
        if operator == "=":
            sides.sort()
        elif operator.startswith(">"):
            sides.reverse()
            operator = FLIPPED[operator]
        forms.append(operator.join(sides))
    given = ";".join(renamed(condition) for _, condition in drawn.conditions)
    return ",".join(sorted(forms)) + (f"@{given}" if drawn.conditions else "")


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
