from __future__ import annotations

from typing import Any

from rlvr.report.marks import browser_marks, error_of
from tests.report.runs import AHA, aha_trace


def claim(start: int, end: int, truth: str, kind: str = "equation") -> dict[str, Any]:
    return {"start": start, "end": end, "truth": truth, "kind": kind, "line": 0, "evidence": truth}


def test_the_four_kinds_and_their_evidence() -> None:
    found = [
        (AHA[start:end], kind, words) for start, end, kind, words in browser_marks(aha_trace(), AHA)
    ]
    assert found == [
        ("y = 0", "refuted", "0 is no <solution>. Line 2 refutes it."),
        ("y = 0 the left side has no value", "true", ""),
        ("y != 0", "excluded", "the denominator is 0 there"),
        ("3", "true", ""),
    ]


def test_offsets_count_as_a_browser_does() -> None:
    text = "𝑥𝑦 = 3"
    trace = {"claims": [claim(3, 6, "true")], "correction": None}
    ((start, end, *_),) = browser_marks(trace, text)
    units = text.encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == text[3:6]


def test_the_first_error_names_its_line() -> None:
    error = error_of(aha_trace())
    assert error is not None
    assert (error["line"], error["cause"], error["gained"]) == (0, "dropped_restriction", ["0"])
    assert error_of({**aha_trace(), "first_error": None}) is None
