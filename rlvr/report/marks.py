"""A checked trace as the page shows it: its marks, and its first wrong step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rlvr.trace.marks import marks_of

BrowserMark = tuple[int, int, str, str]


def browser_marks(trace: Mapping[str, Any], text: str) -> list[BrowserMark]:
    """``(start, end, kind, evidence)``; offsets count UTF-16 units, as a browser does."""
    return [
        (_units(text[: mark.start]), _units(text[: mark.end]), mark.kind, mark.evidence)
        for mark in marks_of(trace, len(text))
    ]


def error_of(trace: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first wrong step for a person: its ``line`` (from 0), and what it did."""
    error = trace["first_error"]
    if error is None:
        return None
    return {
        "line": trace["claims"][error["claim"]]["line"],
        "cause": error["cause"],
        "gained": list(error["gained"]),
        "lost": list(error["lost"]),
        "evidence": error["evidence"],
    }


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
