"""The JSON records of ``grade`` and ``serve``: a record -> a request, a verdict -> a record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from verifiers.request import Request, judge
from verifiers.trace.check import check_steps
from verifiers.types import Ask, Decision, Domain, Problem, Reason, Verdict
from verifiers.word_problem import WordProblemError, read_word_problem

MAX_LINE = 4 << 20  # characters; a completion is far shorter

_Choice = TypeVar("_Choice", Ask, Domain)


class LineError(ValueError):
    """A line that is no request; ``reason`` is that of its undecided verdict."""

    def __init__(self, message: str, reason: Reason = Reason.MALFORMED_PROBLEM) -> None:
        super().__init__(message)
        self.reason = reason


class TracedLine(str):
    """A line whose record gets the checked ``trace`` of its response, too."""

    __slots__ = ()


class Graded(NamedTuple):
    """A line out, and what the summary counts of it."""

    text: str
    decision: Decision
    reason: Reason
    elapsed_ms: float


def grade_line(line: str, on_prepared: Callable[[], None] = lambda: None) -> tuple[object, Verdict]:
    """The id (None where it cannot be read) and the verdict of one JSON record."""
    identifier = None
    try:
        fields = parse_line(line)
        identifier = fields.get("id")
        return identifier, judge(read_request(fields), on_prepared)
    except LineError as error:
        verdict = Verdict(verdict=Decision.UNDECIDED, reason=error.reason, evidence=(f"{error}.",))
        return identifier, verdict


def record_line(line: str, on_prepared: Callable[[], None] = lambda: None) -> Graded:
    """The line out of a line in."""
    identifier, verdict = grade_line(line, on_prepared)
    if isinstance(line, TracedLine):
        return graded(identifier, verdict, trace=_trace_of(line))
    return graded(identifier, verdict)


def graded(identifier: object, verdict: Verdict, **more: Any) -> Graded:
    """The line out of a verdict; ``more`` is added to its record."""
    text = json.dumps(record(identifier, verdict) | more)
    return Graded(text, verdict.verdict, verdict.reason, verdict.elapsed_ms)


def without_trace(found: Graded) -> Graded:
    """The line out of a response whose steps could not be checked within the limits."""
    return found._replace(text=json.dumps(json.loads(found.text) | {"trace": None}))


def _trace_of(line: str) -> dict[str, Any] | None:
    """None where there is no working to check: a bare answer, a gold answer, no request."""
    try:
        request = read_request(parse_line(line))
    except LineError:
        return None
    if request.problem is None or not request.is_completion:
        return None
    return check_steps(request.problem, request.text).as_dict()


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


def parse_line(line: str) -> dict[str, Any]:
    """The fields of a record; raises ``LineError``."""
    if len(line) > MAX_LINE:
        raise LineError(f"the line has {len(line)} characters; at most {MAX_LINE} are read")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"the line is no JSON: {str(error)[:100]}") from error
    if not isinstance(fields, dict):
        raise LineError("the line is no JSON object")
    return fields


def identifier_of(line: str) -> object:
    """The id of a line; None where it has none or cannot be read."""
    try:
        return parse_line(line).get("id")
    except LineError:
        return None


def same_problem(left: str | Request, right: str | Request) -> bool:
    """Whether two tasks of a pool, lines or requests, ask the same, whatever their answers are."""
    try:
        requests = [
            task if isinstance(task, Request) else read_request(parse_line(task))
            for task in (left, right)
        ]
    except LineError:
        return False
    first, second = ((each.problem, each.gold, each.unknown) for each in requests)
    return first == second


def read_request(fields: Mapping[str, Any]) -> Request:
    """What a record asks for; a field that is null is as good as absent. Raises ``LineError``."""
    given = {name: value for name, value in fields.items() if value is not None}
    if ("answer" in given) == ("response" in given):
        raise LineError('one of "answer" and "response" is needed')
    if sum(name in given for name in ("equation", "problem", "gold")) != 1:
        raise LineError('one of "equation", "problem" and "gold" is needed')
    is_completion = "response" in given
    text = _text(given, "response" if is_completion else "answer")
    if "gold" in given:
        gold, unknown = _text(given, "gold"), _optional_text(given, "unknown")
        return Request(text=text, is_completion=is_completion, gold=gold, unknown=unknown)
    return Request(text=text, is_completion=is_completion, problem=_problem(given))


def _problem(fields: Mapping[str, Any]) -> Problem:
    params = fields.get("params", {})
    if not isinstance(params, dict):
        raise LineError('"params" is no object of texts')
    params = {name: value for name, value in params.items() if value is not None}
    if not all(isinstance(value, str) for value in params.values()):
        raise LineError('"params" is no object of texts')
    ask = _choice(Ask, fields, "ask", None, Reason.MALFORMED_PROBLEM)
    domain = _choice(Domain, fields, "domain", Domain.REAL, Reason.UNSUPPORTED_EQUATION)
    assert domain is not None
    unknown = _optional_text(fields, "unknown")
    if "problem" in fields:
        text = _text(fields, "problem")
        try:
            return read_word_problem(text, unknown=unknown, ask=ask, domain=domain, params=params)
        except WordProblemError as error:
            raise LineError(str(error)) from error
    return Problem(
        equation=_equation(fields),
        unknown=unknown,
        ask=ask or Ask.SOLUTIONS,
        domain=domain,
        params=params,
    )


def _equation(fields: Mapping[str, Any]) -> str | tuple[str, ...]:
    equation = fields["equation"]
    if isinstance(equation, list) and equation:
        return tuple(_text({"equation": each}, "equation") for each in equation)
    return _text({"equation": equation}, "equation")


def _optional_text(fields: Mapping[str, Any], name: str) -> str | None:
    return _text(fields, name) if name in fields else None


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise LineError(f'"{name}" is no text')
    return value


def _choice(
    kind: type[_Choice],
    fields: Mapping[str, Any],
    name: str,
    default: _Choice | None,
    reason: Reason,
) -> _Choice | None:
    if name not in fields:
        return default
    value = fields[name]
    accepted = [str(member) for member in kind]
    if value not in accepted:
        raise LineError(f'"{name}" is {str(value)[:40]!a}; accepted: {", ".join(accepted)}', reason)
    return kind(value)
