"""verl: a ``compute_score`` for ``reward.custom_reward_function``.

    reward.custom_reward_function.path=<this file>
    reward.custom_reward_function.name=compute_score

``ground_truth`` is a gold answer, or an object, also as JSON text, with the fields of ``grade``:
``{"equation": "x^2 = 4"}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifiers.adapters.rewards import judge_rows, read_truth, row_of
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
    (verdict,) = judge_rows([row_of(read_truth(ground_truth), solution_str)])
    is_undecided = verdict.verdict is Decision.UNDECIDED
    is_correct = float(verdict.verdict is Decision.CORRECT)
    return {
        "score": float(undecided_score) if is_undecided else is_correct,
        "acc": is_correct,
        "undecided": float(is_undecided),
        "reason": str(verdict.reason),
    }
