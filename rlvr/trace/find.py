"""The rollouts of a run that fit what is asked for, and what to say where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rlvr.trace.jsonl import read_rows, rollout_files
from rlvr.trace.pick import groups_of
from rlvr.trace.traced import TURNS, with_trace
from rlvr.trace.whys import WHYS, whys

Row = dict[str, Any]

_NEEDED = {
    *("step", "index", "task", "family", "text", "completion", "token_ids", "finish_reason"),
    *("verdict", "reason", "answer", "expected", "domain", "evidence"),
    *("reward", "terms", "counted", "advantage", "habits"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rollouts; None asks for nothing. ``search`` is looked for in problem and completion,
    whatever its case; ``problem`` is a problem's id; ``picked`` is one of ``WHYS``."""

    step: int | None = None
    problem: str | None = None
    family: str | None = None
    picked: str | None = None
    search: str | None = None

    def __post_init__(self) -> None:
        if self.picked is not None and self.picked not in WHYS:
            raise ValueError(f'--picked is "{self.picked}"; accepted: {", ".join(WHYS)}')

    def fits(self, row: Row) -> bool:
        """Whether a row is of this problem and family and holds the text."""
        text = (self.search or "").casefold()
        return (
            self.family in (None, row["family"])
            and self.problem in (None, row["task"])
            and (text in row["text"].casefold() or text in row["completion"].casefold())
        )


def find_rollouts(run_folder: Path, wanted: Wanted) -> Iterator[tuple[Row, frozenset[str]]]:
    """Rows (see ``rollout_row``) that fit and why they were picked, the latest step first.

    They are read as they are asked for; the reasons are empty where ``wanted.picked`` is None.
    Raises ``ValueError`` for a folder that is no run or has no rollouts, and for a step it lacks.
    """
    files = run_files(run_folder)
    if wanted.step is not None and wanted.step not in files:
        raise ValueError(f"{run_folder} has no rollouts of step {wanted.step}; {_steps(files)}")
    steps = reversed(files) if wanted.step is None else [wanted.step]
    if wanted.picked is None:
        return (
            (row, frozenset())
            for step in steps
            for row in read_rollouts(files[step])
            if wanted.fits(row)
        )
    return (
        (row, reasons)
        for step in steps
        for row, reasons in _with_whys(files[step], wanted.picked)
        if wanted.picked in reasons and wanted.fits(row)
    )


def read_rollouts(path: Path) -> Iterator[Row]:
    """The rows of a file. Raises ``ValueError`` with file and line for one that is no rollout."""
    for number, row in enumerate(read_rows(path), 1):
        missing = _NEEDED - row.keys()
        if missing:
            lacks = ", ".join(sorted(missing))
            raise ValueError(f"{path}, line {number}: not a rollout row, it lacks {lacks}")
        yield row


def run_files(run_folder: Path) -> dict[int, Path]:
    """The rollout files of a run by step. Raises ``ValueError`` where there are none."""
    if not run_folder.is_dir():
        raise ValueError(f"there is no run folder {run_folder}{_neighbours(run_folder)}")
    files = rollout_files(run_folder)
    if not files:
        raise ValueError(
            f"{run_folder} holds no rollouts (no rollouts/step-*.jsonl): it is not a run folder, "
            f"or its run has not come to the first GRPO step{_neighbours(run_folder / 'x')}"
        )
    return files


def nothing_found(run_folder: Path, wanted: Wanted) -> str:
    """Why no rollout fits."""
    files = run_files(run_folder)
    steps = files if wanted.step is None else [wanted.step]
    rows = list(islice((row for step in steps for row in read_rollouts(files[step])), 100_000))
    where = f"{run_folder}" + (f", step {wanted.step}," if wanted.step is not None else "")
    if not rows:
        return f"{where} has rollout files, but they are empty"
    families = sorted({row["family"] for row in rows})
    if wanted.family is not None and wanted.family not in families:
        there = ", ".join(families)
        return f'{where} has no rollouts of the family "{wanted.family}"; there are: {there}'
    if wanted.problem is not None and wanted.problem not in {row["task"] for row in rows}:
        example = rows[0]["task"]
        return f'{where} has no rollouts of the problem "{wanted.problem}"; one is "{example}"'
    if wanted.picked is not None:
        return f'{where} has no rollout picked as "{wanted.picked}" among those asked for'
    return f'{where} has no rollout with "{wanted.search}" in its problem or completion'


def _with_whys(path: Path, picked: str) -> Iterator[tuple[Row, frozenset[str]]]:
    rows: Iterator[Row] = read_rollouts(path)
    if picked in TURNS:  # the others need no checked traces, which take milliseconds each
        rows = map(with_trace, rows)
    groups = groups_of(rows)
    for group, reasons in zip(groups, whys(groups), strict=True):
        yield from zip(map(dict, group), reasons, strict=True)


def _neighbours(folder: Path) -> str:
    """The runs that lie beside, or below, what was asked for."""
    if not folder.parent.is_dir():
        return ""
    runs = [path for path in sorted(folder.parent.iterdir()) if rollout_files(path)]
    return "; there are: " + ", ".join(map(str, runs)) if runs else ""


def _steps(files: dict[int, Path]) -> str:
    return f"there are {len(files)}, from {min(files)} to {max(files)}"
