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
    domain="x != 2",
    excluded=(Fraction(2),),
)


@pytest.mark.parametrize(
    ("equation", "ask", "how", "text"),
    [
        (
            SIX, Ask.SOLUTIONS, habit(),
            "Domain: x != 0\nMultiply: x^2 - 5x + 6 = 0\nFactor: (x - 2)(x - 3) = 0\n"
            "2 != 0\n3 != 0\n\\boxed{2, 3}",
        ),
        (
            SIX, Ask.SUM, habit(uses_formula=True),
            "Domain: x != 0\nMultiply: x^2 - 5x + 6 = 0\nFormula: D = 25 - 24 = 1\n"
            "x = (5 ± 1)/2\n2 != 0\n3 != 0\nSum: 2 + 3 = 5\n\\boxed{5}",
        ),
        (
            SIX, Ask.SOLUTIONS, habit(uses_formula=True, slips_sign=True, states_domain=False),
            "Multiply: x^2 - 5x + 6 = 0\nFormula: D = 25 - 24 = 1\n"
            "x = (-5 ± 1)/2\n\\boxed{-3, -2}",
        ),
        (
            EXCLUDED, Ask.SOLUTIONS, habit(states_domain=False, forgets_domain=True),
            "Multiply: x^2 - 5x + 6 = 0\nFactor: (x - 2)(x - 3) = 0\n\\boxed{2, 3}",
        ),
        (
            EXCLUDED, Ask.COUNT, habit(),
            "Domain: x != 2\nMultiply: x^2 - 5x + 6 = 0\nFactor: (x - 2)(x - 3) = 0\n"
            "2 = 2\n3 != 2\nRoots: 3\n\\boxed{1}",
        ),
    ],
)  # fmt: skip
def test_rational_working(equation, ask, how, text):
    assert rational.work(equation, ask, how) == text


def test_no_real_solution_by_the_discriminant():
    equation = Equation(
        family="quadratic", form="standard", lhs="x^2 - 2x + 3", rhs="0", unknown="x",
        solutions=quadratic_roots(1, -2, 3), polynomial=(1, -2, 3),
    )  # fmt: skip
    text = "Formula: D = 4 - 12 = -8 < 0\n\\boxed{no real solution}"
    assert quadratic.work(equation, Ask.SOLUTIONS, CAREFUL) == text


def test_linear_slips():
    equation = Equation(
        family="linear", form="two", lhs="5x - 7", rhs="2x + 8", unknown="x",
        solutions=(Fraction(5),), parts=(5, -7, 2, 8),
    )  # fmt: skip
    careful = "Move: 5x - 2x = 8 + 7\n3x = 15\n\\boxed{5}"
    assert linear.work(equation, Ask.SOLUTIONS, CAREFUL) == careful
    hasty = linear.work(equation, Ask.SOLUTIONS, habit(is_hasty=True, slips_move=True))
    assert hasty == "3x = 1\n\\boxed{1/3}"


def test_absolute_checks_both_cases():
    equation = Equation(
        family="absolute", form="line", lhs="|x - 3|", rhs="2x", unknown="x",
        solutions=(Fraction(1),), parts=(1, -3, 2, 0),
        sides=lambda x: (str(abs(x - 3)), str(2 * x)),
    )  # fmt: skip
    text = "x - 3 = 2x: x = -3\nx - 3 = -2x: x = 1\nCheck -3: 6 != -6\nCheck 1: 2 = 2\n\\boxed{1}"
    assert absolute.work(equation, Ask.SOLUTIONS, CAREFUL) == text
    assert absolute.work(equation, Ask.SOLUTIONS, habit(checks=False)).endswith("\\boxed{-3, 1}")
