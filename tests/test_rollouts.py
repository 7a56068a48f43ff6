from rlvr.config import RewardConfig
from rlvr.newborn import make_tokenizer
from rlvr.prompt import Prompter
from rlvr.rollout.engine import SamplingSettings
from rlvr.rollouts import generate, score_groups
from rlvr.types import Completion, Task
from verifiers import Decision, Problem

SAMPLING = SamplingSettings(temperature=1.0, max_new_tokens=8)
TASKS = [
    Task(id=f"t{n}", family="linear", text=f"Solve 2x = {n}", problem=Problem(equation=f"2x = {n}"))
    for n in (2, 4)
]


class Recorder:
    """Answers 1 to everything and keeps the requests."""

    name = "recorder"
    policy_version = 3

    def __init__(self, prompter):
        self.ids = tuple(prompter.tokenizer("\\boxed{1}")["input_ids"])
        self.requests = []

    def generate(self, requests, sampling):
        self.requests += requests
        return [
            Completion(
                token_ids=self.ids,
                rollout_logprobs=(-0.1,) * len(self.ids),
                finish_reason="stop",
                policy_version=self.policy_version,
            )
            for _ in requests
        ]


def test_groups_keep_their_prompts_and_order():
    prompter = Prompter(make_tokenizer(), "bare")
    engine = Recorder(prompter)
    prompts = [prompter.prompt(task) for task in TASKS]
    completions = generate(engine, prompts, SAMPLING, group_size=3, seed=(0, "test"))
    assert [len(group) for group in completions] == [3, 3]
    groups = score_groups(prompter, prompts, completions, RewardConfig())
    decisions = [[r.reward.verdict.verdict for r in group] for group in groups]
    assert decisions == [[Decision.CORRECT] * 3, [Decision.INCORRECT] * 3]
    assert groups[0][0].text == "\\boxed{1}"


def test_a_completions_seed_does_not_depend_on_the_batch_around_it():
    prompter = Prompter(make_tokenizer(), "bare")
    prompts = [prompter.prompt(task) for task in TASKS]
    both, alone = Recorder(prompter), Recorder(prompter)
    generate(both, prompts, SAMPLING, group_size=2, seed=(0, "grpo", 5))
    generate(alone, prompts[1:], SAMPLING, group_size=2, seed=(0, "grpo", 5))
    assert both.requests[2:] == alone.requests
    assert len({request.seed for request in both.requests}) == 4
    other_step = Recorder(prompter)
    generate(other_step, prompts, SAMPLING, group_size=2, seed=(0, "grpo", 6))
    seeds = {request.seed for request in both.requests + other_step.requests}
    assert len(seeds) == 8
