"""What the adapters share: columns of a data set -> a request, a verdict -> a number."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.pool import Limits, shared_pool
from verifiers.pool.pool import as_verdict
from verifiers.pool.worker import VERDICT_FIELDS
from verifiers.record import LineError, read_request
from verifiers.types import Decision, Reason, Verdict

FIELDS = ("equation", "problem", "gold", "unknown", "domain", "params", "ask")
REWARDS = {Decision.CORRECT: 1.0, Decision.INCORRECT: 0.0, Decision.UNDECIDED: None}

_log = logging.getLogger("verifiers")


def judge_rows(
    rows: Sequence[Mapping[str, Any]], *, jobs: int | None = None, limits: Limits | None = None
) -> list[Verdict]:
    """A verdict for each record of the ``grade`` format, in order, by worker processes.

    A malformed record is undecided. Undecided verdicts are logged: what they become is no reward.
    """
    verdicts: list[Verdict | None] = []
    requests, keys, places = [], [], []
    for row in rows:
        try:
            requests.append(read_request(row))
            keys.append(str([row.get(name) for name in FIELDS]))
            places.append(len(verdicts))
            verdicts.append(None)
        except LineError as error:
            evidence = (f"{error}.",)
            verdicts.append(
                Verdict(verdict=Decision.UNDECIDED, reason=error.reason, evidence=evidence)
            )
    results = shared_pool(jobs, limits).submit(requests, keys).result() if requests else []
    for place, result in zip(places, results, strict=True):
        verdicts[place] = as_verdict(result, VERDICT_FIELDS)
    judged = [verdict for verdict in verdicts if verdict is not None]
    _report_undecided(judged)
    return judged


def read_truth(ground_truth: Any) -> Any:
    """The object that a text is in JSON; any other text is a gold answer."""
    if isinstance(ground_truth, str) and ground_truth.lstrip().startswith("{"):
        try:
            fields = json.loads(ground_truth)
        except (ValueError, RecursionError):  # {1, 2} is a gold answer
            return ground_truth
        return fields if isinstance(fields, dict) else ground_truth
    return ground_truth


def row_of(ground_truth: Any, response: str | None) -> dict[str, Any]:
    """The record for a ground truth: a text is a gold answer, an object has fields of its own."""
    if isinstance(ground_truth, Mapping):
        named = {name: ground_truth[name] for name in FIELDS if ground_truth.get(name) is not None}
        return {**named, "response": response}
    if isinstance(ground_truth, str | int | float):
        return {"gold": str(ground_truth), "response": response}
    return {"gold": None, "response": response}


def text_of(completion: Any) -> str:
    """The text of a completion: itself, or what the assistant says in a list of messages."""
    if isinstance(completion, str):
        return completion
    contents = [
        _content(message.get("content"))
        for message in completion
        if message.get("role", "assistant") == "assistant"
    ]
    return "\n".join(contents)


def _content(content: Any) -> str:
    """The text of a message, whose content may come in parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def _report_undecided(verdicts: Sequence[Verdict]) -> None:
    reasons = [verdict for verdict in verdicts if verdict.verdict is Decision.UNDECIDED]
    if reasons:
        first: Reason = reasons[0].reason
        _log.warning(
            "%d of %d answers are undecided, the first one for %s: %s",
            len(reasons), len(verdicts), first, " ".join(reasons[0].evidence),
        )  # fmt: skip
