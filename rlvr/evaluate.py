"""What a model can do: greedy accuracy by family, pass@k, and the habits it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from math import comb
from typing import TypedDict

from rlvr.config import Config
from rlvr.progress import Progress
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollouts import roll_out
from rlvr.types import Rollout, Task
from verifiers import Decision


class EvalMetrics(TypedDict):
    """Shares in 0..1. A habit's rate is over the problems to which the habit applies, and only
    statements that the verifier found true count."""

    accuracy: float
    accuracy_by_family: dict[str, float]
    accuracy_shifted: float | None  # None where there is no shifted split
    accuracy_sampled: float
    pass_at_8: float
    domain_stated_rate: float
    domain_stated_rate_rational: float
    excluded_value_answered_rate: float
    factoring_rate: float
    substitution_check_rate: float
    undecided_rate: float
    truncated_rate: float
    mean_tokens: float


def evaluate(
    engine: RolloutEngine,
    prompter: Prompter,
    test: Sequence[Task],
    shifted: Sequence[Task],
    config: Config,
) -> tuple[EvalMetrics, list[Rollout]]:
    """The metrics, and the greedy rollouts of both splits, test first."""
    size, subset = config.eval.pass_at, test[: config.eval.pass_at_problems]
    total = len(test) + len(shifted) + size * len(subset)
    seed = (config.seed, "eval")
    with Progress("evaluation", total) as progress:
        roll = partial(
            roll_out, engine, prompter, config=config, seed=seed, advance=progress.advance
        )
        greedy = [group[0] for group in roll(test)]
        far = [group[0] for group in roll(shifted)]
        sampled = roll(subset, temperature=config.rollout.temperature, group_size=size)
    return summarise(greedy, far, sampled), greedy + far


def summarise(
    greedy: Sequence[Rollout], far: Sequence[Rollout], sampled: Sequence[Sequence[Rollout]]
) -> EvalMetrics:
    """Pure: rollouts in, shares out."""
    by_family: dict[str, list[Rollout]] = defaultdict(list)
    for rollout in greedy:
        by_family[rollout.prompt.task.family].append(rollout)
    return EvalMetrics(
        accuracy=_share(_is_correct(r) for r in greedy),
        accuracy_by_family={
            family: _share(_is_correct(r) for r in rollouts)
            for family, rollouts in by_family.items()
        },
        accuracy_shifted=_share(_is_correct(r) for r in far) if far else None,
        accuracy_sampled=_share(_is_correct(r) for group in sampled for r in group),
        pass_at_8=_share(
            pass_at_k(len(group), sum(map(_is_correct, group)), min(8, len(group)))
            for group in sampled
        ),
        domain_stated_rate=habit_rate(greedy, "domain_stated"),
        domain_stated_rate_rational=habit_rate(by_family.get("rational", []), "domain_stated"),
        excluded_value_answered_rate=habit_rate(greedy, "excluded_value_answered"),
        factoring_rate=habit_rate(greedy, "factoring"),
        substitution_check_rate=habit_rate(greedy, "substitution_check"),
        undecided_rate=_share(r.reward.verdict.verdict is Decision.UNDECIDED for r in greedy),
        truncated_rate=_share(r.completion.finish_reason == "length" for r in greedy),
        mean_tokens=_share(len(r.completion.token_ids) for r in greedy),
    )


def flat_metrics(metrics: EvalMetrics) -> dict[str, float]:
    """As charts want them: ``eval/accuracy``, ``eval/accuracy/linear``, ..."""
    flat = {f"eval/{k}": v for k, v in metrics.items() if isinstance(v, float)}
    by_family = metrics["accuracy_by_family"]
    return flat | {f"eval/accuracy/{family}": value for family, value in by_family.items()}


def in_short(metrics: EvalMetrics) -> str:
    families = ", ".join(f"{k} {v:.1%}" for k, v in metrics["accuracy_by_family"].items())
    far = metrics["accuracy_shifted"]
    shifted = "" if far is None else f" shifted {far:.1%},"
    return (
        f"accuracy {metrics['accuracy']:.1%} ({families}),{shifted} pass@8"
        f" {metrics['pass_at_8']:.1%}, domain stated {metrics['domain_stated_rate']:.1%}"
    )


def habit_rate(rollouts: Iterable[Rollout], habit: str) -> float:
    shown = [getattr(rollout.reward.habits, habit) for rollout in rollouts]
    return _share(value for value in shown if value is not None)


def pass_at_k(n: int, c: int, k: int) -> float:
    """Unbiased estimate from n draws, c of them right: ``1 - C(n - c, k) / C(n, k)``.

    Source: Chen et al. 2021, Evaluating Large Language Models Trained on Code.
    """
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"pass@k needs 0 <= c <= n and 1 <= k <= n; got n={n}, c={c}, k={k}")
    return 1.0 - comb(n - c, k) / comb(n, k)


def _is_correct(rollout: Rollout) -> bool:
    return rollout.reward.verdict.verdict is Decision.CORRECT


def _share(values: Iterable[float]) -> float:
    """The mean; 0 of nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0
