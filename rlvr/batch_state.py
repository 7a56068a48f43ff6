"""A batch that was made ahead, as a checkpoint keeps it: what was drawn, exactly.

The weights that drew it are gone when the checkpoint is written, so it is not drawn again on a
resume. Texts and rewards are made anew: they follow from the tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from rlvr.batches import Batch
from rlvr.config import RewardConfig
from rlvr.prompt import Prompter
from rlvr.rollouts import score_groups
from rlvr.types import Completion, Task


def batch_state(batch: Batch) -> dict[str, Any]:
    """All completions in a row: their tokens and logprobs joined, the logprobs in float64."""
    completions = [rollout.completion for group in batch.groups for rollout in group]
    ids = [token for c in completions for token in c.token_ids]
    logprobs = [logprob for c in completions for logprob in c.rollout_logprobs]
    return {
        "tasks": [group[0].prompt.task.id for group in batch.groups],
        "token_ids": torch.tensor(ids),
        "rollout_logprobs": torch.tensor(logprobs, dtype=torch.float64),
        "lengths": [len(c.token_ids) for c in completions],
        "finish_reasons": [c.finish_reason for c in completions],
        "policy_versions": [c.policy_version for c in completions],
        "metrics": dict(batch.metrics),
        "seconds": dict(batch.seconds),
    }


def restore_batch(
    state: dict[str, Any], tasks: Sequence[Task], prompter: Prompter, config: RewardConfig
) -> Batch:
    """The batch of a ``batch_state``; ``tasks`` are those it was drawn from."""
    lengths = state["lengths"]
    completions = [
        Completion(
            token_ids=tuple(ids.tolist()),
            rollout_logprobs=tuple(logprobs.tolist()),
            finish_reason=finish_reason,
            policy_version=policy_version,
        )
        for ids, logprobs, finish_reason, policy_version in zip(
            state["token_ids"].split(lengths),
            state["rollout_logprobs"].split(lengths),
            state["finish_reasons"],
            state["policy_versions"],
            strict=True,
        )
    ]
    by_id = {task.id: task for task in tasks}
    prompts = [prompter.prompt(by_id[task_id]) for task_id in state["tasks"]]
    size = len(completions) // len(prompts)
    groups = [completions[start : start + size] for start in range(0, len(completions), size)]
    return Batch(
        groups=score_groups(prompter, prompts, groups, config),
        metrics=state["metrics"],
        seconds=state["seconds"],
    )
