from __future__ import annotations

from typing import Any

from rlvr.trace.marks import Mark, marks_of, stretches
from rlvr.trace.traced import as_row
from tests.trace.conftest import AHA
from verifiers.trace.records import Trace


def claim(start: int, end: int, truth: str, kind: str = "equation") -> dict[str, Any]:
    return {"start": start, "end": end, "truth": truth, "kind": kind, "evidence": truth, "line": 0}


def kinds(*claims: dict[str, Any], length: int = 100) -> list[tuple[int, int, str]]:
    marks = marks_of({"claims": claims, "correction": None}, length)
    return [(mark.start, mark.end, mark.kind) for mark in marks]


def test_what_a_text_refutes_itself_is_told_from_what_is_false(aha_trace: Trace) -> None:
    marks = marks_of(as_row(aha_trace), len(AHA))
    assert [(AHA[m.start : m.end], m.kind) for m in marks] == [
        ("y = 3", "refuted"),
        ("Check 3: 1 != 3", "true"),
        ("y = 2", "true"),
        ("y = 5", "false"),
    ]
    assert marks[0].evidence == "3 is no solution. Line 2 refutes it."


def test_a_true_exclusion_is_excluded_and_a_false_one_false() -> None:
    found = kinds(claim(0, 3, "true", "exclusion"), claim(4, 7, "false", "exclusion"))
    assert found == [(0, 3, "excluded"), (4, 7, "false")]


def test_of_overlapping_claims_the_worse_shows() -> None:
    assert kinds(claim(0, 10, "true"), claim(4, 6, "false")) == [
        (0, 4, "true"),
        (4, 6, "false"),
        (6, 10, "true"),
    ]
    assert kinds(claim(0, 6, "undecided"), claim(3, 9, "true")) == [
        (0, 6, "undecided"),
        (6, 9, "true"),
    ]


def test_offsets_beyond_the_text_are_cut() -> None:
    assert kinds(claim(3, 99, "true"), length=5) == [(3, 5, "true")]
    assert kinds(claim(7, 9, "true"), length=5) == []


def test_the_stretches_are_the_whole_text() -> None:
    marks = [Mark(1, 3, "true", ""), Mark(3, 4, "false", "")]
    pieces = list(stretches("abcdef", marks))
    assert pieces == [("a", None), ("bc", marks[0]), ("d", marks[1]), ("ef", None)]
    assert list(stretches("", [])) == []
