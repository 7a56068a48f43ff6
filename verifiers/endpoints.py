"""What is wrong with the ends of an answered interval: the strictness, or the number."""

from __future__ import annotations

from collections.abc import Iterator

from verifiers.algebra.exact import Real
from verifiers.algebra.sets import RealSet

MAX_SHOWN = 100  # characters of a number


def end_point_notes(right: RealSet, answered: RealSet) -> Iterator[str]:
    """Sentences on ends of intervals; none where both sets are single points alone."""
    right_ends, answered_ends = _ends(right), _ends(answered)
    for end in right_ends:
        shown = f"The end {_shown(end)}"
        if not _among(end, answered_ends):
            if answered_ends:
                yield f"{shown} of the solution set is no end of the answered one."
        elif end in right and end not in answered:
            yield f"{shown} belongs to the solution set: <= or >= there, not < or >."
        elif end in answered and end not in right:
            yield f"{shown} does not belong to the solution set: < or > there, not <= or >=."
    for end in answered_ends:
        if right_ends and not _among(end, right_ends):
            yield f"{_shown(end)} is no end of the solution set."


def _shown(number: Real) -> str:
    text = str(number)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _ends(numbers: RealSet) -> list[Real]:
    """The breaks at which an interval begins or ends."""
    return [
        point
        for k, point in enumerate(numbers.breaks)
        if numbers.inside[2 * k] != numbers.inside[2 * k + 2]
    ]


def _among(number: Real, others: list[Real]) -> bool:
    return any(number == other for other in others)


def extreme(numbers: RealSet, *, largest: bool) -> Real | None:
    """The largest or smallest member; None where there is none."""
    if not numbers.breaks or numbers.inside[-1 if largest else 0]:
        return None
    end = numbers.breaks[-1 if largest else 0]
    return end if end in numbers else None
