"""Equations and inequalities with a stated interval: ``sin x = 1/2, 0 <= x < 2π``."""

from __future__ import annotations

import re

from verifiers.algebra.sets import RealSet
from verifiers.phrases import unwrapped
from verifiers.read_set import parse_set
from verifiers.read_value import AnswerError
from verifiers.syntax.errors import MAX_CHARACTERS, ParseError

_LINK = re.compile(r"[,;]|\\quad|\\qquad|\\colon|\b(?:for|where|with|on|if|and|in the interval)\b")
_FILLER = re.compile(
    r"^(?:[,;:\s]|\\[,;:! ]|\\q?quad|for|where|with|on|if|and|in|the|interval|all|that)+"
    r"(?![A-Za-z])"
)
_RELATION = re.compile(r"[=<>≤≥≠]|\\(?:leq?|geq?|lt|gt|neq?)(?![A-Za-z])")
_RESTRICTS = re.compile(r"[<>≤≥≠∈]|\\(?:leq?|geq?|lt|gt|neq?|in)\b|^[\[(]|\bin\b")


def split_stated(text: str) -> tuple[str, str] | None:
    """The equation and the restriction that follows it, or None where there is none."""
    if len(text) > MAX_CHARACTERS:
        return None
    plain = unwrapped(text)
    depth = start = 0
    for link in _LINK.finditer(plain):
        depth += sum((each in "([{") - (each in ")]}") for each in plain[start : link.start()])
        start = link.start()
        if depth == 0 and _RELATION.search(plain, 0, start):
            rest = _FILLER.sub("", plain[start:]).strip()
            return (plain[:start], rest) if _RESTRICTS.search(rest) else None
    return None


def stated_set(rest: str, unknown: str) -> RealSet | None:
    """The numbers that a restriction leaves, or None where it is none of the unknown."""
    if re.search(r"(?<![<>!])=(?!=)", rest):
        return None
    try:
        return parse_set(rest, unknown)
    except (ParseError, AnswerError):
        return None
