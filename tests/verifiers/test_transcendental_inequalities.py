"""Inequalities with exponentials, logarithms and trigonometric functions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Decision, Problem, Reason, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.solve import Equation, Solution, holds_at
from verifiers.solve.equation import read_equation


@pytest.mark.parametrize(
    ("inequality", "solutions"),
    [
        ("2^x > 8", "x > 3"),
        ("(1/2)^x < 4", "x > -2"),
        ("2^x < 3", "x < ln(3)/ln(2)"),
        ("e^(2x) - 3e^x + 2 > 0", "x < 0 or x > ln(2)"),
        ("3^x + 4^x > 5^x", "x < 2"),
        ("2^(x^2) < 16", "-2 < x < 2"),
        ("e^x > 0", "all real numbers"),
        ("e^x < 0", "no real solutions"),
        ("e^x != 1", "all real numbers except 0"),
        ("e^x >= x + 1", "all real numbers"),
        ("1 < 2^x <= 8", "0 < x <= 3"),
        ("sqrt(2^x - 4) < 2", "2 <= x < 3"),
        ("x^x > 4", "x > 2"),
        ("ln(x) <= 1", "0 < x <= e"),
        ("log_2(x-1) < 3", "1 < x < 9"),
        ("log_{1/2}(x) > 2", "0 < x < 1/4"),
        ("log_x(2) > 1", "1 < x < 2"),
        ("ln(x)^2 - 3ln(x) + 2 <= 0", "e <= x <= e^2"),
        ("ln(x) > ln(2x-3)", "3/2 < x < 3"),
        ("ln(x^2) >= 0", "x <= -1 or x >= 1"),
        ("log(x) + log(x-3) <= 1", "3 < x <= 5"),
        ("ln(-x) + ln(x) > 0", "no real solutions"),
        ("ln(x)/(x-2) >= 0", "0 < x <= 1 or x > 2"),
        ("1/ln(x) > 0", "x > 1"),
        ("|ln x| < 1", "1/e < x < e"),
        ("ln x <= x - 1", "x > 0"),
        ("arcsin(x) > 0", "0 < x <= 1"),
        # the same order everywhere, save on progressions
        ("sin(x) > -1", "x != 3*pi/2 + 2*pi*k, k ∈ ℤ"),
        ("sin(x) >= 1", "x = pi/2 + 2*pi*k, k ∈ ℤ"),
        ("sin(x) != 0", "x != pi*k, k ∈ ℤ"),
        ("-1 < sin(x) < 1", "x != pi/2 + pi*k, k ∈ ℤ"),
        ("tan(x)^2 >= 0", "x != pi/2 + pi*k, k ∈ ℤ"),
        ("cos(x) <= 1", "all real numbers"),
        ("sin(x) > 2", "no real solutions"),
        # intervals that repeat
        ("sin(x) >= 1/2", "pi/6 + 2*pi*k <= x <= 5*pi/6 + 2*pi*k, k ∈ ℤ"),
        ("2cos x < 1", "pi/3 + 2*pi*k < x < 5*pi/3 + 2*pi*k, k ∈ ℤ"),
        ("cos x > 1/2", "-pi/3 + 2*pi*k < x < pi/3 + 2*pi*k, k ∈ ℤ"),
        ("tan x > 1", "pi/4 + pi*k < x < pi/2 + pi*k, k ∈ ℤ"),
        ("tan x <= 1", "-pi/2 + pi*k < x <= pi/4 + pi*k, k ∈ ℤ"),
        ("tan(x)^2 < 3", "-pi/3 + pi*k < x < pi/3 + pi*k, k ∈ ℤ"),
        ("0 <= sin(x) <= 1", "2*pi*k <= x <= pi + 2*pi*k, k ∈ ℤ"),
        ("|sin x| >= 1/2", "pi/6 + pi*k <= x <= 5*pi/6 + pi*k, k ∈ ℤ"),
        ("sin(πk) > 0", "2*n < k < 1 + 2*n, n ∈ ℤ"),
        (
            "sin(x)^2*cos(x) >= 0",
            "x = pi + 2*pi*k or -pi/2 + 2*pi*k <= x <= pi/2 + 2*pi*k, k ∈ ℤ",
        ),
        ("arctan(tan x) > 0", "pi*k < x < pi/2 + pi*k, k ∈ ℤ"),
        # inverse functions, where the bound is the tangent of no usual angle
        ("arctan(x) < pi/4", "x < 1"),
        ("arctan(x) < 1", "x < sin(1)/cos(1)"),
        ("arctan(x)^2 < 1", "-sin(1)/cos(1) < x < sin(1)/cos(1)"),
        ("arcsin(x) < 1", "-1 <= x < sin(1)"),
        ("arccos(x) >= 1", "-1 <= x <= cos(1)"),
        ("arctan(x) > 2", "no real solutions"),
        # equal sides on intervals
        ("|ln x| <= ln x", "x >= 1"),
        ("|ln x| < ln x", "no real solutions"),
        ("|ln x| >= -ln x", "x > 0"),
        ("|log_3(x)| <= log_3(x)", "x >= 1"),
        ("|2^x - 4| <= 4 - 2^x", "x <= 2"),
        ("|sin x| <= sin x", "2*pi*k <= x <= pi + 2*pi*k, k ∈ ℤ"),
        # a stated interval
        ("sin(x) >= 1/2, 0 <= x <= 2π", "pi/6 <= x <= 5*pi/6"),
        (r"\sin x \le \frac12, x \in [0, 2\pi]", "0 <= x <= pi/6 or 5*pi/6 <= x <= 2*pi"),
        ("tan(x) > 1, 0 <= x <= π", "pi/4 < x < pi/2"),
        ("cos(2x) < cos(x), -π < x <= π", "-2*pi/3 < x < 0 or 0 < x < 2*pi/3"),
        ("sin(x) > cos(x) for x in (0, π)", "pi/4 < x < pi"),
        ("2^x > 8, x < 5", "3 < x < 5"),
        ("x^2 > 4, x > 0", "x > 2"),
        ("x > 3, x < 1", "no real solutions"),
    ],
)
def test_solutions(inequality: str, solutions: str) -> None:
    solution = solve(inequality)
    assert isinstance(solution, Solution)
    assert solution.text == solutions
    assert solution.certificate


@pytest.mark.parametrize(
    "inequality",
    [
        "sin(x) > 0, x > 0",  # intervals that repeat from one end on
        "sin(x) arctan(x) > 0",  # arctan does not repeat
        "sqrt(cos(x)) > 1/2",
        "arctan(x) <= x",
        "x sin(x) > 0",
        "sin(x) sin(πx) > 0",  # periods without a common multiple
        "2^x > x^2",  # a third zero without a form
        "x > sin(x)",
        "(-2)^x > 1",
        "x < 1, y < 2",
    ],
)
def test_undecided(inequality: str) -> None:
    with pytest.raises(UndecidedError) as caught:
        solve(inequality)
    assert caught.value.reason is Reason.UNSUPPORTED_EQUATION
    assert verify(inequality, "x = 1 = 2").verdict is not Decision.CORRECT


@pytest.mark.parametrize(
    ("inequality", "right", "wrong"),
    [
        ("2^x > 8", ["x > 3", "(3, ∞)", "3 < x"], ["x >= 3", "x < 3", "x > 4", "(3, 4)", "3"]),
        ("ln(x) <= 1", ["(0, e]", "0 < x ≤ e"], ["x <= e", "[0, e]", "0 < x < e", "0 < x <= 3"]),
        (
            "e^(2x) - 3e^x + 2 > 0",
            ["x < 0 or x > ln 2", r"(-\infty, 0) \cup (\ln 2, \infty)"],
            ["0 < x < ln 2", "x < 0", "x < 0 or x > 2", "x <= 0 or x > ln 2"],
        ),
        (
            "sin(x) >= 1/2, 0 <= x <= 2π",
            ["[π/6, 5π/6]", "π/6 <= x <= 5π/6"],
            ["(π/6, 5π/6)", "π/6 + 2πk, k ∈ ℤ", "x >= π/6", "[0.52, 2.62]"],
        ),
        ("sin(x) > -1", ["x ≠ -π/2 + 2πk"], ["x ≠ π/2 + 2πk", "all real numbers"]),
    ],
)
def test_answers(inequality: str, right: list[str], wrong: list[str]) -> None:
    for answer in right:
        verdict = verify(inequality, answer)
        assert verdict.verdict is Decision.CORRECT, (answer, verdict)
    for answer in wrong:
        assert verify(inequality, answer).verdict is Decision.INCORRECT, answer


def test_the_reason_names_what_is_wrong() -> None:
    assert verify("ln(x) <= 1", "x <= e").reason is Reason.OUTSIDE_DOMAIN
    assert verify("2^x > 8", "x >= 3").reason is Reason.NOT_A_SOLUTION
    assert verify("2^x > 8", "x > 4").reason is Reason.MISSING_SOLUTION
    assert verify("2^x > 8, x < 5", "x > 3").reason is Reason.OUTSIDE_DOMAIN


small, signs = st.integers(-4, 4), st.sampled_from(["<", "<=", ">", ">=", "!="])
bases = st.sampled_from(["2", "(1/3)", "e", "10"])
inequalities = st.one_of(
    st.builds("{0}^({1}x + {2}) {3} {4}".format, bases, small, small, signs, small),
    st.builds("{0}^(2x) + {1}*{0}^x + {2} {3} 0".format, bases, small, small, signs),
    st.builds("ln({0}x + {1}) {2} {3}*ln(2)".format, small, small, signs, small),
    st.builds("ln(x)^2 + {0}*ln(x) + {1} {2} 0".format, small, small, signs),
    st.builds("log_2(x + {0}) + log_2(x + {1}) {2} {3}".format, small, small, signs, small),
    st.builds("(x + {0})*ln(x + {1}) {2} 0".format, small, small, signs),
    st.builds("(x + {0})/(2^x + {1}) {2} 0".format, small, small, signs),
    st.builds("{0}*sin(x) + {1} {2} {3}".format, small, small, signs, small),
    st.builds("{0}*cos(2x) + {1}*cos(x) {2} {3}".format, small, small, signs, small),
    st.builds("tan({0}x) {2} {1}".format, small, small, signs),
    st.builds("|sin(x) + {0}/2| {2} {1}/2".format, small, small, signs),
    st.builds("{0}*arctan(x) + {1} {2} 0".format, small, small, signs),
    st.builds("|ln(x) + {0}| {1} ln(x) + {0}".format, small, signs),
    st.builds("{0}*sin(x) + {1} {2} {3}, -2 <= x < 9".format, small, small, signs, small),
    st.builds("{0}*cos(2x) + {1}*cos(x) {2} 1, 0 <= x <= 7".format, small, small, signs),
)


@settings(max_examples=150)
@given(inequalities, st.lists(st.fractions(-9, 9, max_denominator=7), min_size=12, max_size=12))
def test_members_are_the_numbers_at_which_it_holds(text: str, numbers: list[Fraction]) -> None:
    try:
        solution = solve(text)
        read = read_equation(Problem(equation=text))
    except UndecidedError:
        return
    assert isinstance(solution, Solution)
    assert isinstance(read, Equation)
    for number in map(Real.of, numbers):
        expected = holds_at(read, number) is True
        if read.within is not None:
            expected = expected and number in read.within
        assert (number in solution.solutions) is expected, (text, str(number))


def test_few_of_the_drawn_ones_are_undecided() -> None:
    """Else the property above would be about nothing."""
    texts = [
        f"{base}^({m}x + {n}) {op} {bound}"
        for base in ("2", "e")
        for m in (-1, 0, 2)
        for n in (0, 3)
        for op in ("<", ">=")
        for bound in (-1, 3)
    ]
    texts += [f"{m}*sin(x) + {n} >= 1, -2 <= x < 9" for m in (-2, 0, 3) for n in (-1, 0, 2)]
    for text in texts:
        assert isinstance(solve(text), Solution), text
