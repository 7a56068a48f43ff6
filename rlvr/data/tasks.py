"""Rows to tasks, and those that the verifier cannot judge: counted, never scored."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rlvr.data.grading import read_problem, unreadable
from rlvr.types import Task
from verifiers import Ask, Domain, Problem, Reason

_QUESTIONS = {
    Ask.SOLUTIONS: "Solve",
    Ask.SUM: "Add up the solutions of",
    Ask.PRODUCT: "Multiply the solutions of",
    Ask.COUNT: "Count the solutions of",
    Ask.LARGEST: "Find the largest solution of",
    Ask.SMALLEST: "Find the smallest solution of",
}
_NUMBERS = {
    Domain.REAL: "",
    Domain.COMPLEX: " over the complex numbers",
    Domain.INTEGER: " over the integers",
    Domain.RATIONAL: " over the rational numbers",
    Domain.POSITIVE: " over the positive numbers",
}
_HASHES = re.compile(r"####\s*([^\n]+)\s*\Z")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that is not scored; ``reason`` is a code, ``evidence`` a sentence."""

    id: str
    reason: str
    evidence: str


def read_tasks(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Task], list[LeftOut]]:
    """Tasks in the order of the rows; a row without an id is called by its number.

    Raises ``ValueError`` where two rows have one id.
    """
    tasks, left_out = [], []
    ids = [str(row.get("id", f"row-{number:06d}")) for number, row in enumerate(rows)]
    twice = [name for name, times in Counter(ids).items() if times > 1]
    if twice:
        raise ValueError(
            f"{len(twice)} ids stand in several rows, {twice[0]!r} among them; expected one row"
            " an id, or no ids"
        )
    for name, row in zip(ids, rows, strict=True):
        try:
            tasks.append(_task(name, row))
        except ValueError as error:
            reason = getattr(error, "reason", Reason.MALFORMED_PROBLEM)
            left_out.append(LeftOut(id=name, reason=str(reason), evidence=str(error)))
    return tasks, left_out


def split_off_unreadable(tasks: Sequence[Task]) -> tuple[list[Task], list[LeftOut]]:
    """The tasks whose answers can be judged, and the others."""
    kept, left_out = [], []
    for task, verdict in zip(tasks, unreadable(tasks), strict=True):
        if verdict is None:
            kept.append(task)
            continue
        evidence = " ".join(verdict.evidence)
        left_out.append(LeftOut(id=task.id, reason=verdict.reason.value, evidence=evidence))
    return kept, left_out


def read_gold(value: Any) -> str:
    """The gold answer that a data set's text holds.

    Behind ``####``, where commas group thousands (GSM8K); else in the last box (MATH's solutions);
    else the whole text. Whether it can be read is the verifier's to say.
    """
    text = str(value).strip()
    if match := _HASHES.search(text):
        return _THOUSANDS.sub("", match[1].strip())
    start = text.rfind("\\boxed{")
    if start < 0:
        return text
    depth = 0
    for place in range(start + len("\\boxed"), len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + len("\\boxed{") : place].strip()
    return text


def question(problem: Problem) -> str:
    """The words in which an equation is put to the model, where its row has none."""
    relations = problem.equation
    equation = relations if isinstance(relations, str) else ", ".join(relations)
    text = f"{_QUESTIONS[problem.ask]} {equation}"
    if problem.unknown and problem.params:
        text += f" for {problem.unknown}"
    return text + _NUMBERS[problem.domain] + "".join(f" with {c}" for c in problem.params.values())


def _task(name: str, row: Mapping[str, Any]) -> Task:
    text = _text(row.get("text", row.get("problem")))
    if "gold" in row:
        gold = read_gold(row["gold"])
        if text is None:
            if "equation" not in row:
                raise ValueError("a gold answer needs its problem, as problem, equation or text")
            text = question(_problem({**row, "gold": None}))
        unknown = row.get("unknown")
        problem = Problem(equation=text, unknown=None if unknown is None else str(unknown))
    else:
        gold, problem = None, _problem(row)
        text = text or question(problem)
    family, difficulty = (str(row.get(field, "")) for field in ("family", "difficulty"))
    return Task(
        id=name, family=family, text=text, problem=problem, difficulty=difficulty, gold=gold
    )


def _problem(row: Mapping[str, Any]) -> Problem:
    fields = {name: value for name, value in row.items() if name not in ("id", "text", "family")}
    if isinstance(fields.get("params"), str):
        fields["params"] = json.loads(fields["params"])
    if isinstance(fields.get("equation"), list) and len(fields["equation"]) == 1:
        fields["equation"] = fields["equation"][0]  # as the stored rows of a data set have it
    if "equation" in fields:
        fields.pop("problem", None)  # then those are the words that the model sees
    elif "problem" in fields:
        fields["problem"] = _text(fields["problem"])
    return read_problem(fields)


def _text(value: Any) -> str | None:
    """Of a list of chat messages, what the user says."""
    if isinstance(value, list):
        turns = [each for each in value if isinstance(each, Mapping)]
        said = [each.get("content") for each in turns if each.get("role") == "user"]
        return "\n".join(text for text in said if isinstance(text, str)) or None
    return None if value is None else str(value)
