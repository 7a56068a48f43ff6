"""Tasks to scored groups: the part of a step that evaluation and training share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rlvr.config import Config, RewardConfig
from rlvr.data.tasks import LeftOut
from rlvr.prompt import Prompter
from rlvr.reward import score
from rlvr.rollout.engine import Request, RolloutEngine, SamplingSettings
from rlvr.seeding import derive_seed
from rlvr.types import Completion, Prompt, Reward, Rollout, Task

Group = tuple[Rollout, ...]


def generate(
    engine: RolloutEngine,
    prompts: Sequence[Prompt],
    sampling: SamplingSettings,
    group_size: int,
    seed: tuple[int | str, ...],
) -> list[tuple[Completion, ...]]:
    """``group_size`` completions to each prompt.

    A completion's own seed depends on ``seed``, its task and its place in the group alone, so the
    batch around it does not matter.
    """
    requests = [
        Request(prompt_ids=p.token_ids, seed=derive_seed(*seed, p.task.id, index))
        for p in prompts
        for index in range(group_size)
    ]
    completions = engine.generate(requests, sampling)
    starts = range(0, len(completions), group_size)
    return [tuple(completions[start : start + group_size]) for start in starts]


def fitting(
    prompts: Sequence[Prompt], max_new_tokens: int, limit: int | None
) -> tuple[list[Prompt], list[LeftOut]]:
    """The prompts that leave room for a completion, and the others."""
    fitting, left_out = [], []
    for prompt in prompts:
        size = len(prompt.token_ids)
        if size and (limit is None or size + max_new_tokens <= limit):
            fitting.append(prompt)
            continue
        evidence = f"{size} prompt tokens and {max_new_tokens} new ones; the model takes {limit}"
        left_out.append(LeftOut(id=prompt.task.id, reason="prompt_too_long", evidence=evidence))
    return fitting, left_out


def roll_out(
    engine: RolloutEngine,
    prompter: Prompter,
    tasks: Sequence[Task],
    config: Config,
    seed: tuple[int | str, ...],
    temperature: float = 0.0,
    group_size: int = 1,
    advance: Callable[[int], object] = lambda count: None,
) -> list[Group]:
    """Scored groups of any number of tasks, greedy and one of each unless told otherwise.

    ``advance`` is told how many completions each portion made.
    """
    sampling = SamplingSettings(
        temperature=temperature, max_new_tokens=config.rollout.max_new_tokens
    )
    groups: list[Group] = []
    # Portions that keep the engine full, and show how far it is.
    portion = max(1, 2 * config.rollout.max_sequences // group_size)
    for start in range(0, len(tasks), portion):
        prompts = [prompter.prompt(task) for task in tasks[start : start + portion]]
        completions = generate(engine, prompts, sampling, group_size, seed)
        groups += score_groups(prompter, prompts, completions, config.reward)
        advance(len(prompts) * group_size)
    return groups


def score_groups(
    prompter: Prompter,
    prompts: Sequence[Prompt],
    completions: Sequence[Sequence[Completion]],
    config: RewardConfig,
) -> list[Group]:
    """The completions with their text and reward, in groups of one prompt each.

    A model that has found its words writes many a completion of a group twice, with the tiny
    preset most of them: each is judged once.
    """
    groups = []
    for prompt, group in zip(prompts, completions, strict=True):
        rollouts = []
        known: dict[tuple[object, ...], tuple[str, Reward]] = {}
        for completion in group:
            key = (completion.token_ids, completion.finish_reason)
            if key not in known:
                text = prompter.text(completion.token_ids)
                known[key] = (text, score(prompt.task, completion, text, config))
            text, reward = known[key]
            rollouts.append(Rollout(prompt=prompt, completion=completion, text=text, reward=reward))
        groups.append(tuple(rollouts))
    return groups
