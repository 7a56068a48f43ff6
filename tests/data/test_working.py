"""Whole worked solutions, to the letter: what the model is taught to write."""

from fractions import Fraction

import pytest

from rlvr.data.equation import Equation
from rlvr.data.families import absolute, linear, quadratic, rational
from rlvr.data.novice import CAREFUL, Habit
from rlvr.data.numbers import quadratic_roots
from verifiers import Ask


def habit(**changes: bool) -> Habit:
    return Habit(**{name: getattr(CAREFUL, name) for name in Habit.__slots__} | changes)


SIX = Equation(
    family="rational",
    form="unit",
    lhs="6 - (6 + x)/x",
    rhs="x",
    unknown="x",
    solutions=(Fraction(2), Fraction(3)),
    polynomial=(1, -5, 6),
    reduction=("Multiply: 6x - 6 - x = x^2", "Move: x^2 - 5x + 6 = 0"),
    domain="x != 0",
    excluded=(Fraction(0),),
)
EXCLUDED = Equation(
    family="rational",
    form="quotient",
    lhs="(x^2 - 5x + 6)/(x - 2)",
    rhs="0",
    unknown="x",
    solutions=(Fraction(3),),
    polynomial=(1, -5, 6),
    reduction=("Multiply: x^2 - 5x + 6 = 0",),
    domain="x != 2",
    excluded=(Fraction(2),),
    may_gain_excluded=True,
)


@pytest.mark.parametrize(
    ("equation", "ask", "how", "text"),
    [
        (
            SIX, Ask.SOLUTIONS, habit(),
            "Domain: x != 0\nMultiply: 6x - 6 - x = x^2\nMove: x^2 - 5x + 6 = 0\n"
            "Factor: (x - 2)(x - 3) = 0\n\\boxed{2, 3}",
        ),
        (
            SIX, Ask.SUM, habit(uses_formula=True),
            "Domain: x != 0\nMultiply: 6x - 6 - x = x^2\nMove: x^2 - 5x + 6 = 0\n"
            "Formula: D = 25 - 24 = 1\nx = (5 ± 1)/2\nSum: 2 + 3 = 5\n\\boxed{5}",
        ),
        (
            SIX, Ask.SOLUTIONS, habit(uses_formula=True, slips_sign=True, states_domain=False),
            "Multiply: 6x - 6 - x = x^2\nMove: x^2 - 5x + 6 = 0\nFormula: D = 25 - 24 = 1\n"
            "x = (-5 ± 1)/2\n\\boxed{-3, -2}",
        ),
        (
            EXCLUDED, Ask.SOLUTIONS, habit(states_domain=False, forgets_domain=True),
            "Multiply: x^2 - 5x + 6 = 0\nFactor: (x - 2)(x - 3) = 0\n\\boxed{2, 3}",
        ),
        (
            EXCLUDED, Ask.COUNT, habit(),
            "Domain: x != 2\nMultiply: x^2 - 5x + 6 = 0\nFactor: (x - 2)(x - 3) = 0\n"
            "2 - 2 = 0\n3 - 2 = 1\nRoots: 3\n\\boxed{1}",
        ),
    ],
)  # fmt: skip
def test_rational_working(equation, ask, how, text):
    assert rational.work(equation, ask, how) == text


@pytest.mark.parametrize(
    ("polynomial", "text"),
    [
        ((1, -2, 3), "Square: (x - 1)^2 = 1 - 3 = -2 < 0\n\\boxed{no real solution}"),
        ((1, 4, -1), "Square: (x + 2)^2 = 4 + 1 = 5\n\\boxed{-2 ± √5}"),
        ((1, 0, -3), "Square: x^2 = 3\n\\boxed{±√3}"),
        # Completing the square would make fractions: the formula, and nobody slips there.
        ((1, -3, 1), "Formula: D = 9 - 4 = 5\nx = (3 ± √5)/2\n\\boxed{3/2 ± √5/2}"),
    ],
)
def test_roots_that_no_factors_give(polynomial, text):
    equation = Equation(
        family="quadratic", form="standard", lhs="", rhs="", unknown="x",
        solutions=quadratic_roots(*polynomial), polynomial=polynomial,
    )  # fmt: skip
    slips = habit(uses_formula=True, slips_sign=True)
    assert quadratic.work(equation, Ask.SOLUTIONS, slips) == text


def test_linear_slips():
    equation = Equation(
        family="linear", form="two", lhs="5x - 7", rhs="2x + 8", unknown="x",
        solutions=(Fraction(5),), parts=(5, -7, 2, 8),
    )  # fmt: skip
    assert linear.work(equation, Ask.SOLUTIONS, CAREFUL) == "Move: 3x = 8 + 7 = 15\n\\boxed{5}"
    hasty = linear.work(equation, Ask.SOLUTIONS, habit(is_hasty=True, slips_move=True))
    assert hasty == "Move: 3x = 1\n\\boxed{1/3}"


def test_absolute_checks_both_cases():
    equation = Equation(
        family="absolute", form="line", lhs="|x - 3|", rhs="2x", unknown="x",
        solutions=(Fraction(1),), parts=(1, -3, 2, 0),
        sides=lambda x: (f"|{x - 3}|", str(2 * x), abs(x - 3) == 2 * x),
    )  # fmt: skip
    text = (
        "x - 3 = 2x: -x = 3, x = -3\nx - 3 = -2x: 3x = 3, x = 1\n"
        "Check -3: |-6| != -6\nCheck 1: |-2| = 2\n\\boxed{1}"
    )
    assert absolute.work(equation, Ask.SOLUTIONS, CAREFUL) == text
    assert absolute.work(equation, Ask.SOLUTIONS, habit(checks=False)).endswith("\\boxed{-3, 1}")
