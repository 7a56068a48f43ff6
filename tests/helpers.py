"""Small records for tests."""

from rlvr.types import Completion, Prompt, Reward, Rollout, Task
from verifiers import Decision, Habits, Problem, Reason, Verdict

NO_HABITS = Habits(
    domain_stated=None,
    domain_first=None,
    factoring=None,
    quadratic_formula=None,
    substitution_check=None,
    excluded_value_answered=None,
)


def make_rollout(
    correct: bool | None = True,
    family: str = "linear",
    habits: Habits = NO_HABITS,
    num_tokens: int = 4,
    truncated: bool = False,
    terms: dict[str, float] | None = None,
    task_id: str = "task",
) -> Rollout:
    """``correct`` None is undecided."""
    decision = {True: Decision.CORRECT, False: Decision.INCORRECT, None: Decision.UNDECIDED}
    terms = terms or {"correct": float(correct is True)}
    task = Task(id=task_id, family=family, text="Solve 2x = 4", problem=Problem(equation="2x = 4"))
    return Rollout(
        prompt=Prompt(task=task, token_ids=(1, 2)),
        completion=Completion(
            token_ids=tuple(range(num_tokens)),
            rollout_logprobs=(-0.5,) * num_tokens,
            finish_reason="length" if truncated else "stop",
            policy_version=0,
        ),
        text="\\boxed{2}",
        reward=Reward(
            total=sum(terms.values()),
            terms=terms,
            counted=correct is not None,
            verdict=Verdict(verdict=decision[correct], reason=Reason.EQUAL),
            habits=habits,
        ),
    )
