"""OpenRLHF: a ``reward_func``, named by the path of this file.

    --reward.remote_url <this file>        (in older releases: --remote_rm_url)

``labels`` are gold answers, or JSON texts with the fields of ``grade``, such as
``{"equation": "x^2 = 4"}``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from verifiers.adapters.rewards import judge_rows, read_truth, row_of
from verifiers.types import Decision

UNDECIDED_REWARD = 0.0


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **_: Any
) -> dict[str, Any]:
    """``rewards`` and ``scores``: 1.0 for a correct final answer, 0.0 for an incorrect one.

    ``queries`` are prompts with their completions. OpenRLHF has no way to leave one out: an
    undecided one gets ``UNDECIDED_REWARD`` and counts in ``extra_logs``. The values are tensors
    of shape [B], as the trainer takes them, where torch is loaded, and lists elsewhere.
    """
    completions = [_completion(*pair) for pair in zip(queries, prompts, strict=True)]
    rows = [
        row_of(read_truth(label), completion)
        for label, completion in zip(labels, completions, strict=True)
    ]
    decisions = [verdict.verdict for verdict in judge_rows(rows)]
    rewards = [
        UNDECIDED_REWARD if decision is Decision.UNDECIDED else float(decision is Decision.CORRECT)
        for decision in decisions
    ]
    undecided = [float(decision is Decision.UNDECIDED) for decision in decisions]
    return {
        "rewards": _tensor(rewards),
        "scores": _tensor(rewards),
        "extra_logs": {"undecided": _tensor(undecided)},
    }


def _completion(query: str, prompt: str) -> str | None:
    """What follows the prompt; None where it is not in the query but its boxes may be."""
    start = query.find(prompt)  # a token of the beginning may stand before it
    if start >= 0:
        return query[start + len(prompt) :]
    return None if "\\boxed" in prompt else query


def _tensor(values: list[float]) -> Any:
    torch = sys.modules.get("torch")  # the grader does not import it
    return torch.tensor(values) if torch else values
