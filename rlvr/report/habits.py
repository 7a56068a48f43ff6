"""How often a habit is shown over training, and when it was first shown so often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rlvr.trace.traced import TURNS, turns

SHARES = (10, 50, 90)  # percent

Row = Mapping[str, Any]


@dataclass(slots=True)
class HabitCounts:
    """Of the rollouts of each counted frame: how many show a habit, of how many it applies to."""

    steps: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    applies: list[int] = field(default_factory=list)

    def first_seen(self) -> list[int | None]:
        """For each of ``SHARES``, the first step at which at least that share shows it."""
        found: list[int | None] = []
        for share in SHARES:
            reached = (
                step
                for step, shown, applies in zip(self.steps, self.shown, self.applies, strict=True)
                if 100 * shown >= share * applies
            )
            found.append(next(reached, None))
        return found


class HabitTable:
    """Counts by source of frames and habit; what a checked trace turns into counts as habits."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, HabitCounts]] = {}

    def add(self, source: str, step: int, rows: Sequence[Row]) -> None:
        """Count a frame."""
        by_habit: dict[str, list[bool]] = {}
        for row in rows:
            for name, holds in _habits(row):
                by_habit.setdefault(name, []).append(holds)
        counts = self._counts.setdefault(source, {})
        for name, marks in by_habit.items():
            habit = counts.setdefault(name, HabitCounts())
            habit.steps.append(step)
            habit.shown.append(sum(marks))
            habit.applies.append(len(marks))

    def as_data(self) -> dict[str, Any]:
        """``{source: [{name, steps, shown, applies, first}]}``; ``first`` as ``SHARES``."""
        return {
            source: [
                {
                    "name": name,
                    "steps": habit.steps,
                    "shown": habit.shown,
                    "applies": habit.applies,
                    "first": habit.first_seen(),
                }
                for name, habit in counts.items()
            ]
            for source, counts in self._counts.items()
        }


def _habits(row: Row) -> Iterable[tuple[str, bool]]:
    yield from ((name, holds) for name, holds in row["habits"].items() if holds is not None)
    shown = turns(row["trace"])
    yield from ((name, name in shown) for name in TURNS)
