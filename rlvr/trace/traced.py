"""Checked traces of rows: the only file here that asks the grader what the steps are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifiers import Ask, Domain, Problem, check_steps
from verifiers.trace.records import Trace

Row = Mapping[str, Any]

TURNS = {
    "aha": "verified_aha",
    "corrected": "corrected",
    "broken": "broken",
    "keyword": "keyword_aha",
}


def with_trace(row: Row) -> dict[str, Any]:
    """The same row with a ``trace`` (see ``as_row``); the one that it has is kept."""
    if row.get("trace") is not None:
        return dict(row)
    return {**row, "trace": as_row(check_steps(problem_of(row), row["completion"]))}


def as_row(trace: Trace) -> dict[str, Any]:
    """A trace as a row keeps it: as JSON has it, with offsets in characters."""
    return trace.as_dict()


def turns(trace: Mapping[str, Any] | None) -> frozenset[str]:
    """Which of ``TURNS`` a trace is; none where there is no trace."""
    if trace is None:
        return frozenset()
    return frozenset(name for name, field in TURNS.items() if trace[field])


def problem_of(row: Row) -> Problem:
    """What the verifier was asked (``rollout_row`` wrote it)."""
    fields = row["problem"]
    equation = fields["equation"]
    return Problem(
        equation=equation if isinstance(equation, str) else tuple(equation),
        unknown=fields["unknown"],
        ask=Ask(fields["ask"]),
        domain=Domain(fields["domain"]),
        params=fields["params"],
    )
