"""The records that travel through the loop; each stage makes a new one, none is changed.

Shapes: P problems a step, G completions a problem (a group), B = P * G, T tokens, V vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from verifiers import Habits, Problem, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row of a dataset: a problem, and the words in which it is put to the model.

    Where there is a ``gold`` answer, answers are judged by it; of ``problem`` only the unknown
    counts then.
    """

    id: str
    family: str
    text: str
    problem: Problem
    difficulty: str = ""
    gold: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A task as the token ids that both engine and trainer read; text is never tokenised again."""

    task: Task
    token_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the engine wrote after a prompt.

    ``token_ids`` includes the end-of-sequence token, or the tokens of a stop text, when
    ``finish_reason`` is ``"stop"``;
    ``rollout_logprobs`` has one value a token, under the engine's sampling distribution.
    """

    token_ids: tuple[int, ...]
    rollout_logprobs: tuple[float, ...]
    finish_reason: Literal["stop", "length"]
    policy_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """A total and its breakdown; ``terms`` are already weighted and add up to ``total``.

    ``counted`` is false where the verifier was undecided (or, by config, where the completion
    was cut off): such a completion is in no baseline and trains nothing.
    """

    total: float
    terms: dict[str, float]
    counted: bool
    verdict: Verdict
    habits: Habits


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """A prompt, one completion of it, and its reward."""

    prompt: Prompt
    completion: Completion
    text: str
    reward: Reward


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSequence:
    """One completion as the learner sees it.

    A supervised example has ``advantage`` 1 and no ``rollout_logprobs``. The fields of tuples have
    one value a completion token, or none; those after ``advantage`` are the learner's own, and
    there only where the configuration asks for them.
    """

    prompt_ids: tuple[int, ...]
    completion_ids: tuple[int, ...]
    rollout_logprobs: tuple[float, ...] = ()
    advantage: float = 1.0
    old_logprobs: tuple[float, ...] = ()
    """The policy's before the step, for more than one update."""
    reference_logprobs: tuple[float, ...] = ()
    token_advantages: tuple[float, ...] = ()
    """Take the place of ``advantage``, which is then their mean."""
    old_values: tuple[float, ...] = ()
    """The value head's before the step, before each token."""
    returns: tuple[float, ...] = ()
    """What those values should have been."""
