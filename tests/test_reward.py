"""Each reward term, and the completions that try to earn it without earning it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.config import Config, OverlongConfig, RewardConfig
from rlvr.newborn import DIGITS, MARKS, WORDS
from rlvr.reward import overlong_share, score
from rlvr.types import Completion, Task
from verifiers import Problem

CONFIG = RewardConfig(correct=1.0, domain=0.2, format=0.1, truncated_penalty=0.3)
TASK = Task(
    id="t",
    family="rational",
    text="Solve (x^2 - 5x + 6)/(x - 2) = 0",
    problem=Problem(equation="(x^2 - 5x + 6)/(x - 2) = 0", unknown="x"),
)
GOOD = "Domain: x != 2\nMultiply: x^2 - 5x + 6 = 0\nFactor: (x - 2)(x - 3) = 0\n\\boxed{3}"


def reward(text, finish_reason="stop", config=CONFIG, task=TASK):
    completion = Completion(
        token_ids=(1,), rollout_logprobs=(0.0,), finish_reason=finish_reason, policy_version=0
    )
    return score(task, completion, text, config)


def test_everything_right_earns_every_term():
    result = reward(GOOD)
    assert result.terms == {"correct": 1.0, "format": 0.1, "domain": 0.2}
    assert result.total == pytest.approx(1.3)
    assert result.counted


def test_a_wrong_answer_keeps_what_it_earned():
    result = reward(GOOD.replace("{3}", "{2, 3}"))
    assert result.terms == {"correct": 0.0, "format": 0.1, "domain": 0.2}


@pytest.mark.parametrize(
    "text",
    [
        "Domain: x != 3\n\\boxed{3}",  # false
        "Domain: x != 2, x != 3\n\\boxed{3}",  # true and false: listing everything
        "Domain: x != 0, x != 1, x != 2\n\\boxed{3}",
        "Domain: x != 1\n\\boxed{3}",  # another value
        "Domain: y != 2\n\\boxed{3}",  # another unknown
        "Domain: x = 2\n\\boxed{3}",
        "\\boxed{3}\nDomain: x != 2",  # after the answer
        "Domain\n\\boxed{3}",
        "Domain: 2 != 3\n\\boxed{3}",  # true, and says nothing
        "The domain is stated: yes\n\\boxed{3}",
    ],
)
def test_domain_term_is_not_earned_by(text):
    assert reward(text).terms["domain"] == 0.0


@pytest.mark.parametrize(
    "text", ["Domain: x != 2\n\\boxed{3}", "x ≠ 2\n\\boxed{3}", "x - 2 != 0\n\\boxed{3}"]
)
def test_domain_term_is_earned_in_other_words(text):
    assert reward(text).terms["domain"] == 0.2


@pytest.mark.parametrize(
    "text",
    [
        "x = 3",  # no box
        "",
        "\\boxed{}",
        "\\boxed{3",
        "\\boxed{1, 2, 3, 4, 5} \\boxed{3}",  # stuffing
        "\\boxed{banana}",
        "\\boxed{9^{9^{9^9}}}",
    ],
)
def test_format_and_correctness_are_not_earned_by(text):
    result = reward(text)
    assert result.terms["correct"] == 0.0
    assert result.terms["format"] == 0.0
    assert result.counted  # the model's fault, never a refuge


@pytest.mark.parametrize("text", ["\\boxed{1, 2, 3}", "\\boxed{x}", "\\boxed{(x-2)(x-3) = 0}"])
def test_correctness_is_not_earned_by_answering_everything_or_nothing(text):
    assert reward(text).terms["correct"] == 0.0


def test_a_cut_off_completion_is_penalised_or_masked():
    penalised = reward(GOOD, finish_reason="length")
    assert penalised.terms["truncated"] == -0.3
    assert penalised.terms["format"] == 0.0
    assert penalised.counted
    masked = reward(GOOD, finish_reason="length", config=RewardConfig(truncated="mask"))
    assert "truncated" not in masked.terms
    assert not masked.counted


def test_no_domain_term_where_nothing_is_restricted():
    task = Task(id="t", family="linear", text="", problem=Problem(equation="2x = 4"))
    result = reward("2x = 4\n\\boxed{2}", task=task)
    assert result.terms == {"correct": 1.0, "format": 0.1}


def test_undecided_is_not_counted():
    task = Task(id="t", family="odd", text="", problem=Problem(equation="x = cos(x)"))
    assert not reward("\\boxed{1}", task=task).counted


PROCESS = CONFIG.model_copy(update={"process": 0.5})


def test_the_way_earns_only_where_it_is_asked_for():
    assert "process" not in reward(GOOD).terms
    assert reward(GOOD, config=PROCESS).terms["process"] == 0.5


def test_a_right_answer_by_a_wrong_step_earns_less_for_the_way():
    wrong_step = GOOD.replace("(x - 2)(x - 3)", "(x - 2)(x - 4)")
    result = reward(wrong_step, config=PROCESS)
    assert result.terms["correct"] == 1.0
    assert 0 < result.terms["process"] <= 0.25


def test_padding_with_trivialities_earns_nothing_more():
    padded = "1 = 1\nx = x\n2 = 2\n" + GOOD.replace("(x - 2)(x - 3)", "(x - 2)(x - 4)")
    plain = GOOD.replace("(x - 2)(x - 3)", "(x - 2)(x - 4)")
    ways = [reward(text, config=PROCESS).terms["process"] for text in (padded, plain)]
    assert ways[0] == ways[1]


OVERLONG = RewardConfig(overlong=OverlongConfig(penalty=0.5, start=8, buffer=4))


@pytest.mark.parametrize(
    ("length", "share"), [(0, 0), (8, 0), (9, 0.25), (11, 0.75), (12, 1), (50, 1)]
)
def test_overlong_by_hand(length, share):
    assert overlong_share(length, start=8, buffer=4) == share


def test_overlong_costs_only_the_last_tokens_and_never_pays():
    def total(text, length):
        completion = Completion(
            token_ids=(1,) * length,
            rollout_logprobs=(0.0,) * length,
            finish_reason="stop",
            policy_version=0,
        )
        return score(TASK, completion, text, OVERLONG)

    assert total(GOOD, 8).terms["overlong"] == 0
    assert total(GOOD, 11).terms["overlong"] == -0.375
    # Saying little earns nothing, and a long right answer stays better than a short wrong one.
    assert total("", 1).total == 0 < total(GOOD, 99).total
    assert total("\\boxed{7}", 1).total < total(GOOD, 99).total
    assert "overlong" not in reward(GOOD).terms


def test_a_penalty_that_no_completion_can_reach_is_refused():
    overlong = {"penalty": 0.5, "start": 128}
    with pytest.raises(ValueError, match="start must be below rollout"):
        Config.model_validate({"reward": {"overlong": overlong}})
    Config.model_validate({"reward": {"overlong": overlong | {"penalty": 0.0}}})


def test_a_gold_answer_decides_where_there_is_one():
    problem = Problem(equation="How many clips did Natalia sell?", unknown="n")
    task = Task(id="g", family="words", text="How many?", problem=problem, gold="1/2")
    assert reward("So \\boxed{n = 0.5}", task=task).terms["correct"] == CONFIG.correct
    wrong = reward("So \\boxed{2}", task=task)
    assert wrong.terms["correct"] == 0
    assert wrong.counted
    assert wrong.habits.domain_stated is None
    unreadable = Task(id="g", family="words", text="How?", problem=problem, gold="18 dollars")
    assert not reward("So \\boxed{18}", task=unreadable).counted


@given(
    st.lists(st.sampled_from([*WORDS, *MARKS, *DIGITS, "x", "\nDomain: x != ", "±"]), max_size=40)
)
def test_whatever_an_untrained_model_writes_has_a_reward(pieces):
    full = RewardConfig(process=0.1)
    assert reward("".join(pieces), config=full).total <= 1.4


@pytest.mark.parametrize(
    ("statement", "domain"),
    [("x != ±2", 0.2), ("x != 2, x != -2", 0.2), ("x^2 != 4", 0.2), ("±x != 2", 0.2),
     ("x != 2", 0.0), ("x > ±2", 0.0), ("±x != ±2", 0.0), ("x != ±3", 0.0)],
)  # fmt: skip
def test_one_sign_may_state_two_restrictions(statement, domain):
    task = Task(
        id="t",
        family="rational",
        text="",
        problem=Problem(equation="1/(x^2 - 4) = 1/5", unknown="x"),
    )
    text = f"Domain: {statement}\nMultiply: 5 = x^2 - 4\nRoots: x = ±3\n\\boxed{{3, -3}}"
    assert reward(text, task=task).terms["domain"] == domain
