"""Sets of reals: their algebra, their text, and reading them back."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from verifiers import Reason, verify
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import EMPTY, REALS, RealSet, rational_between
from verifiers.read_set import parse_set
from verifiers.read_value import AnswerError
from verifiers.syntax import ParseError

TEXTS = [
    "x = 1", "x != 1", "x < 1", "x <= 1", "x > 1", "x >= 1", "x = -2 or x = 2", "1 < x < 3",
    "1 <= x < 3", "x < 0 or x > 2", "x < 0 or x = 1 or x >= 2", "x != -1 and x != 1",
    "x > sqrt(2)", "-sqrt(2) <= x <= sqrt(2)", "0 <= x < 2 or x > 2",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_text_round_trip(text: str) -> None:
    assert parse_set(text, "x").describe("x") == text


def test_algebra_agrees_with_membership() -> None:
    sets = [parse_set(text, "x") for text in TEXTS] + [EMPTY, REALS]
    numbers = [Real.of(n) / Real.of(2) for n in range(-6, 9)]
    for left, right in itertools.product(sets, sets):
        union, both = left | right, left & right
        for number in numbers:
            assert (number in union) == (number in left or number in right)
            assert (number in both) == (number in left and number in right)
        assert union == right | left
        assert ~union == ~left & ~right
        assert (left == right) == (left is right)


def test_superfluous_breaks_vanish() -> None:
    one = Real.of(1)
    assert RealSet.compared("<", one) | RealSet.compared(">=", one) == REALS
    assert RealSet.compared("<", one) & RealSet.compared(">", one) == EMPTY
    assert RealSet.points_only([one, one]).points == (one,)


def test_members() -> None:
    for text in TEXTS:
        numbers = parse_set(text, "x")
        assert numbers.member() in numbers
    with pytest.raises(ValueError, match="not in tuple"):
        EMPTY.member()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x ≠ ±2", "x != -2 and x != 2"),
        ("x ≠ 1, 2", "x != 1 and x != 2"),
        ("x ≠ 1 and x ≠ 2", "x != 1 and x != 2"),
        (r"x \neq 1, x \neq 2", "x != 1 and x != 2"),
        ("x ≥ -7, x ≠ 2", "-7 <= x < 2 or x > 2"),
        ("0 ≤ x", "x >= 0"),
        ("3 > x ≥ 1", "1 <= x < 3"),
        ("[1, 3)", "1 <= x < 3"),
        ("(-oo, 1] ∪ (2, oo)", "x <= 1 or x > 2"),
        (r"\left(-\infty, 1\right] \cup (2, \infty)", "x <= 1 or x > 2"),
        ("all real numbers except 1 and 2", "x != 1 and x != 2"),
    ],
)
def test_forms(text: str, same: str) -> None:
    assert parse_set(text, "x") == parse_set(same, "x")


@pytest.mark.parametrize(
    "text",
    ["x > ±1", "x > 1, 2", "[1, 2", "x ∈ 3", "ℝ ∖ 3", "{x > 1}", "3 < x < 1", "x < 1 and x > 3",
     "(3, 1)", "(∞, 0)", "(0, -∞)", "∅ or 2", "2, ∅", "{} or x = 2", "{∅}", "x > 1 > 0",
     "all real numbers except all real numbers", "ℝ∖ℝ", "x = 1,000", "x = 007"],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises((ParseError, AnswerError)):
        parse_set(text, "x")


def test_a_number_between_two_that_are_very_near() -> None:
    """A float cannot tell them apart; an answer with such an end is wrong, and no exception."""
    for digits in (15, 30, 150):
        low, high = Real.of(7), Real.of(7 + Fraction(1, 10**digits))
        assert low < Real.of(rational_between(low, high)) < high
        verdict = verify("|x - 3| + |x - 7| = 4", f"3 <= x <= 7 + 10^-{digits}")
        assert verdict.reason is Reason.NOT_A_SOLUTION
