"""Tables of results: Markdown for a person, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """What a section must show; ``met`` is the comparison with what was measured."""

    text: str
    met: bool


@dataclass(slots=True)
class Section:
    """A table, the targets it is held against, and examples of what fell short."""

    key: str
    title: str
    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def markdown(self) -> str:
        table = [_row(self.columns), _row(["---"] * len(self.columns)), *map(_row, self.rows)]
        lines = [f"### ({self.key}) {self.title}", "", *table, ""]
        lines += [f"- {'met' if goal.met else 'FAILED'}: {goal.text}" for goal in self.targets]
        lines += [f"- {note}" for note in self.notes]
        return "\n".join(lines) + "\n"

    def record(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "targets": [{"text": goal.text, "met": goal.met} for goal in self.targets],
            "notes": self.notes,
            **self.figures,
        }


def save(sections: Sequence[Section], setting: dict[str, Any], path: Path) -> None:
    """One JSON file of all sections and of how they were measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"setting": setting, **{section.key: section.record() for section in sections}}
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


def share(part: int, whole: int) -> str:
    """``99.5 % (199 of 200)``."""
    return f"{part / whole:.1%} ({part:,} of {whole:,})" if whole else "none"


def ratio(ours: float, theirs: float) -> str:
    """How many times ``theirs`` is ``ours``."""
    return f"{theirs / ours:,.1f} x" if ours > 0 else "none"


def percentile(values: Sequence[float], share_below: float) -> float:
    """The value at this share of the sorted list (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share_below * len(ordered)))]


def shown(text: str, width: int = 60) -> str:
    """A text as it can stand in a table: one line, in ASCII where it is odd, cut."""
    plain = text if text.isprintable() else ascii(text)[1:-1]
    cut = plain if len(plain) <= width else plain[:width] + "..."
    return "`" + cut.replace("|", "\\|").replace("`", "'") + "`"


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
