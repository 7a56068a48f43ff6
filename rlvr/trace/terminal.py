"""The rollouts of a run, read from its JSON lines and printed for a person."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from rlvr.trace.find import Wanted, find_rollouts, nothing_found

_COLOURS = {"correct": "green", "incorrect": "red", "undecided": "yellow"}


def show(run_folder: Path, wanted: Wanted, limit: int = 10, console: Console | None = None) -> int:
    """Print at most ``limit`` rollouts, the latest step first; returns how many.

    Raises ``ValueError`` where there is nothing to show, and says why.
    """
    console = console or Console()
    found = find_rollouts(run_folder, wanted)
    shown = 0
    for row, reasons in islice(found, limit):
        console.print(_panel(row, reasons))
        shown += 1
    if not shown:
        raise ValueError(nothing_found(run_folder, wanted))
    if next(found, None) is not None:
        console.print(f"There are more than these {shown}: --limit shows them.", style="dim")
    return shown


def printable(text: str) -> str:
    """The text with control characters spelled out: a model's must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _panel(row: dict[str, Any], reasons: frozenset[str]) -> RenderableType:
    colour = _COLOURS.get(row["verdict"], "white")
    verdict = Text.assemble((row["verdict"], f"bold {colour}"), f" ({row['reason']})")
    if row["answer"] is not None:
        verdict.append(printable(f", answered {row['answer']}"))
    if row["expected"] is not None:
        verdict.append(printable(f", expected {row['expected']}"))
    terms = ", ".join(f"{name} {value:+.2f}" for name, value in row["terms"].items())
    advantage = "none" if row["advantage"] is None else f"{row['advantage']:+.3f}"
    habits = [name.replace("_", " ") for name, shown in row["habits"].items() if shown]
    lines: list[RenderableType] = [
        Text(printable(row["text"]), style="bold"),
        Text(printable(row["completion"]) + ("" if row["finish_reason"] == "stop" else " …")),
        Text(""),
        verdict,
        *(Text("  " + printable(sentence), style="dim") for sentence in row["evidence"]),
        Text(f"reward {_number(row['reward'])} = {terms}; advantage {advantage}"),
    ]
    if row["domain"]:
        lines.insert(4, Text(printable(f"  domain: {', '.join(row['domain'])}"), style="dim"))
    if not row["counted"]:
        lines.append(Text("not counted: it is in no baseline and trained nothing", style="yellow"))
    if habits:
        lines.append(Text(f"shows: {', '.join(habits)}"))
    if row["finish_reason"] != "stop":
        lines.append(Text(f"cut off after {len(row['token_ids'])} tokens", style="yellow"))
    if reasons:
        lines.append(Text(f"picked: {', '.join(sorted(reasons))}"))
    title = f"step {row['step']} · {row['family']} · {row['task']} · completion {row['index']}"
    return Panel(Group(*lines), title=Text(printable(title)), title_align="left")


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
