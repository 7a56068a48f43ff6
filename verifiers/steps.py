"""A chain of thought as lines, each with what it says in mathematics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from verifiers.syntax.ast import Expr, Operator
from verifiers.syntax.errors import OverBudgetError, ParseError
from verifiers.syntax.parser import parse_chain

MAX_LINES = 200
MAX_LINE_LENGTH = 400
# "Check 2: ", "Domain: ", "Formula: ": words, then a colon.
_LABEL = re.compile(r"\s*([A-Za-z][^:=<>≤≥≠|]{0,40}):\s+")
_RELATION = re.compile(r"[=<>≤≥≠]|\\(?:n?eq?|[lg]eq?)\b")


@dataclass(frozen=True, slots=True)
class Claim:
    """``sides[0] operators[0] sides[1] operators[1] ...``, as the line writes it."""

    sides: tuple[Expr, ...]
    operators: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """``label`` is what stands before a colon, in lower case; ``claims`` what could be read."""

    start: int  # character offset in the completion
    label: str
    claims: tuple[Claim, ...]


def read_lines(text: str, names: frozenset[str] = frozenset()) -> tuple[Line, ...]:
    """The lines of a completion that hold a relation, in order; prose holds none.

    A line's claims stand between commas, semicolons, colons and the word "and"; a part that does
    not parse claims nothing. Lines and parts over the budgets are left out.
    """
    lines = []
    start = 0
    for raw in text.split("\n")[:MAX_LINES]:
        if len(raw) <= MAX_LINE_LENGTH and _RELATION.search(raw):
            label = _LABEL.match(raw)
            body = raw[label.end() :] if label else raw
            claims = tuple(
                claim for part in _parts(body) if (claim := _claim(part, names)) is not None
            )
            lines.append(Line(start, label.group(1).lower() if label else "", claims))
        start += len(raw) + 1
    return tuple(lines)


def _parts(body: str) -> list[str]:
    return re.split(r"[,;:]\s|\s(?:and|or|so)\s|\.\s*$", body.strip(" .$"))


# The completions of a group share most of their lines.
@lru_cache(maxsize=8192)
def _claim(text: str, names: frozenset[str]) -> Claim | None:
    if not _RELATION.search(text):
        return None
    try:
        sides, operators = parse_chain(text, names)
    except (ParseError, OverBudgetError):
        return None
    return Claim(sides, operators) if operators else None
