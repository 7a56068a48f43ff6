"""The groups of one step: draw problems, complete them, score them; draw again if asked to.

Dynamic sampling: a group whose rewards are all equal trains nothing with a group baseline, so the
step draws other problems in its place, for at most ``refill_rounds`` rounds. All groups are kept:
the metrics then speak of every completion that was paid for, and the extra ones can be counted.
Source: DAPO (arXiv 2503.14476), which draws without a bound and drops the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rlvr.config import Config
from rlvr.data.sampler import TaskSampler
from rlvr.learn.advantages.groups import informative
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine, SamplingSettings
from rlvr.rollouts import Group, generate, score_groups
from rlvr.timing import Stopwatch
from rlvr.types import Task
from verifiers import Decision


def collect(
    engine: RolloutEngine,
    prompter: Prompter,
    sampler: TaskSampler,
    step: int,
    config: Config,
    watch: Stopwatch,
) -> tuple[list[Group], dict[str, float]]:
    """The groups of ``step``, at least ``grpo.problems``, and what the sampling cost."""
    wanted, last_round = config.grpo.problems, config.grpo.sampling.refill_rounds
    tasks = sampler.draw(step, wanted)
    groups = _complete(engine, prompter, tasks, step, config, watch)
    rounds = 0
    while rounds < last_round:
        missing = wanted - _num_informative(groups)
        more = sampler.draw_more(step, rounds + 1, missing, {task.id for task in tasks})
        if not more:
            break
        groups += _complete(engine, prompter, more, step, config, watch)
        tasks, rounds = tasks + more, rounds + 1
    sampler.observe(tasks, [_success(group) for group in groups])
    metrics = sampler.metrics()
    if last_round:
        metrics["sampling/refill_rounds"] = float(rounds)
        metrics["sampling/extra_groups"] = float(len(groups) - wanted)
        metrics["sampling/extra_share"] = len(groups) / wanted - 1
        metrics["sampling/informative_groups"] = float(_num_informative(groups))
    return groups, metrics


def reward_arrays(groups: Sequence[Group]) -> tuple[np.ndarray, np.ndarray]:
    """Rewards [P, G] and whether each is counted [P, G]."""
    rewards = np.array([[r.reward.total for r in group] for group in groups], dtype=np.float64)
    counted = np.array([[r.reward.counted for r in group] for group in groups], dtype=bool)
    return rewards, counted


def _complete(
    engine: RolloutEngine,
    prompter: Prompter,
    tasks: Sequence[Task],
    step: int,
    config: Config,
    watch: Stopwatch,
) -> list[Group]:
    settings = SamplingSettings(
        temperature=config.rollout.temperature, max_new_tokens=config.rollout.max_new_tokens
    )
    prompts = [prompter.prompt(task) for task in tasks]
    seed = (config.seed, "grpo", step)
    with watch("rollout"):
        completions = generate(engine, prompts, settings, config.grpo.group_size, seed)
    with watch("verify"):
        return score_groups(prompter, prompts, completions, config.reward)


def _num_informative(groups: Sequence[Group]) -> int:
    return int(informative(*reward_arrays(groups)).sum())


def _success(group: Group) -> float | None:
    """The share of right answers among those decided."""
    verdicts = [rollout.reward.verdict.verdict for rollout in group]
    decided = [verdict for verdict in verdicts if verdict is not Decision.UNDECIDED]
    return sum(v is Decision.CORRECT for v in decided) / len(decided) if decided else None
