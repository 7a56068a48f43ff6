"""The fixed English phrases of answers, read as text: what is no mathematics but says a set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_PHRASE = 300

UNWRAP = re.compile(r"\\(?:text|mathrm|textrm|textbf|mathbf|textit|mbox|rm)\s*\{([^{}]*)\}")
_A_WORD = re.compile(r"[A-Za-z]{3}")
_SPACE = re.compile(r"(?:\s|~|\$|\\[,;:!()\[\] ]|\\quad|\\qquad)+")

_NAME = r"(?:x|(?:the )?values? of x|the unknown)"
_NUMBERS = r"(?:real numbers?|reals?|real values?|numbers?|values?)"
_AMONG = r"(?: (?:in|over|among|within|for) (?:the )?(?:set of )?(?:reals?|real numbers?|r|ℝ))?"
_THING = rf"(?:(?:solutions?|roots?|answers?|x|{_NUMBERS})(?: set)?)"
_SATISFY = (
    r"(?: (?:that )?(?:satisf(?:y|ies)|solves?|works?|exists?)(?: (?:the|this) equation| it)?)?"
)
_OWNER = r"(?:(?:the|this) (?:given )?(?:equation|system)(?: of equations)? |it |x )?"
_THEREFORE = r"(?:(?:so|therefore|thus|hence),? )?"

_NO_SOLUTION = re.compile(
    rf"{_THEREFORE}(?:"
    rf"{_OWNER}(?:has |have |there (?:is|are|exists?) )?(?:no|zero)(?: such| valid)?"
    rf"(?: real)?(?:[- ]valued)? {_THING}(?: (?:of|for) x)?{_SATISFY}{_AMONG}"
    rf"|{_OWNER}(?:does not|doesn't|do not) have (?:any|a)(?: valid)?(?: real)? {_THING}{_AMONG}"
    r"|there (?:is|are)(?: not|n't) any(?: valid)?(?: real)? (?:solutions?|roots?)"
    r"|none(?: exists?)?|(?:the )?(?:empty|null) set|(?:a |the )?solution set is empty"
    r"|(?:the )?(?:solution )?does not exist|dne"
    r"|(?:the )?(?:system|equations?)(?: of equations)? (?:is|are) inconsistent|inconsistent"
    r")"
)
_ALL_REALS = re.compile(
    rf"{_THEREFORE}(?:{_NAME} (?:is|can be|may be|=|∈|\\in) )?(?:(?:the )?set of )?"
    r"(?:all|every|any)(?: the)? (?:x|real numbers?|reals?|real values?|real x)(?: of x| x)?"
    r"(?P<rest>.*)"
)
_EXCEPT = re.compile(
    r",? ?(?:except(?: for)?|excluding|other than|but not|but|apart from|besides|without)"
    r"(?: the value| when| where| at)? (?P<rest>.+)"
)
_SUCH_THAT = re.compile(r",? ?\(?(?:such that|where|with|for which|satisfying|,) ?(?P<rest>.+?)\)?")
_INFINITELY_MANY = re.compile(
    rf"{_OWNER}(?:has |there are )?(?:infinitely many|an infinite number of)(?: real)?"
    r"(?: solutions?| roots?)?|infinite|infinity|∞|\\infty"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """``rest`` is the mathematics after "except" (``but``) or "such that" (``with``)."""

    kind: Literal["no solution", "all reals", "infinitely many"]
    link: Literal["", "but", "with"] = ""
    rest: str = ""


def unwrapped(text: str) -> str:
    """``text`` with ``\\text{...}`` and the like replaced by what is in them."""
    return UNWRAP.sub(r" \1 ", text)


def read_phrase(text: str, unknown: str) -> Phrase | None:
    """The phrase that the whole text is, or None. Never a part of it: "not 7" is no phrase."""
    if len(text) > MAX_PHRASE or not (_A_WORD.search(text) or "∞" in text):
        return None
    plain = _SPACE.sub(" ", unwrapped(text)).strip().rstrip(".!").strip()
    lowered = plain.lower()
    named = re.sub(rf"(?<![a-z\\]){re.escape(unknown.lower())}(?![a-z])", "x", lowered)
    if _NO_SOLUTION.fullmatch(named):
        return Phrase("no solution")
    if _INFINITELY_MANY.fullmatch(named):
        return Phrase("infinitely many")
    match = _ALL_REALS.fullmatch(named)
    if match is None:
        return None
    rest = match["rest"]
    if not rest.strip():
        return Phrase("all reals")
    # the mathematics is cut from the text as it was written, where X and x differ
    for link, pattern in (("but", _EXCEPT), ("with", _SUCH_THAT)):
        inner = pattern.fullmatch(rest)
        if inner is not None:
            offset = match.start("rest") + inner.start("rest") - len(named)
            end = match.start("rest") + inner.end("rest") - len(named)
            return Phrase("all reals", link, plain[offset : end or None])  # type: ignore[arg-type]
    return None
