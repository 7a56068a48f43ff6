"""Whole answers in a foreign way of writing a set, put into the words of our own grammar.

Each pattern takes the whole text or nothing, so that no part of an answer changes its meaning.
"""

from __future__ import annotations

import re

_REALS = r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|\\R)"
_INFINITY = r"(?:∞|\\infty)"
_ENDS = r"(?P<low>[^\[\](){}|]+?)[,;](?P<high>[^\[\](){}|]+?)"

# ]-2, 3[ and [-1, 2[ : a bracket that is turned away leaves its end out.
_OPEN_LEFT = re.compile(rf"\]{_ENDS}(?P<close>[\[\]])")
_OPEN_RIGHT = re.compile(rf"\[{_ENDS}\[")
_WITHOUT = re.compile(rf"{_REALS}\s*[-−–]\s*(?P<rest>\\?\{{.*\}})")
_NONZERO = re.compile(r"(?:all|any|every) (?:non-?zero) (?:real numbers?|reals?)", re.IGNORECASE)
_EXCEPT_ZERO = re.compile(r"(?P<start>.*real numbers? (?:except|but|other than)) zero", re.I)


def in_our_words(text: str, unknown: str) -> str:
    """``(-2, 3)`` for ``]-2, 3[``, ``x < 2`` for ``{x | x < 2}``; else the text as it is."""
    plain = text.strip().strip("$").strip().removesuffix(".")
    name = rf"(?<![A-Za-z\\]){re.escape(unknown)}"
    if found := _OPEN_LEFT.fullmatch(plain):
        close = ")" if found["close"] == "[" else "]"
        return f"({found['low']}, {found['high']}{close}"
    if found := _OPEN_RIGHT.fullmatch(plain):
        return f"[{found['low']}, {found['high']})"
    if re.fullmatch(rf"-\s*{_INFINITY}\s*<\s*{name}\s*<\s*\+?\s*{_INFINITY}", plain):
        return "all real numbers"
    if found := _WITHOUT.fullmatch(plain):
        return f"ℝ \\setminus {found['rest']}"
    if _NONZERO.fullmatch(plain):
        return "all real numbers except 0"
    if found := _EXCEPT_ZERO.fullmatch(plain):
        return f"{found['start']} 0"
    return _set_builder(plain, name) or text


def _set_builder(plain: str, name: str) -> str | None:
    """The condition of ``{x | x < 2}`` and ``{x ∈ ℝ : x < 2}``: inequalities of the unknown."""
    found = re.fullmatch(
        rf"(?:\\left\s*)?\\?\{{\s*{name}\s*(?:(?:∈|\\in)\s*{_REALS}\s*)?(?:\||\\mid|\\vert|:)"
        r"(?P<condition>[^|:]*?)(?:\\right\s*)?\\?\}",
        plain,
    )
    if (
        found is None
        or not _is_balanced(found["condition"])
        or not re.search(
            rf"{name}\s*(?:[<>≤≥≠]|\\[lg]eq?\b|\\neq?\b|!=)|"
            rf"(?:[<>≤≥]|\\[lg]eq?\b)=?\s*{name}",
            found["condition"],
        )
    ):
        return None
    return found["condition"].strip()


def _is_balanced(text: str) -> bool:
    """Whether no brace closes what was not opened in the text."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
