"""datasets: verdicts as columns, by ``Dataset.map``.

    from verifiers.adapters.datasets import add_verdicts
    dataset = dataset.map(add_verdicts, batched=True, batch_size=1000)

The columns are the fields of ``grade``: one of ``equation``, ``problem`` and ``gold``, one of
``answer`` and ``response``. What is added has the names of its verdict lines, save that ``answer``
and ``domain``, which the data set may have, are ``canonical_answer`` and ``restrictions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.adapters.rewards import FIELDS, judge_rows

_COLUMNS = (*FIELDS, "answer", "response")


def add_verdicts(batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """For ``map(..., batched=True)``; a malformed row is undecided. Any ``num_proc`` will do."""
    names = [name for name in _COLUMNS if name in batch]
    columns = [batch[name] for name in names]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    verdicts = judge_rows(rows)
    return {
        "verdict": [str(each.verdict) for each in verdicts],
        "reason": [str(each.reason) for each in verdicts],
        "canonical_answer": [each.answer for each in verdicts],
        "expected": [each.expected for each in verdicts],
        "restrictions": [list(each.domain) for each in verdicts],
        "evidence": [list(each.evidence) for each in verdicts],
        "elapsed_ms": [each.elapsed_ms for each in verdicts],
    }
