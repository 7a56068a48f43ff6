"""The words of restrictions, and of discriminants."""

from __future__ import annotations

import re

from verifiers.syntax.ast import Expr
from verifiers.syntax.parser import parse_expression

FORBIDS = re.compile(
    r"[\s$]*(?:can(?:['’]?t|not| not)|must(?:n['’]t| not)|may not|should(?:n['’]t| not))\s+"
    r"(?:be|equal)(?:\s+equal\s+to)?[\s$]*",
    re.IGNORECASE,
)
RESTRICTS = re.compile(
    r"\b(?:for|where|with|provided(?: that)?|assuming(?: that)?|since|as long as)\W*$",
    re.IGNORECASE,
)
NAMES_DISCRIMINANT = re.compile(
    r"(?:\bdiscriminant(?: here| then| is| equals| of [^.;\n]{0,30})?|"
    r"\bb(?:\^\{?2\}?|²)\s*[-−]\s*4ac)[\s:=$*|]*$",
    re.IGNORECASE,
)
_DISCRIMINANTS = tuple(
    parse_expression(text) for text in ("b^2 - 4ac", "b^2 - 4*a*c", "b^2 - 4 a c", "B^2 - 4AC")
)


def is_discriminant(expr: Expr) -> bool:
    return expr in _DISCRIMINANTS
