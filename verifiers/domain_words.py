"""An answer's words for the numbers that were asked for, as words for the reals.

Where solutions are looked for among the integers, ``x ∈ ℤ`` and "no integer solutions" say what
``x ∈ ℝ`` and "no real solutions" say elsewhere.
"""

from __future__ import annotations

import re

from verifiers.syntax.errors import MAX_CHARACTERS
from verifiers.types import Domain

_WORDS = {
    Domain.INTEGER: (r"integers", r"integer", r"\\mathbb\s*(?:\{\s*Z\s*\}|Z(?![a-z]))|ℤ"),
    Domain.RATIONAL: (
        r"rational numbers|rationals",
        r"rational",
        r"\\mathbb\s*(?:\{\s*Q\s*\}|Q(?![a-z]))|ℚ",
    ),
    Domain.COMPLEX: (
        r"complex numbers",
        r"complex",
        r"\\mathbb\s*(?:\{\s*C\s*\}|C(?![a-z]))|ℂ",
    ),
}
_POSITIVE_REALS = re.compile(
    r"(?:all|every|any) positive (?:real )?(?:numbers?|values?)\.?", re.IGNORECASE
)
_NO_POSITIVE = re.compile(r"\b(?:positive real|real positive|positive) (?=solution|root|number)")


def plain_words(text: str, unknown: str, domain: Domain) -> str:
    """``text`` with the words for the domain replaced; longer texts than any answer are left."""
    if domain is Domain.REAL or len(text) > MAX_CHARACTERS:
        return text
    if domain is Domain.POSITIVE:
        if _POSITIVE_REALS.fullmatch(text.strip()):
            return f"{unknown} > 0"
        return _NO_POSITIVE.sub("real ", text)
    many, one, sign = _WORDS[domain]
    text = re.sub(rf"\b(?:{many})\b", "real numbers", text, flags=re.IGNORECASE)
    text = re.sub(rf"\b(?:{one})\b", "real", text, flags=re.IGNORECASE)
    return re.sub(sign, "ℝ", text)
