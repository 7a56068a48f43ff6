"""A step's rollouts as wandb shows them: the rows of a table, and a panel with marked claims.

Pure: rows of JSON lines in, plain values and HTML out. docs/wandb.md has the table's schema.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from rlvr.seeding import derive_seed
from rlvr.trace.marks import marks_of, stretches
from rlvr.trace.pick import groups_of, pick
from rlvr.trace.terminal import printable
from rlvr.trace.traced import with_trace

Row = Mapping[str, Any]
Cell = str | int | float | None

LIMIT = 32  # rollouts in a table
CHECKED = 256  # rollouts whose traces are checked before picking: milliseconds each
SIGNS = {"refuted": "↺", "false": "✗", "excluded": "≠", "undecided": "?", "true": "✓"}


@dataclass(frozen=True, slots=True)
class RolloutView:
    """Picked rollouts of one step: ``columns`` and ``data`` of a table, and a panel in HTML."""

    columns: list[str | int]
    data: list[list[Cell]]
    panel: str


def rollout_view(rows: Sequence[Row], seed: int, limit: int = LIMIT) -> RolloutView:
    """The picks among a step's rows (see ``pick``); the same for the same rows and seed."""
    assert rows
    step = rows[0]["step"]
    checked = _check_some(rows, derive_seed(seed, "checked", step))
    picked = [(with_trace(row), why) for row, why in pick(checked, limit, derive_seed(seed, step))]
    return RolloutView(
        columns=list(COLUMNS),
        data=[[cell(row, why) for cell in COLUMNS.values()] for row, why in picked],
        panel=_template().render(step=step, total=len(rows), cards=[_card(*p) for p in picked]),
    )


def _check_some(rows: Sequence[Row], seed: int) -> list[Row]:
    """All rows, whole groups of them with their traces, as far as ``CHECKED`` goes."""
    groups = groups_of(rows)
    order = list(range(len(groups)))
    Random(seed).shuffle(order)
    room, chosen = CHECKED, set()
    for number in order:
        if len(groups[number]) <= room:
            room -= len(groups[number])
            chosen.add(number)
    return [
        with_trace(row) if number in chosen else row
        for number, group in enumerate(groups)
        for row in group
    ]


# The table: one type a column, since wandb refuses a column that mixes them


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def first_error_text(row: Row) -> str:
    """``line 3: sign: ...``; empty where no step is wrong."""
    error = row["trace"]["first_error"]
    if error is None:
        return ""
    line = row["trace"]["claims"][error["claim"]]["line"] + 1
    cause = str(error["cause"]).replace("_", " ")
    return f"line {line}: {cause}: {error['evidence']}".removesuffix(": ")


COLUMNS: dict[str, Callable[[Row, str], Cell]] = {
    "step": lambda row, why: int(row["step"]),
    "why": lambda row, why: why,
    "task": lambda row, why: row["task"],
    "family": lambda row, why: row["family"],
    "index": lambda row, why: int(row["index"]),
    "problem": lambda row, why: row["text"],
    "completion": lambda row, why: row["completion"],
    "finish_reason": lambda row, why: row["finish_reason"],
    "tokens": lambda row, why: len(row["token_ids"]),
    "verdict": lambda row, why: row["verdict"],
    "reason": lambda row, why: row["reason"],
    "answer": lambda row, why: _text(row["answer"]),
    "expected": lambda row, why: _text(row["expected"]),
    "reward": lambda row, why: _number(row["reward"]),
    "terms": lambda row, why: _json(row["terms"]),
    "counted": lambda row, why: _yes_no(row["counted"]),
    "advantage": lambda row, why: _number(row["advantage"]),
    "habits": lambda row, why: _json(row["habits"]),
    "first_error": lambda row, why: first_error_text(row),
    "transition": lambda row, why: _text(row["trace"]["transition"]),
    "corrected": lambda row, why: _yes_no(row["trace"]["corrected"]),
    "verified_aha": lambda row, why: _yes_no(row["trace"]["verified_aha"]),
    "broken": lambda row, why: _yes_no(row["trace"]["broken"]),
}


# The panel


def _card(row: Row, why: str) -> dict[str, Any]:
    text = row["completion"]
    marks = marks_of(row["trace"], len(text))
    pieces = [
        {
            "text": piece,
            "kind": mark and mark.kind,
            "sign": mark and SIGNS[mark.kind],
            "evidence": mark and mark.evidence,
        }
        for piece, mark in stretches(text, marks)
    ]
    return {
        "row": row,
        "why": why,
        "problem": row["text"],
        "pieces": pieces,
        "answer": _text(row["answer"]),
        "expected": _text(row["expected"]),
        "evidence": row["evidence"],
        "habits": [name.replace("_", " ") for name, shown in row["habits"].items() if shown],
        "error": first_error_text(row),
    }


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("rlvr.trace"),
        autoescape=True,
        # Every text that is filled in: a model's must not turn the order of letters around, either.
        finalize=lambda value: printable(value) if isinstance(value, str) else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("panel.html")
