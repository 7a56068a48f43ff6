"""TRL: a reward function for ``GRPOTrainer`` and its kin.

    from verifiers.adapters.trl import equation_reward
    GRPOTrainer(model, reward_funcs=equation_reward, train_dataset=dataset, ...)

The data set has a column ``equation``, ``gold`` or ``problem``, and may have ``unknown``,
``params``, ``domain`` and ``ask``: the fields of ``grade``. Of several that a row could be judged
by, the first one is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifiers.adapters.rewards import FIELDS, REWARDS, judge_rows, text_of
from verifiers.types import Decision

_TRUTHS = ("equation", "gold", "problem")


def equation_reward(
    prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
) -> list[float | None]:
    """1.0 for a correct final answer, 0.0 for an incorrect one, None for an undecided one.

    ``completions`` are texts or lists of messages; each column has a value a completion. TRL
    leaves a None out of the group's rewards. ``log_metric``, where the trainer gives it, is told
    the share of undecided answers. Raises ``ValueError`` without a column to judge by.
    """
    if not any(name in columns for name in _TRUTHS):
        raise ValueError(
            f"no column to judge by; accepted: one of {', '.join(_TRUTHS)} (found: "
            f"{', '.join(sorted(columns)) or 'none'})"
        )
    rows = [
        {**_fields(columns, index), "response": text_of(completion)}
        for index, completion in enumerate(completions)
    ]
    verdicts = judge_rows(rows)
    log_metric = columns.get("log_metric")
    if callable(log_metric) and verdicts:
        undecided = sum(verdict.verdict is Decision.UNDECIDED for verdict in verdicts)
        log_metric("equation_reward/undecided", undecided / len(verdicts))
    return [REWARDS[verdict.verdict] for verdict in verdicts]


def _fields(columns: dict[str, Any], index: int) -> dict[str, Any]:
    """The fields of one row: of several that it could be judged by, the first of ``_TRUTHS``."""
    row = {name: columns[name][index] for name in FIELDS if name in columns}
    row = {name: value for name, value in row.items() if value is not None}
    for name in [name for name in _TRUTHS if name in row][1:]:
        del row[name]
    if "params" in row:  # a table has every name in every row
        row["params"] = {name: text for name, text in row["params"].items() if text is not None}
    return row
