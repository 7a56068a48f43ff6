"""What a batch of scored groups says: rewards, verdicts, lengths, habits."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

import numpy as np

from rlvr.rollouts import Group
from verifiers import Decision

TERMS = ("correct", "domain", "format", "process", "truncated", "overlong")
HABITS = (
    "domain_stated",
    "domain_first",
    "factoring",
    "quadratic_formula",
    "substitution_check",
    "excluded_value_answered",
)


def staleness_metrics(groups: Sequence[Group], policy_version: int) -> dict[str, float]:
    """How many updates old the completions are for a policy of ``policy_version`` updates.

    As recorded by the engine that wrote them: mean and maximum over all of them.
    """
    ages = [policy_version - r.completion.policy_version for group in groups for r in group]
    return {"staleness/mean": fmean(ages), "staleness/max": float(max(ages))}


def group_metrics(groups: Sequence[Group], informative: np.ndarray) -> dict[str, float]:
    """Metrics of one step, under the names that TRL uses where it has them.

    ``informative`` [P] says which groups train anything. A term or habit that applies to no
    rollout of the batch is left out.
    """
    rollouts = [rollout for group in groups for rollout in group]
    totals = [rollout.reward.total for rollout in rollouts]
    lengths = [len(rollout.completion.token_ids) for rollout in rollouts]
    metrics = {
        "reward": fmean(totals),
        "reward_std": fmean(pstdev(r.reward.total for r in group) for group in groups),
        "frac_reward_zero_std": 1.0 - float(informative.mean()),
        "groups_skipped": float(len(groups) - informative.sum()),
        "completions/mean_length": fmean(lengths),
        "completions/max_length": float(max(lengths)),
        "completions/clipped_ratio": fmean(
            r.completion.finish_reason == "length" for r in rollouts
        ),
        "completions/not_counted": float(sum(not r.reward.counted for r in rollouts)),
    }
    for decision in Decision:
        metrics[f"verdict/{decision}_rate"] = fmean(
            r.reward.verdict.verdict is decision for r in rollouts
        )
    for term in TERMS:
        values = [r.reward.terms[term] for r in rollouts if term in r.reward.terms]
        if values:
            metrics[f"rewards/{term}/mean"] = fmean(values)
    for habit in HABITS:
        shown = [getattr(r.reward.habits, habit) for r in rollouts]
        values = [value for value in shown if value is not None]
        if values:
            metrics[f"habits/{habit}_rate"] = fmean(values)
    families = {r.prompt.task.family for r in rollouts}
    for family in sorted(families):
        metrics[f"accuracy/{family}"] = fmean(
            r.reward.verdict.verdict is Decision.CORRECT
            for r in rollouts
            if r.prompt.task.family == family
        )
    return metrics
