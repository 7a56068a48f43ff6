"""The rollouts of a run, read from its JSON lines and printed for a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from rlvr.trace.jsonl import read_rows, rollout_files

_NEEDED = {
    *("step", "index", "task", "family", "text", "completion", "token_ids", "finish_reason"),
    *("verdict", "reason", "answer", "expected", "domain", "evidence"),
    *("reward", "terms", "counted", "advantage", "habits"),
}
_COLOURS = {"correct": "green", "incorrect": "red", "undecided": "yellow"}


def show(
    run_folder: Path,
    step: int | None = None,
    family: str | None = None,
    search: str | None = None,
    limit: int = 10,
    console: Console | None = None,
) -> int:
    """Print at most ``limit`` rollouts, the latest step first; returns how many.

    ``search`` is looked for in problem and completion, whatever its case. Raises ``ValueError``
    where there is nothing to show, and says why.
    """
    console = console or Console()
    found = find_rollouts(run_folder, step, family, search)
    shown = 0
    for row in islice(found, limit):
        console.print(_panel(row))
        shown += 1
    if not shown:
        raise ValueError(_nothing(run_folder, step, family, search))
    if next(found, None) is not None:
        console.print(f"There are more than these {shown}: --limit shows them.", style="dim")
    return shown


def find_rollouts(
    run_folder: Path, step: int | None = None, family: str | None = None, search: str | None = None
) -> Iterator[dict[str, Any]]:
    """Rows (see ``rollout_row``) that fit, the latest step first, read as they are asked for.

    Raises ``ValueError`` for a folder that is no run or has no rollouts, and for a step it lacks.
    """
    files = _files(run_folder)
    if step is not None and step not in files:
        raise ValueError(f"{run_folder} has no rollouts of step {step}; {_steps(files)}")
    wanted = (search or "").casefold()
    return (
        row
        for number in (reversed(files) if step is None else [step])
        for row in _rollout_rows(files[number])
        if family in (None, row["family"])
        if wanted in row["text"].casefold() or wanted in row["completion"].casefold()
    )


def printable(text: str) -> str:
    """The text with control characters spelled out: a model's must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _rollout_rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(read_rows(path), 1):
        missing = _NEEDED - row.keys()
        if missing:
            lacks = ", ".join(sorted(missing))
            raise ValueError(f"{path}, line {number}: not a rollout row, it lacks {lacks}")
        yield row


def _files(run_folder: Path) -> dict[int, Path]:
    if not run_folder.is_dir():
        raise ValueError(f"there is no run folder {run_folder}{_neighbours(run_folder)}")
    files = rollout_files(run_folder)
    if not files:
        raise ValueError(
            f"{run_folder} holds no rollouts (no rollouts/step-*.jsonl): it is not a run folder, "
            f"or its run has not come to the first GRPO step{_neighbours(run_folder / 'x')}"
        )
    return files


def _neighbours(folder: Path) -> str:
    """The runs that lie beside, or below, what was asked for."""
    if not folder.parent.is_dir():
        return ""
    runs = [path for path in sorted(folder.parent.iterdir()) if rollout_files(path)]
    return "; there are: " + ", ".join(map(str, runs)) if runs else ""


def _steps(files: dict[int, Path]) -> str:
    return f"there are {len(files)}, from {min(files)} to {max(files)}"


def _nothing(run_folder: Path, step: int | None, family: str | None, search: str | None) -> str:
    rows = list(islice(find_rollouts(run_folder, step), 10_000))
    where = f"{run_folder}" + (f", step {step}," if step is not None else "")
    if not rows:
        return f"{where} has rollout files, but they are empty"
    families = sorted({row["family"] for row in rows})
    if family is not None and family not in families:
        return f'{where} has no rollouts of the family "{family}"; there are: {", ".join(families)}'
    return f'{where} has no rollout with "{search}" in its problem or completion'


def _panel(row: dict[str, Any]) -> RenderableType:
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
    title = f"step {row['step']} · {row['family']} · {row['task']} · completion {row['index']}"
    return Panel(Group(*lines), title=Text(printable(title)), title_align="left")


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
