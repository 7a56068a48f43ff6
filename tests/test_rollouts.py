from rlvr.config import RewardConfig
from rlvr.newborn import make_tokenizer
from rlvr.prompt import Prompter
from rlvr.reward import score
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


def test_equal_completions_of_a_group_are_judged_once(monkeypatch):
    judged = []

    def counted(task, completion, text, config):
        judged.append((task.id, text, completion.finish_reason))
        return score(task, completion, text, config)

    monkeypatch.setattr("rlvr.rollouts.score", counted)
    prompter = Prompter(make_tokenizer(), "bare")
    prompts = [prompter.prompt(task) for task in TASKS]

    def write(text, finish_reason="stop", logprob=-0.1):
        ids = tuple(prompter.tokenizer(text)["input_ids"])
        return Completion(
            token_ids=ids,
            rollout_logprobs=(logprob,) * len(ids),
            finish_reason=finish_reason,
            policy_version=0,
        )

    one, two = "\\boxed{1}", "\\boxed{2}"
    written = [write(one), write(two), write(one, logprob=-0.2), write(one, "length"), write(two)]
    groups = score_groups(prompter, prompts, [written, written[:1]], RewardConfig())
    assert judged == [("t2", one, "stop"), ("t2", two, "stop"), ("t2", one, "length"),
                      ("t4", one, "stop")]  # fmt: skip
    first = groups[0]
    assert [r.completion for r in first] == written  # each with its own logprobs
    assert [r.text for r in first] == [one, two, one, one, two]
    assert first[0].reward == first[2].reward != first[3].reward
    assert [r.reward.verdict.verdict for r in first[:2]] == [Decision.CORRECT, Decision.INCORRECT]


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
