"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``name`` is fixed, for programs; the others are sentences: what is wrong, by what numbers it
    is seen, what to change."""

    name: str
    problem: str
    evidence: str
    advice: str
