"""Foreign ways of writing a set, each beside a neighbour that must not pass for it."""

import pytest

from verifiers import Decision, verify

OPEN, HALF_OPEN, BELOW, ALL, NONZERO = (
    "|2x - 1| < 5",
    "(x+1)/(x-2) <= 0",
    "2x + 1 < 5",
    "x + 1 = x + 1",
    "x/x = 1",
)


@pytest.mark.parametrize(
    ("equation", "answer"),
    [
        (OPEN, "]-2, 3["),
        (OPEN, "$]-2; 3[$"),
        (HALF_OPEN, "[-1, 2["),
        (BELOW, "{x | x < 2}"),
        (BELOW, r"\{x \in \mathbb{R} : x < 2\}"),
        (BELOW, "{x : 2 > x}"),
        (ALL, r"-\infty < x < \infty"),
        (NONZERO, "all nonzero real numbers"),
        (NONZERO, r"\mathbb{R} - \{0\}"),
        (NONZERO, "{x | x != 0}"),
        (NONZERO, "(-∞, 0) U (0, ∞)"),
    ],
)
def test_read(equation: str, answer: str) -> None:
    verdict = verify(equation, answer)
    assert verdict.verdict is Decision.CORRECT, verdict


@pytest.mark.parametrize(
    ("equation", "answer"),
    [
        (OPEN, "]-2, 3]"),
        (OPEN, "[-2, 3["),
        (OPEN, "]-2, 3)"),
        (HALF_OPEN, "]-1, 2["),
        (BELOW, "{y | y < 2}"),
        (BELOW, "{x | x <= 2}"),
        (BELOW, "{x | x < 2}, 5"),
        (BELOW, "{x | 2}"),
        ("x = 2", "{x | 2}"),
        (BELOW, "{|x| | x < 2}"),
        (ALL, r"-\infty < y < \infty"),
        (ALL, r"\infty < x < -\infty"),
        (NONZERO, "all nonzero integers"),
        (NONZERO, r"\mathbb{R} - \{1\}"),
        (NONZERO, r"\mathbb{R} - 0"),
        (NONZERO, "(-∞, 0) U (1, ∞)"),
        (NONZERO, "(-∞, 0) U 1"),
        (NONZERO, "U (0, ∞)"),
        ("U/U = 1", "(-∞, 0) U (0, ∞)"),
    ],
)
def test_refused(equation: str, answer: str) -> None:
    verdict = verify(equation, answer)
    assert verdict.verdict is Decision.INCORRECT, verdict
