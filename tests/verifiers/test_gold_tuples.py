"""Gold answers about several declared unknowns."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifiers.test_hostile import HOSTILE
from verifiers import Decision, Reason, verify, verify_completion

POINTS = "(1, 2) or (3, 1/2)"
LINE = "(t, 3 - t), t ∈ ℝ"


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("(1, 2)", "x = 1, y = 2"), ("x = 1, y = 2", "(1, 2)"), ("(1, 2)", "(x, y) = (2/2, 2)"),
        ("(1, 2)", "(y, x) = (2, 1)"), ("(1, 2)", "{(1, 2), (1, 2)}"),
        (r"\left(\sqrt{8}, \frac12\right)", "(2√2, 0.5)"),
        (POINTS, "(3, 0.5), (1, 2)"), (POINTS, "x = 3, y = 1/2 or x = 1, y = 2"),
        ("(±1, 0)", "(-1, 0), (1, 0)"), ("no solution", "∅"), ("∅", "no real solutions"),
        (LINE, "(3 - s, s)"), (LINE, "y = 3 - x"), (LINE, "x = 1 + 2t, y = 2 - 2t"),
        ("y = 3 - x", "(t, 3 - t)"), ("(x, 3 - x)", "x = 3 - y"), ("(3-y, y)", "y = 3 - x, x ∈ ℝ"),
    ],
)  # fmt: skip
def test_equal(gold: str, answer: str) -> None:
    verdict = verify(gold=gold, answer=answer, unknown="x,y")
    assert (verdict.verdict, verdict.reason) == (Decision.CORRECT, Reason.EQUAL), verdict
    assert verdict.expected
    assert verdict.evidence


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ("(1, 2)", "(2, 1)", Reason.WRONG_VALUE), ("(1, 2)", "1, 2", Reason.WRONG_KIND),
        ("(1, 2)", "x = 1", Reason.WRONG_KIND), ("(1, 2)", "(1, 2, 3)", Reason.WRONG_KIND),
        ("(1, 2)", "1 < x < 2", Reason.WRONG_KIND), ("(1, 2)", "(1, t)", Reason.WRONG_KIND),
        ("(1, 2)", "no solution", Reason.WRONG_VALUE), ("(1, 2)", "", Reason.NO_ANSWER),
        ("(1, 2)", "[1, 2)", Reason.UNPARSABLE_ANSWER),
        (POINTS, "(1, 2)", Reason.MISSING_SOLUTION),
        (POINTS, "(1, 2), (1/2, 3)", Reason.NOT_A_SOLUTION),
        ("∅", "(1, 2)", Reason.NOT_A_SOLUTION), (LINE, "(1, 2)", Reason.MISSING_SOLUTION),
        (LINE, "(t, t)", Reason.WRONG_VALUE), (LINE, "(s, t)", Reason.WRONG_VALUE),
        (LINE, "y = 4 - x", Reason.WRONG_VALUE), (LINE, "(0t, 3)", Reason.WRONG_VALUE),
        (LINE, "(t^2, 3 - t^2)", Reason.WRONG_KIND), (LINE, "no solution", Reason.MISSING_SOLUTION),
    ],
)  # fmt: skip
def test_different(gold: str, answer: str, reason: Reason) -> None:
    verdict = verify(gold=gold, answer=answer, unknown="x,y")
    assert (verdict.verdict, verdict.reason) == (Decision.INCORRECT, reason), verdict
    assert verdict.evidence


@pytest.mark.parametrize(
    ("gold", "unknown"),
    [("(t, 3 - t)", "x,y"), ("(a, 2)", "x,y"), ("(t, t^2), t ∈ ℝ", "x,y"), ("1, 2", "x,y"),
     ("x = 1", "x,y"), ("see the figure", "x,y"), ("", "x,y"), ("(1, 2)", "x,7"),
     ("(1, 2)", "x,x"), ("(1, 2)", "x,y,z")],
)  # fmt: skip
@pytest.mark.parametrize("same", [True, False])
def test_a_gold_that_cannot_be_read_rewards_nobody(gold: str, unknown: str, same: bool) -> None:
    verdict = verify(gold=gold, answer=gold if same else "(1, 2)", unknown=unknown)
    assert (verdict.verdict, verdict.reason) == (Decision.UNDECIDED, Reason.MALFORMED_PROBLEM)


@pytest.mark.parametrize("unknown", [None, "x"])
def test_without_several_unknowns_a_bracket_is_an_interval(unknown: str | None) -> None:
    def decide(gold: str, answer: str) -> Decision:
        return verify(gold=gold, answer=answer, unknown=unknown).verdict

    assert decide("(1, 2)", "1 < x < 2") is Decision.CORRECT
    assert decide("(1, 2)", "x = 1, y = 2") is Decision.INCORRECT
    assert decide("[1, 2]", "1 <= x <= 2") is Decision.CORRECT
    assert decide("x = 1, y = 2", "(1, 2)") is Decision.UNDECIDED


def test_completions() -> None:
    def decide(completion: str) -> Decision:
        return verify_completion(gold="(1, 2)", completion=completion, unknown="x, y").verdict

    assert decide(r"\boxed{x = 1, y = 2}") is Decision.CORRECT
    assert decide(r"\boxed{(2, 1)}") is Decision.INCORRECT


def test_hostile_texts() -> None:
    for text in HOSTILE:
        for gold in ("(1, 2)", LINE):
            assert verify(gold=gold, answer=text, unknown="x,y").verdict is Decision.INCORRECT
        verify(gold=text, answer="(1, 2)", unknown="x,y")


fractions = st.fractions(-3, 3, max_denominator=4)


@given(fractions, fractions, fractions, fractions, fractions.filter(bool), fractions)
def test_flats_are_compared_as_sets(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, rate: Fraction, shift: Fraction
) -> None:
    """(a + c*t, b + d*t) with rate*t + shift for t is the same line, unless it is moved off."""
    gold = f"(({a}) + ({c})t, ({b}) + ({d})t), t ∈ ℝ"
    again = f"({rate})s + ({shift})"
    for slip in (0, 1):
        answer = f"(({a}) + ({c})*({again}), ({b}) + ({slip}) + ({d})*({again}))"
        moved = slip and (c != 0 or d == 0)
        right = Decision.INCORRECT if moved else Decision.CORRECT
        assert verify(gold=gold, answer=answer, unknown="x,y").verdict is right, (gold, answer)
