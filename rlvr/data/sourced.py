"""The splits of a data set by name: what can be judged, none of it in an evaluation set.

A row is left out, never rewritten, where it cannot be read, where no answer to it can be judged
(a gold answer that the verifier cannot read), where its words stood in an earlier row, and where
it is a near-duplicate of a problem that is evaluated. Each is counted by its reason.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

from rlvr.config_data import DataConfig, SourceConfig
from rlvr.data.grading import judge
from rlvr.data.known_sets import load_set
from rlvr.data.near import NearDuplicates
from rlvr.data.rows import Row
from rlvr.data.tasks import LeftOut, read_tasks, split_off_unreadable
from rlvr.data.wording import tokens
from rlvr.seeding import derive_seed
from rlvr.types import Task
from verifiers import Decision

SHOWN = 3  # rows a reason that are told in full


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifting:
    """How many rows a set had, how many of them are used, and why the others are not."""

    name: str
    rows: int
    used: dict[str, int]
    left_out: dict[str, int]
    examples: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """The tasks of each split, worked solutions by task id, and what was left out on the way."""

    splits: dict[str, list[Task]]
    workings: dict[str, str]
    siftings: list[Sifting]


def read_source(config: DataConfig, seed: int) -> Sourced:
    """The splits that ``config`` names; the same files and seed give the same.

    Raises ``ValueError`` where too few problems are left for the validation and test splits.
    """
    rows = _rows(config.source)
    tasks, left_out = _judgeable(rows)
    Random(derive_seed(seed, "source")).shuffle(tasks)
    siftings: list[Sifting] = []
    validation, tasks = tasks[: config.validation_size], tasks[config.validation_size :]
    if config.test.name is None:
        test, tasks = tasks[: config.test_size], tasks[config.test_size :]
        held_out = {"validation": len(validation), "test": len(test)}
        watched = [*validation, *test]
    else:
        test, sifting, everything = _evaluation_set(config, seed)
        siftings.append(sifting)
        held_out = {"validation": len(validation)}
        watched = [*validation, *everything]
    for name in config.avoid:
        watched += read_tasks(load_set(name, "test"))[0]
    train, near = _away_from(tasks, watched)
    left_out += near
    train, beyond = train[: config.train_size], train[config.train_size :]
    left_out += [LeftOut(id=each.id, reason="over_train_size", evidence="") for each in beyond]
    if not train or not test:
        raise ValueError(
            f"{config.source.name}: of {len(rows)} rows {len(train)} are left to train on and"
            f" {len(test)} to test; left out: {_in_words(left_out)}"
        )
    workings, unproved = _proved_workings(train, rows)
    used = {"train": len(train), **held_out, "sft": len(workings)}
    siftings.insert(0, _sifting(str(config.source.name), len(rows), used, left_out + unproved))
    splits = {"train": train, "validation": validation, "test": test, "shifted": []}
    splits["sft"] = [task for task in train if task.id in workings]
    return Sourced(splits=splits, workings=workings, siftings=siftings)


def row_of(task: Task, working: str = "") -> Row:
    """A task as a row of a stored split, in the fields of the grader."""
    problem = task.problem
    equation = [problem.equation] if isinstance(problem.equation, str) else [*problem.equation]
    return {
        "id": task.id,
        "family": task.family,
        "difficulty": task.difficulty,
        "text": task.text,
        "equation": [] if task.gold is not None else equation,
        "gold": task.gold,
        "unknown": problem.unknown,
        "ask": problem.ask.value,
        "domain": problem.domain.value,
        "params": json.dumps(dict(problem.params)),
        "working": working,
    }


def sifting_lines(siftings: Iterable[dict[str, Any]]) -> list[str]:
    """For a person: a line a set."""
    lines = []
    for each in siftings:
        used = ", ".join(f"{count:,} {name}" for name, count in each["used"].items() if count)
        lines.append(f"{each['name']}: {each['rows']:,} rows; used: {used}")
        if each["left_out"]:
            words = ", ".join(f"{count:,} {reason}" for reason, count in each["left_out"].items())
            lines[-1] += f"; left out: {words}"
    return lines


def as_records(siftings: Iterable[Sifting]) -> list[dict[str, Any]]:
    return [asdict(each) for each in siftings]


def _rows(source: SourceConfig) -> list[Row]:
    """With an id each, and a family."""
    assert source.name is not None
    rows = load_set(
        source.name,
        source.split,
        subset=source.subset,
        layout=source.layout,
        columns=source.columns,
    )
    family = source.name.rstrip("/").rpartition("/")[2]
    return [
        {"id": f"{source.split}-{number:06d}", "family": family, **row}
        for number, row in enumerate(rows)
    ]


def _judgeable(rows: Sequence[Row]) -> tuple[list[Task], list[LeftOut]]:
    tasks, left_out = read_tasks(rows)
    tasks, repeated = _once(tasks)
    kept, undecided = split_off_unreadable(tasks)
    with_gold = {task.id for task in tasks if task.gold is not None}
    undecided = [
        replace(each, reason="unreadable_gold") if each.id in with_gold else each
        for each in undecided
    ]
    return kept, left_out + repeated + undecided


def _evaluation_set(config: DataConfig, seed: int) -> tuple[list[Task], Sifting, list[Task]]:
    """The tasks to test on, what was left out, and all that could be read of the set."""
    rows = _rows(config.test)
    tasks, left_out = _judgeable(rows)
    Random(derive_seed(seed, "test")).shuffle(tasks)
    test, beyond = tasks[: config.test_size], tasks[config.test_size :]
    left_out += [LeftOut(id=each.id, reason="over_test_size", evidence="") for each in beyond]
    sifting = _sifting(str(config.test.name), len(rows), {"test": len(test)}, left_out)
    return test, sifting, read_tasks(rows)[0]


def _once(tasks: Sequence[Task]) -> tuple[list[Task], list[LeftOut]]:
    kept: dict[tuple[str, ...], Task] = {}
    repeated = []
    for task in tasks:
        first = kept.setdefault(tokens(task.text), task)
        if first is not task:
            repeated.append(LeftOut(id=task.id, reason="repeated", evidence=f"as {first.id}"))
    return list(kept.values()), repeated


def _away_from(
    tasks: Sequence[Task], evaluated: Sequence[Task]
) -> tuple[list[Task], list[LeftOut]]:
    known = NearDuplicates(evaluated)
    kept, left_out = [], []
    for task in tasks:
        found = known.find(task)
        if found is None:
            kept.append(task)
        else:
            left_out.append(LeftOut(id=task.id, reason="near_duplicate", evidence=found))
    return kept, left_out


def _proved_workings(
    tasks: Sequence[Task], rows: Sequence[Row]
) -> tuple[dict[str, str], list[LeftOut]]:
    """Worked solutions whose answer is right; the others are no example."""
    given = {str(row["id"]): str(row["working"]) for row in rows if row.get("working")}
    asked = [(task, given[task.id]) for task in tasks if task.id in given]
    workings, left_out = {}, []
    for (task, working), verdict in zip(asked, judge(asked), strict=True):
        if verdict.verdict is Decision.CORRECT:
            workings[task.id] = working
        else:
            evidence = " ".join(verdict.evidence)
            left_out.append(LeftOut(id=task.id, reason="working_not_right", evidence=evidence))
    return workings, left_out


def _sifting(name: str, rows: int, used: dict[str, int], left_out: Sequence[LeftOut]) -> Sifting:
    counts = Counter(each.reason for each in left_out)
    shown: Counter[str] = Counter()
    examples = []
    for each in left_out:
        shown[each.reason] += 1
        if shown[each.reason] <= SHOWN:
            examples.append(asdict(each))
    return Sifting(
        name=name, rows=rows, used=used, left_out=dict(counts.most_common()), examples=examples
    )


def _in_words(left_out: Sequence[LeftOut]) -> str:
    counts = Counter(each.reason for each in left_out)
    first = {each.reason: each.evidence for each in reversed(left_out)}
    return "; ".join(f"{n} {reason} ({first[reason]})" for reason, n in counts.items()) or "none"
