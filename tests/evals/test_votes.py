import pytest

from rlvr.data.grading import judge
from rlvr.evals.judge import ballot, equal_pairs, proved_equal
from rlvr.evals.votes import CUT, Ballot, open_pairs, vote
from rlvr.types import Task
from verifiers import Problem
from verifiers.verdicts import MAX_TEXT


def wrong(answer: str | None) -> Ballot:
    return Ballot(answer, False)


def votes_for(answers: list[str], problem: Problem, gold: str | None = None) -> tuple:
    """The whole way, from what a model writes to its votes."""
    task = Task(id="t", family="f", text="t", problem=problem, gold=gold)
    ballots = [ballot(v) for v in judge([(task, f"\\boxed{{{answer}}}") for answer in answers])]
    unknown = problem.unknown
    pairs = open_pairs(ballots)
    proved = proved_equal([(unknown, left, right) for left, right in pairs])
    return vote(ballots, equal_pairs(unknown, pairs, proved))


def test_classes_are_numbered_as_they_appear_and_blanks_are_none():
    ballots = [wrong("{2}"), wrong(None), Ballot("{1}", True), wrong("{2}"), wrong("{3}")]
    assert vote(ballots) == (0, None, 1, 0, 2)


def test_right_answers_are_one_vote_whatever_they_look_like():
    assert vote([Ballot("n = 1", True), Ballot("{1}", True)]) == (0, 0)


def test_a_right_and_a_wrong_answer_are_never_one_vote():
    # The same canonical text with two verdicts: the restriction of the problem tells them apart.
    assert vote([Ballot("a", True), wrong("a"), wrong("b")], {("a", "b")}) == (0, 1, 1)


def test_equality_goes_on_from_pair_to_pair():
    ballots = [wrong(text) for text in "dabcx"]
    assert vote(ballots, {("a", "b"), ("c", "d"), ("b", "c")}) == (0, 0, 0, 0, 1)


def test_pairs_of_rational_sets_are_not_asked():
    ballots = [wrong(text) for text in ("{1/2}", "{-3, 2}", "x > 1", "x >= 1", "{1/2}")]
    assert open_pairs(ballots) == [
        ("x > 1", "x >= 1"), ("x > 1", "{-3, 2}"), ("x > 1", "{1/2}"),
        ("x >= 1", "{-3, 2}"), ("x >= 1", "{1/2}"),
    ]  # fmt: skip


def test_an_answer_that_the_verdict_cut_is_equal_to_nothing():
    assert CUT == MAX_TEXT
    text = "9" * CUT
    assert open_pairs([wrong(text), wrong("x > 1")]) == []
    assert vote([wrong(text), wrong(text), wrong("{1}")]) == (0, 1, 2)


@pytest.mark.parametrize("gold", [None, "7"])
def test_half_in_its_forms_is_one_vote(gold):
    answers = ["1/2", "0.5", r"x = \frac12", r"\frac{2}{4}", "50\\%", "2", r"\sqrt{\frac14}"]
    problem = Problem(equation="2x = 14", unknown="x")
    assert votes_for(answers, problem, gold) == (0, 0, 0, 0, 0, 1, 0)


def test_wrong_expressions_in_parameters_are_proved_equal():
    problem = Problem(equation="a x = 1", unknown="x", params={"a": "a != 0"})
    answers = ["2/a", "x = (1+1)/a", r"\frac{2a}{a^2}", "1/a", "x = a/a^2", "3/a"]
    assert votes_for(answers, problem) == (0, 0, 0, 1, 1, 2)


def test_hostile_answers_vote_for_nothing():
    hostile = [
        "9^{9^{9^{9}}}", "(" * 5000, "", "banana", "2^{10^{10}}", "1 = 2", "\x00", "x",
        "__import__('os').system('true')", "\\boxed{1}\\boxed{2}", "\ud800",
    ]  # fmt: skip
    found = votes_for([*hostile, "5", "x=5"], Problem(equation="x = 7"))
    assert found == (*[None] * len(hostile), 0, 0)


def test_intervals_sets_and_no_solution_are_three_votes():
    answers = ["x > 3", "(3, \\infty)", "no real solutions", "\\emptyset", "3", "\\{3\\}", "x >= 3"]
    assert votes_for(answers, Problem(equation="x = 7")) == (0, 0, 1, 1, 2, 2, 3)


def test_near_is_not_equal_and_other_forms_of_a_root_are():
    problem = Problem(equation="x = 7")
    answers = [r"1 + \sqrt{2}", r"\sqrt{3 + 2\sqrt{2}}", "2.41421356", "10^{300} + 1", "10^{300}"]
    assert votes_for(answers, problem) == (0, 0, 1, 2, 3)
    assert votes_for(["0.333333", r"\frac13", "2/6", r"\pi", "3.14159265358979"], problem) == (
        0, 1, 1, 2, 3
    )  # fmt: skip


def test_tuples_of_a_system_are_votes_too():
    problem = Problem(equation="x + y = 3, x y = 2")
    answers = ["(1, 2), (2, 1)", "(2, 1) or (1, 2)", "(0.5, 2)", r"x = \frac12, y = 2", "(2, 0.5)"]
    assert votes_for(answers, problem) == (0, 0, 1, 1, 2)
