"""Solution sets with what was excluded and why they are complete."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from verifiers import Problem, UndecidedError, solve
from verifiers.solve import CACHE_SIZE, holds_at, outcome_of


@pytest.mark.parametrize(
    ("equation", "solutions", "excluded", "extraneous"),
    [
        ("3 - (3+y)/y = y", "no real solutions", [], []),
        ("6 - (6+x)/x = x", "{2, 3}", [], []),
        ("x^2/x = 0", "no real solutions", ["0"], []),
        ("(x-1)/(x-2) = 3/(x-2)", "{4}", [], []),
        ("(x+1)/(x-2) = 3/(x-2)", "no real solutions", ["2"], []),
        ("1/(x-1) + 1/(x+1) = 2/(x^2-1)", "no real solutions", ["1"], []),
        ("sqrt(x+7) = x+1", "{2}", [], ["-3"]),
        ("sqrt(x-2) - sqrt(2x-3) = 0", "no real solutions", ["1"], []),
        ("(x^2-4)*sqrt(x) = 0", "{0, 2}", ["-2"], []),
        ("sqrt(x) + sqrt(x+5) = 5", "{4}", [], []),
        ("sqrt(x + sqrt(x)) = 2", "{(9 - sqrt(17))/2}", [], ["(9 + sqrt(17))/2"]),
        ("sqrt(2) x = 4", "{2*sqrt(2)}", [], ["-2*sqrt(2)"]),
        ("|x-4| = 2x+1", "{1}", [], ["-5"]),
        ("||x| - 3| = 1", "{-4, -2, 2, 4}", [], []),
        ("|x| + |x-1| = 3", "{-1, 2}", [], []),
        ("x^3 = 2", "{cbrt(2)}", [], []),
        ("x^3 - 6x^2 + 11x - 6 = 0", "{1, 2, 3}", [], []),
        ("x^4 + x^3 + x^2 + x + 1 = 0", "no real solutions", [], []),
        ("x^4 - 5x^2 + 6 = 0", "{-sqrt(3), -sqrt(2), sqrt(2), sqrt(3)}", [], []),
        ("x/x = 1", "all real numbers except 0", ["0"], []),
        ("sqrt(x^2) = |x|", "all real numbers", [], []),
        ("sqrt(4x) = 2sqrt(x)", "x >= 0", [], []),
        ("|x|/x = 1", "x > 0", [], []),
        ("|x-1| + |x+1| = 2", "-1 <= x <= 1", [], []),
        ("1/(x-x) = 2", "no real solutions", [], []),
        ("x = x + 1", "no real solutions", [], []),
    ],
)
def test_solutions(
    equation: str, solutions: str, excluded: list[str], extraneous: list[str]
) -> None:
    solution = solve(equation)
    assert solution.text == solutions
    assert [str(value) for value in solution.excluded] == excluded
    assert [str(value) for value in solution.extraneous] == extraneous
    assert solution.certificate


def test_the_certificate_says_why() -> None:
    assert solve("3 - (3+y)/y = y").certificate == (
        "Every solution of 3 - (3 + y)/y = y solves, multiplied out, y^2 - 2*y + 3 = 0.",
        "y^2 - 2*y + 3 has no real root.",
    )


def test_undecided_is_raised_and_cached() -> None:
    for _ in range(2):
        with pytest.raises(UndecidedError, match="not finitely many"):
            solve("sqrt(x-1)*|x| = x*sqrt(x-1)")


def test_equal_problems_are_solved_once() -> None:
    first = outcome_of(Problem(equation="a x = 12", params={"a": "a = 6"}))
    again = outcome_of(Problem(equation="a x = 12", params={"a": "a = 6"}))
    assert first[1] is again[1]
    assert CACHE_SIZE < 100_000


def test_solving_leaves_params_alone() -> None:
    params = {"b": "b = 2", "a": "a = 3"}
    assert solve(Problem(equation="a x = b", params=params)).text == "{2/3}"
    assert params == {"b": "b = 2", "a": "a = 3"}


def _linear(rng: random.Random) -> str:
    return f"({rng.randint(-5, 5)}*x + {rng.randint(-9, 9)})"


def _quadratic(rng: random.Random) -> str:
    return f"({rng.randint(-3, 3)}*x^2 + {rng.randint(-9, 9)}*x + {rng.randint(-9, 9)})"


FAMILIES: list[Callable[[random.Random], str]] = [
    lambda r: f"{_quadratic(r)} = {_linear(r)}",
    lambda r: f"{_linear(r)}/{_linear(r)} + {r.randint(-5, 5)} = {_linear(r)}",
    lambda r: f"{_linear(r)}/{_linear(r)} = {_linear(r)}/{_linear(r)}",
    lambda r: f"sqrt{_linear(r)} = {_linear(r)}",
    lambda r: f"sqrt{_quadratic(r)} = {_linear(r)}",
    lambda r: f"abs{_linear(r)} = {_linear(r)}",
    lambda r: f"abs{_linear(r)} = abs{_linear(r)}",
    lambda r: f"abs{_linear(r)} + abs{_linear(r)} = {_linear(r)}",
    lambda r: f"sqrt{_linear(r)}/{_linear(r)} = {r.randint(-5, 5)}",
]


@pytest.mark.parametrize("index", range(len(FAMILIES)))
def test_against_a_numeric_search(index: int) -> None:
    """Floating-point sign changes and touching zeros on a grid know nothing of our algebra."""
    rng = random.Random(index)
    decided = 0
    for _ in range(60):
        equation = FAMILIES[index](rng)
        try:
            solution = solve(Problem(equation=equation, unknown="x"))
        except UndecidedError:
            continue
        decided += 1
        for point in solution.solutions.points or ():
            assert holds_at(solution.equation, point) is True
        if solution.solutions.points is not None:
            known = (*solution.solutions.points, *solution.excluded)  # a hole looks like a zero
            exact = [float(point.ball().mid()) for point in known]
            for found in _numeric_zeros(equation):
                assert any(abs(found - value) < 1e-6 for value in exact), (equation, found)
    assert decided >= 55


def _numeric_zeros(equation: str) -> list[float]:
    """Zeros of lhs - rhs in [-30, 30] by bisection between grid points where both sides exist."""
    code = compile(
        "-".join(f"({side})" for side in equation.replace("^", "**").split("=")), "", "eval"
    )

    def difference(x: float) -> float:
        try:
            return float(eval(code, {"x": x, "sqrt": math.sqrt, "abs": abs}))
        except (ValueError, ZeroDivisionError):
            return math.nan

    zeros = []
    grid = [n / 16 + 1e-4 for n in range(-480, 480)]
    for low, high in pairwise(grid):
        if difference(low) * difference(high) < 0:
            for _ in range(60):
                middle = (low + high) / 2
                if difference(low) * difference(middle) <= 0:
                    high = middle
                else:
                    low = middle
            if abs(difference(low)) < 1e-6:  # else a pole
                zeros.append(low)
    return zeros
