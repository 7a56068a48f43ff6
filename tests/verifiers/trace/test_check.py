"""Claims, offsets, suppositions, and texts that would break a reader."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.bench_traces import problem_of, rows
from verifiers import Ask, Decision, Problem, check_steps
from verifiers.trace.records import Cause, Change, ClaimKind, Transition, Truth

ROWS = rows()


def texts(trace, completion, kind=None):
    return [completion[c.start : c.end] for c in trace.claims if kind in (None, c.kind)]


def test_the_seed_problem_with_the_wrong_sign():
    text = "Multiply by y: 3y - (3+y) = y^2.\nSo y^2 - 2y - 3 = 0, y = 3 or y = -1.\n\\boxed{-1, 3}"
    trace = check_steps("3 - (3+y)/y = y", text)
    error = trace.first_error
    assert (error.change, error.cause) == (Change.GAINED, Cause.SIGN)
    assert text[trace.claims[error.claim].start : trace.claims[error.claim].end] == (
        "y^2 - 2y - 3 = 0"
    )
    assert (error.gained, error.lost) == (("-1", "3"), ())
    assert trace.transition is Transition.WRONG_WRONG


def test_a_supposition_claims_nothing():
    text = "Try x = 4: 2*4 + 3 = 11. If x = 1, then 5 = 5. Suppose x = 3.\nSo x = 2. \\boxed{2}"
    trace = check_steps("2x + 3 = 7", text)
    assert texts(trace, text, ClaimKind.CANDIDATE) == ["x = 2"]
    assert trace.first_error is None
    assert not trace.corrected


def test_the_cases_of_an_absolute_value_are_no_errors():
    text = "3z - 4 = z + 8: 2z = 12, z = 6\n3z - 4 = -z - 8: 4z = -4, z = -1\n\\boxed{-1, 6}"
    trace = check_steps("|3z - 4| - 8 = z", text)
    assert trace.first_error is None
    assert {claim.truth for claim in trace.claims} == {Truth.TRUE}


def test_a_case_left_out_is_one():
    trace = check_steps("|3z - 4| - 8 = z", "3z - 4 = z + 8: 2z = 12, z = 6\n\\boxed{6}")
    assert (trace.first_error.change, trace.first_error.lost) == (Change.LOST, ("-1",))


def test_right_arithmetic_is_needed_for_an_aha():
    wrong = "x + 6 = x^2, so x = 3 or x = -2. Check x = -2: sqrt(4) = 3, and 3 ≠ -2. \\boxed{3}"
    trace = check_steps("sqrt(x+6) = x", wrong)
    assert trace.corrected
    assert not trace.verified_aha
    right = wrong.replace("sqrt(4) = 3, and 3", "sqrt(4) = 2, and 2")
    assert check_steps("sqrt(x+6) = x", right).verified_aha


def test_a_false_rejection_is_no_aha():
    text = "x = 2 or x = 3. But x = 3 is extraneous. \\boxed{2}"
    trace = check_steps("x^2 - 5x + 6 = 0", text)
    rejected = [claim for claim in trace.claims if claim.kind is ClaimKind.EXCLUSION]
    assert [claim.truth for claim in rejected] == [Truth.FALSE]
    assert trace.broken
    assert not trace.corrected


def test_a_denied_equality_is_a_true_statement():
    text = "Check x = 5: 2*5 + 3 = 7 is false. So x = 2. \\boxed{2}"
    trace = check_steps("2x + 3 = 7", text)
    (check,) = (c for c in trace.claims if c.kind is ClaimKind.SUBSTITUTION)
    assert check.truth is Truth.TRUE


def test_a_parameter_is_put_in():
    problem = Problem(equation="a - (a + x)/x = x", unknown="x", params={"a": "a = 6"})
    text = "a = 6: 6 - (6 + x)/x = x\nx^2 - 5x + 6 = 0\n\\boxed{2, 3}"
    trace = check_steps(problem, text)
    assert trace.first_error is None
    assert {claim.truth for claim in trace.claims} == {Truth.TRUE}


@pytest.mark.parametrize(
    "problem",
    [
        Problem(equation="x + y = 3, x - y = 1"),
        Problem(equation="x^2 > 4"),
        Problem(equation="a x = 1", unknown="x", params={"a": "a != 0"}),
        Problem(equation="x^x^x = 3 +"),
        Problem(equation="x^2 = 9", ask=Ask.SUM),
    ],
)
def test_other_problems_raise_nothing(problem):
    trace = check_steps(problem, "x = 2, y = 1, so 2 + 1 = 3. \\boxed{x = 2, y = 1}")
    assert trace.verdict.verdict in Decision


HOSTILE = [
    "9^9^9^9^9 = x", "(" * 100_000 + "x = 1" + ")" * 100_000, "x = " + "9" * 100_000,
    "\\boxed{" * 5_000, "x = 1 or " * 20_000, "\x00x\x00 = \ud800 1", "x" * 1_000_000,
    "$" * 50_000, "x = 1000000!", "\\frac{" * 3_000 + "x = 1", "= = = = x = =" * 500,
    "check x = " * 5_000, "x = 1. Wait. " * 3_000, "{%s} {0.__class__} __import__('os') = x",
    "x = " + "sqrt(" * 500 + "2" + ")" * 500, "x = sin(10^8)^(10^8)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_give_a_trace(text):
    trace = check_steps("x^2 = 4", text)
    assert trace.verdict.verdict is not Decision.CORRECT
    assert all(0 <= claim.start < claim.end <= len(text) for claim in trace.claims)


@settings(max_examples=150)
@given(
    st.text(alphabet="x y=0123456789+-*/^()≠<>{}\\$.,;:?!\n|√±boxedfracsqrt orand", max_size=200)
)
def test_any_text_gives_a_trace_with_offsets_in_order(text):
    trace = check_steps("x^2 - 5x + 6 = 0", text)
    starts = [claim.start for claim in trace.claims]
    assert starts == sorted(starts)
    assert all(0 <= claim.start < claim.end <= len(text) for claim in trace.claims)


@settings(max_examples=150)
@given(st.integers(0, len(ROWS) - 1), st.integers(0, 2**32))
def test_mutated_traces_raise_nothing(index, seed):
    row, rng = ROWS[index], random.Random(seed)
    text = list(row["completion"])
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        text[at : at + rng.randint(0, 4)] = rng.choice(
            ["", "=", "x", "7", "\\", "{", "$", "≠", "\n"]
        )
    trace = check_steps(problem_of(row), "".join(text))
    assert trace.as_dict()["claims"] is not None


@pytest.mark.parametrize("problem", ["tan x > 1", "sin x >= 1/2", "|sin x| >= 1/2", "sin x = 1/2"])
@pytest.mark.parametrize(
    "text",
    [
        "x = 2\n\\boxed{2}",
        "x = pi/4 or x = 3\nCheck x = 3: tan 3 > 1\n\\boxed{x = pi/4}",
        "sin x >= 1/2\nx >= pi/6\n\\boxed{x >= pi/6}",
        "No solution. \\boxed{no solution}",
    ],
)
def test_solutions_that_repeat_raise_nothing(problem, text):
    trace = check_steps(Problem(equation=problem, unknown="x"), text)
    assert trace.claims[-1].truth is Truth.FALSE
    assert not trace.verified_aha
