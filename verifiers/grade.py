"""A file of answers -> a file of verdicts, a line each, in order; no line stops the run."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from verifiers.types import Ask, Decision, Domain, Problem, Reason, Verdict
from verifiers.verify import verify, verify_completion

_PLANNED = ("gold", "problem")  # fields of the line format that are not supported yet
_Choice = TypeVar("_Choice", Ask, Domain)


class LineError(ValueError):
    """A line that is no request; ``reason`` is that of its undecided verdict."""

    def __init__(self, message: str, reason: Reason = Reason.MALFORMED_PROBLEM) -> None:
        super().__init__(message)
        self.reason = reason


def grade_file(source: str, target: str) -> Counter[Decision]:
    """Grades ``source`` line by line into ``target`` and counts the verdicts.

    ``-`` is standard input or output; names that end in ``.gz`` are compressed.
    """
    counts: Counter[Decision] = Counter()
    with _open(source, "r") as lines, _open(target, "w") as out:
        for identifier, verdict in grade_lines(lines):
            counts[verdict.verdict] += 1
            out.write(json.dumps(record(identifier, verdict)) + "\n")
    return counts


def grade_lines(lines: Iterable[str]) -> Iterator[tuple[object, Verdict]]:
    """The id and the verdict of each line that is not blank."""
    for line in lines:
        if line.strip():
            yield grade_line(line)


def grade_line(line: str) -> tuple[object, Verdict]:
    """The id (None where it cannot be read) and the verdict of one JSON record."""
    identifier = None
    try:
        fields = _parse(line)
        identifier = fields.get("id")
        return identifier, _grade(fields)
    except LineError as error:
        verdict = Verdict(verdict=Decision.UNDECIDED, reason=error.reason, evidence=(f"{error}.",))
        return identifier, verdict


def record(identifier: object, verdict: Verdict) -> dict[str, Any]:
    """The JSON record of a verdict."""
    return {
        "id": identifier,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "answer": verdict.answer,
        "expected": verdict.expected,
        "domain": list(verdict.domain),
        "evidence": list(verdict.evidence),
        "elapsed_ms": round(verdict.elapsed_ms, 3),
    }


def _parse(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"the line is no JSON: {str(error)[:100]}") from error
    if not isinstance(fields, dict):
        raise LineError("the line is no JSON object")
    return fields


def _grade(fields: Mapping[str, Any]) -> Verdict:
    for name in _PLANNED:
        if name in fields:
            raise LineError(
                f'"{name}" is not supported, only "equation"', Reason.UNSUPPORTED_EQUATION
            )
    problem = _problem(fields)
    if ("answer" in fields) == ("response" in fields):
        raise LineError('one of "answer" and "response" is needed')
    if "answer" in fields:
        return verify(problem, _text(fields, "answer"))
    return verify_completion(problem, _text(fields, "response"))


def _problem(fields: Mapping[str, Any]) -> Problem:
    equation = fields.get("equation")
    if isinstance(equation, list) and equation:
        equation = tuple(_text({"equation": each}, "equation") for each in equation)
    else:
        equation = _text(fields, "equation")
    params = fields.get("params") or {}
    if not isinstance(params, dict) or not all(isinstance(text, str) for text in params.values()):
        raise LineError('"params" is no object of texts')
    return Problem(
        equation=equation,
        unknown=_text(fields, "unknown") if fields.get("unknown") is not None else None,
        ask=_choice(Ask, fields, "ask", Ask.SOLUTIONS, Reason.MALFORMED_PROBLEM),
        domain=_choice(Domain, fields, "domain", Domain.REAL, Reason.UNSUPPORTED_EQUATION),
        params=params,
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise LineError(f'"{name}" is no text')
    return value


def _choice(
    kind: type[_Choice], fields: Mapping[str, Any], name: str, default: _Choice, reason: Reason
) -> _Choice:
    value = fields.get(name) or default
    accepted = [str(member) for member in kind]
    if value not in accepted:
        raise LineError(f'"{name}" is {str(value)[:40]!a}; accepted: {", ".join(accepted)}', reason)
    return kind(value)


@contextmanager
def _open(name: str, mode: str) -> Iterator[IO[str]]:
    if name == "-":
        yield sys.stdin if mode == "r" else sys.stdout
        return
    opener: Any = gzip.open if name.endswith(".gz") else open
    with opener(Path(name), mode + "t", encoding="utf-8", errors="replace") as file:
        yield file
