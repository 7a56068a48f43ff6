from __future__ import annotations

from typing import Any

import pytest

from rlvr.report.marks import error_of, marks_of, trace_of, turns
from tests.report.runs import AHA, aha_trace, row


def claim(start: int, end: int, truth: str, kind: str = "equation") -> dict[str, Any]:
    return {"start": start, "end": end, "truth": truth, "kind": kind, "line": 0, "evidence": truth}


def test_the_four_kinds_and_their_evidence() -> None:
    found = [
        (AHA[start:end], kind, words) for start, end, kind, words in marks_of(aha_trace(), AHA)
    ]
    assert found == [
        ("y = 0", "refuted", "0 is no <solution>. Refuted in line 2."),
        ("y = 0 the left side has no value", "true", ""),
        ("y != 0", "excluded", "the denominator is 0 there"),
        ("3", "true", ""),
    ]


def test_a_wrong_value_that_nothing_refutes_is_false() -> None:
    trace = aha_trace()
    trace["correction"]["refuted_by"] = None
    assert marks_of(trace, AHA)[0][2] == "false"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (
            [claim(0, 9, "true"), claim(3, 5, "false")],
            [(0, 3, "true"), (3, 5, "false"), (5, 9, "true")],
        ),
        ([claim(0, 4, "true"), claim(2, 6, "undecided")], [(0, 2, "true"), (2, 6, "undecided")]),
        ([claim(0, 2, "true"), claim(2, 4, "true")], [(0, 4, "true")]),
        ([claim(-3, 99, "false")], [(0, 10, "false")]),
        ([claim(4, 4, "true")], []),
        ([], []),
    ],
)
def test_overlapping_claims(claims: list[dict[str, Any]], expected: list[tuple[Any, ...]]) -> None:
    trace = {"claims": claims, "correction": None}
    assert [mark[:3] for mark in marks_of(trace, "0123456789")] == expected


def test_offsets_count_as_a_browser_does() -> None:
    text = "𝑥𝑦 = 3"
    trace = {"claims": [claim(3, 6, "true")], "correction": None}
    ((start, end, *_),) = marks_of(trace, text)
    units = text.encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == text[3:6]


def test_turns() -> None:
    assert turns(None) == frozenset()
    trace = aha_trace()
    assert turns(trace) == {"aha", "corrected"}
    trace["correction"]["refuted_by"] = None
    assert turns(trace) == {"corrected"}
    trace |= {"correction": None, "transition": "right_wrong", "keyword_aha": True}
    assert turns(trace) == {"broken", "keyword"}


def test_the_first_error_names_its_line() -> None:
    error = error_of(aha_trace())
    assert error is not None
    assert (error["line"], error["cause"], error["gained"]) == (0, "dropped_restriction", ["0"])
    assert error_of({**aha_trace(), "first_error": None}) is None


def test_a_rows_own_trace_is_used() -> None:
    trace = aha_trace()
    assert trace_of(row(trace=trace)) == trace
