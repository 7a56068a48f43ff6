from rlvr.data.grading import judge, unreadable
from rlvr.evals.judge import proved_equal
from rlvr.types import Task
from verifiers import Decision, Problem, Reason


def task(equation="2x = 4", gold=None, unknown=None):
    problem = Problem(equation=equation, unknown=unknown)
    return Task(id="t", family="", text="", problem=problem, gold=gold)


def test_completions_are_judged_by_equation_or_by_gold():
    asked = [
        (task(), "\\boxed{2}"),
        (task(), "\\boxed{3}"),
        (task(), "2"),  # no box
        (task("words", gold="1/2"), "\\boxed{0.5}"),
        (task("words", gold="1/2"), "\\boxed{2}"),
        (task("x + y", gold="(1, 2)", unknown="x,y"), "\\boxed{x = 1, y = 2}"),
    ]
    assert [v.verdict is Decision.CORRECT for v in judge(asked)] == [
        True, False, False, True, False, True
    ]  # fmt: skip


def test_only_what_nothing_can_settle_is_unreadable():
    found = unreadable([task(), task("sin x = x"), task("?"), task(gold="a lot"), task(gold="3")])
    reasons = [each.reason if each else None for each in found]
    assert reasons == [
        None, Reason.UNSUPPORTED_EQUATION, Reason.MALFORMED_PROBLEM, Reason.MALFORMED_PROBLEM, None
    ]  # fmt: skip


def test_equality_is_proved_or_not_claimed():
    questions = [
        ("x", "2/a", "2*a/a^2"),
        ("x", "2/a", "3/a"),
        (None, "x > 1", "1 < x"),
        (None, "x > 1", "x >= 1"),
        (None, "what?", "what?"),
    ]
    assert proved_equal(questions) == {questions[0], questions[2]}
    assert proved_equal([]) == set()
