"""What a text says about free names: ``, t ∈ ℝ``, ``for any real t``, ``{(t, 1 - t) | t ∈ ℝ}``."""

from __future__ import annotations

import re

MAX_DECLARATION = 120  # characters of "where t is any real number"

_NAMES = r"(?P<names>[A-Za-z](?:_\w+)?(?:\s*(?:,|and)\s*[A-Za-z](?:_\w+)?)*)"
_ANY = r"(?:an? )?(?:any|all|every|each|arbitrary|free)"
_REAL = r"(?:real )?(?:real|number|value|parameter|variable)s?"
_FREE = re.compile(
    r"[,;:]?\s*(?:(?:where|with|for|and|such that)\s+)?(?:"
    rf"(?:{_ANY}\s+)?{_NAMES}\s*(?:∈|\\in\b|\bin\b)\s*"
    r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|R\b|the reals)"
    rf"|{_ANY}\s+(?:{_REAL}\s+)?(?:of\s+)?{_NAMES.replace('names', 'names2')}"
    rf"|{_NAMES.replace('names', 'names3')}\s+(?:(?:is|are|can be|may be)\s+)?(?:{_ANY}|real)"
    rf"(?:\s+{_REAL})?"
    r")[\s.$]*"
)
_BUILDER = re.compile(
    r"\s*(?:\\left\s*)?\\?\{\s*(?P<tuple>(?:\\left\s*)?\([^|:]*?\))\s*"
    r"(?:(?:∈|\\in\b)\s*(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?)\s*(?:[²³]|\^\s*\{?\d\}?)\s*)?"
    r"(?:\\[,;]\s*)*(?:\||:|\\mid\b|\\vert\b)(?P<rest>.*?)(?:\\right\s*)?\\?\}[\s.$]*"
)
_CUT = re.compile(r"[,;:]|(?<=\))\s|\s(?=(?:where|with|for|and|such that)\b)")


def without_declaration(text: str) -> tuple[str, frozenset[str]]:
    """The text before ``, t ∈ ℝ`` or ``for any real t``, and the names declared there."""
    for match in _CUT.finditer(text, max(len(text) - MAX_DECLARATION, 0)):
        at = match.start()
        tail = _FREE.fullmatch(text, at)
        if tail and text[:at].strip():
            names = tail["names"] or tail["names2"] or tail["names3"]
            return text[:at], frozenset(re.split(r"\s*,\s*|\s+and\s+", names.replace("{", "")))
    return text, frozenset()


def without_builder(text: str, unknowns: tuple[str, ...]) -> str:
    """``(t, 1 - t), t ∈ ℝ`` for ``{(t, 1 - t) | t ∈ ℝ}``, ``y = 1 - x`` for ``{(x, y) | ...}``."""
    found = _BUILDER.fullmatch(text)
    if found is None:
        return text
    names = re.sub(r"[\s{}()]|\\left|\\right|\\[,;]", "", found["tuple"]).split(",")
    if sorted(names) == sorted(unknowns):
        return found["rest"]
    return f"{found['tuple']}, {found['rest']}"
