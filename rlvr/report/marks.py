"""What the verifier says of the claims in a completion: the only file here that asks it.

A trace travels as the dictionary of ``verifiers.trace.records.Trace``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from itertools import pairwise
from typing import Any

from verifiers import Ask, Domain, Problem

Mark = tuple[int, int, str, str]
# Where claims overlap, the first of these that covers a character is what is shown of it.
ORDER = ("refuted", "false", "excluded", "undecided", "true")


@lru_cache(maxsize=1)
def checker() -> Callable[..., Any] | None:
    """``verifiers.check_steps``; None for a verifier without it."""
    found = getattr(importlib.import_module("verifiers"), "check_steps", None)
    return found if callable(found) else None


def trace_of(row: dict[str, Any]) -> dict[str, Any] | None:
    """The row's own trace, else a new one; None where the verifier checks no steps."""
    if row.get("trace") is not None:
        return dict(row["trace"])
    check = checker()
    if check is None:
        return None
    return asdict(check(_problem(row["problem"]), row["completion"]))


def turns(trace: dict[str, Any] | None) -> frozenset[str]:
    """Which of ``aha``, ``corrected``, ``broken``, ``keyword`` a trace is."""
    if trace is None:
        return frozenset()
    correction = trace.get("correction")
    found = {
        "corrected": correction is not None,
        "aha": correction is not None and correction.get("refuted_by") is not None,
        "broken": trace.get("transition") == "right_wrong",
        "keyword": bool(trace.get("keyword_aha")),
    }
    return frozenset(name for name, shown in found.items() if shown)


def marks_of(trace: dict[str, Any], text: str) -> list[Mark]:
    """``(start, end, kind, evidence)``, in order, without overlaps; ``kind`` is one of ``ORDER``.

    Offsets count UTF-16 units, as a browser does. Refuted is the wrong value that the completion
    itself refutes; excluded is a restriction or a rejection that holds.
    """
    claims = [
        (max(0, claim["start"]), min(len(text), claim["end"]), kind, evidence)
        for claim, (kind, evidence) in zip(trace["claims"], _kinds(trace), strict=True)
    ]
    return [
        (_units(text[:start]), _units(text[:end]), kind, evidence)
        for start, end, kind, evidence in _flat(claims)
    ]


def error_of(trace: dict[str, Any]) -> dict[str, Any] | None:
    """The first wrong step for a person: its ``line`` (from 0), and what it did."""
    error = trace.get("first_error")
    if error is None:
        return None
    return {
        "line": trace["claims"][error["claim"]]["line"],
        "cause": error["cause"],
        "gained": list(error["gained"]),
        "lost": list(error["lost"]),
        "evidence": error["evidence"],
    }


def _problem(fields: dict[str, Any]) -> Problem:
    equation = fields["equation"]
    return Problem(
        equation=equation if isinstance(equation, str) else tuple(equation),
        unknown=fields["unknown"],
        ask=Ask(fields["ask"]),
        domain=Domain(fields["domain"]),
        params=fields["params"],
    )


def _kinds(trace: dict[str, Any]) -> list[tuple[str, str]]:
    correction = trace.get("correction") or {}
    refuted_by = correction.get("refuted_by")
    kinds = []
    for number, claim in enumerate(trace["claims"]):
        kind, evidence = str(claim["truth"]), str(claim.get("evidence", ""))
        if kind == "true" and claim["kind"] == "exclusion":
            kind = "excluded"
        if refuted_by is not None and number == correction["wrong"]:
            kind = "refuted"
            line = trace["claims"][refuted_by]["line"] + 1
            evidence = " ".join(filter(None, (evidence, f"Refuted in line {line}.")))
        kinds.append((kind, evidence))
    return kinds


def _flat(claims: Sequence[Mark]) -> list[Mark]:
    """The same marks cut at each other's ends, the strongest kept; equal neighbours are one."""
    ends = sorted({end for claim in claims for end in claim[:2]})
    flat: list[Mark] = []
    for start, end in pairwise(ends):
        over = [claim for claim in claims if claim[0] <= start and end <= claim[1]]
        if not over:
            continue
        # Of equals the shortest: it is the most exact.
        best = min(over, key=lambda claim: (ORDER.index(claim[2]), claim[1] - claim[0]))
        if flat and flat[-1][1] == start and flat[-1][2:] == best[2:]:
            start = flat.pop()[0]
        flat.append((start, end, best[2], best[3]))
    return flat


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
