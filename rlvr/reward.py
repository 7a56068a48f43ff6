"""Verdicts to rewards, with their breakdown: the only place where the loop meets the verifier."""

from __future__ import annotations

from rlvr.config import RewardConfig
from rlvr.types import Completion, Reward, Task
from verifiers import Decision, Reason, Verdict, check_steps, read_habits, verify_completion
from verifiers.trace.process_reward import process_reward

UNREADABLE = frozenset(
    {
        Reason.NO_ANSWER,
        Reason.SEVERAL_ANSWERS,
        Reason.UNPARSABLE_ANSWER,
        Reason.OVER_BUDGET_ANSWER,
        Reason.WRONG_KIND,
    }
)


def score(task: Task, completion: Completion, text: str, config: RewardConfig) -> Reward:
    """The terms, weighted:

    * ``correct``: the verdict on the final answer;
    * ``domain``: every restriction of the equation stated, and truly, where it has any;
    * ``format``: exactly one final answer, readable, and an end of its own;
    * ``process``: the share of true steps up to the first error (off by default);
    * ``truncated``: minus a penalty where the completion was cut off (or masked, by config);
    * ``overlong``: minus a penalty that grows with the last tokens allowed (off by default).

    An undecided verdict is the verifier's failure: its completion is not counted.
    """
    verdict = _verdict(task, text)
    habits = read_habits(task.problem, text, verdict)
    is_truncated = completion.finish_reason == "length"
    terms = {
        "correct": config.correct * (verdict.verdict is Decision.CORRECT),
        "format": config.format * (verdict.reason not in UNREADABLE and not is_truncated),
    }
    if habits.domain_stated is not None:
        terms["domain"] = config.domain * habits.domain_stated
    if config.process and task.gold is None:  # a checked trace costs ten times a verdict
        trace = check_steps(task.problem, text)
        terms["process"] = config.process * process_reward(trace, task.problem, text)
    if is_truncated and config.truncated == "penalise":
        terms["truncated"] = -config.truncated_penalty
    if config.overlong.penalty:
        length = len(completion.token_ids)
        share = overlong_share(length, config.overlong.start, config.overlong.buffer)
        terms["overlong"] = -config.overlong.penalty * share
    is_masked = is_truncated and config.truncated == "mask"
    return Reward(
        total=sum(terms.values()),
        terms=terms,
        counted=verdict.verdict is not Decision.UNDECIDED and not is_masked,
        verdict=verdict,
        habits=habits,
    )


def overlong_share(length: int, start: int, buffer: int) -> float:
    """min(max(0, length - start), buffer) / buffer: 0 up to ``start`` tokens, 1 from both together.

    Source: soft overlong punishment of DAPO (arXiv 2503.14476), where start + buffer is the
    longest completion. Up to ``start`` a token costs nothing, so it is no reward for saying little.
    """
    return min(max(0, length - start), buffer) / buffer


def _verdict(task: Task, text: str) -> Verdict:
    if task.gold is None:
        return verify_completion(task.problem, text)
    return verify_completion(completion=text, gold=task.gold, unknown=task.problem.unknown)
