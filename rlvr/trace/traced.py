"""Checked traces of rows: the only file here that asks the grader what the steps are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from verifiers import Ask, Domain, Problem

if TYPE_CHECKING:
    from verifiers.trace.records import Trace

Row = Mapping[str, Any]


def trace_row(problem: Problem, completion: str) -> dict[str, Any] | None:
    """A completion's checked trace as a row keeps it; None while the grader cannot check steps.

    Offsets count characters of ``completion``, which must be the text as the row has it.
    """
    import verifiers

    check = getattr(verifiers, "check_steps", None)
    return None if check is None else as_row(check(problem, completion))


def as_row(trace: Trace) -> dict[str, Any]:
    """All fields of a ``Trace`` but the verdict, which a row has of its own (and which depends on
    the clock), and ``corrected``, ``verified_aha`` and ``broken``."""
    row = asdict(trace)
    del row["verdict"]
    turns = {name: getattr(trace, name) for name in ("corrected", "verified_aha", "broken")}
    return row | turns


def with_trace(row: Row) -> dict[str, Any]:
    """The same row with a ``trace``; the one that it has is kept."""
    if "trace" in row:
        return dict(row)
    return {**row, "trace": trace_row(problem_of(row), row["completion"])}


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
