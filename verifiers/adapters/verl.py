"""verl: a ``compute_score`` for ``reward.custom_reward_function``.

    reward.custom_reward_function.path=<this file>
    reward.custom_reward_function.name=compute_score

``ground_truth`` is a gold answer, or an object, also as JSON text, with the fields of ``grade``:
``{"equation": "x^2 = 4"}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verifiers.adapters.rewards import judge_rows, row_of
from verifiers.types import Decision


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    undecided_score: float = 0.0,
    **_: Any,
) -> dict[str, Any]:
    """``score`` and ``acc`` are 1.0 for a correct final answer, 0.0 for an incorrect one.

    verl has no way to leave a completion out: an undecided one scores ``undecided_score``, which
    ``reward_kwargs`` can set, and is counted by ``undecided``. ``reason`` is a code of the docs.
    """
    (verdict,) = judge_rows([row_of(_read(ground_truth), solution_str)])
    is_undecided = verdict.verdict is Decision.UNDECIDED
    is_correct = float(verdict.verdict is Decision.CORRECT)
    return {
        "score": float(undecided_score) if is_undecided else is_correct,
        "acc": is_correct,
        "undecided": float(is_undecided),
        "reason": str(verdict.reason),
    }


def _read(ground_truth: Any) -> Any:
    """The object that a text is in JSON; any other text is a gold answer."""
    if isinstance(ground_truth, str) and ground_truth.lstrip().startswith("{"):
        try:
            fields = json.loads(ground_truth)
        except (ValueError, RecursionError):  # {1, 2} is a gold answer
            return ground_truth
        return fields if isinstance(fields, dict) else ground_truth
    return ground_truth
