"""Roots of every index in equations: the principal real root, and every sign kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Decision, Problem, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.algebra.integers import power_part
from verifiers.solve import holds_at


@pytest.mark.parametrize(
    ("equation", "solutions"),
    [
        ("cbrt(x) = -2", "{-8}"),
        ("cbrt(x+1) = x+1", "{-2, -1, 0}"),
        ("cbrt(x) + cbrt(x+1) = 1", "{0}"),
        ("x^(2/3) = 4", "{-8, 8}"),
        ("x^(-2/3) = 4", "{-1/8, 1/8}"),
        ("x^(3/4) = 8", "{16}"),
        ("sqrt[5](x) = x", "{-1, 0, 1}"),
        ("sqrt[6](x) = 2", "{64}"),
        ("sqrt[6](x) = -2", "no real solutions"),
        ("cbrt(x^3) = x", "all real numbers"),
        ("sqrt(x^2) = x", "x >= 0"),
        ("cbrt(8x) = 2cbrt(x)", "all real numbers"),
        ("cbrt(-x) = -cbrt(x)", "all real numbers"),
        ("sqrt(x) + cbrt(x) = 2", "{1}"),
        ("cbrt(2-x) = 1 - sqrt(x-1)", "{1, 2, 10}"),
        ("1/(1+cbrt(x)) = 2", "{-1/8}"),
        ("1/cbrt(x) = cbrt(x) + 1", "{-2 - sqrt(5), -2 + sqrt(5)}"),
        ("cbrt(x + sqrt(x)) = 2", "{(17 - sqrt(33))/2}"),
    ],
)
def test_solutions(equation: str, solutions: str) -> None:
    assert solve(equation).text == solutions


@pytest.mark.parametrize(
    ("equation", "solutions"),
    [
        ("(x-1)*sqrt(1/(x-1)^2) = 1", "x > 1"),
        ("x*sqrt(1/x^2) = -1", "x < 0"),
        ("-2sqrt(x/(-2)) = sqrt(-2x)", "{0}"),
        ("x*|1/x| = |x|/x", "all real numbers except 0"),
    ],
)
def test_a_root_of_a_quotient_keeps_its_sign(equation: str, solutions: str) -> None:
    """x sqrt(1/x) is not sqrt(x) where x < 0, though their squares are equal."""
    assert solve(equation).text == solutions


def test_a_sign_that_cannot_be_split_is_undecided() -> None:
    """At x = -2 the left side is negative, the right side positive."""
    with pytest.raises(UndecidedError):
        solve("x*sqrt(1/x + 1) = sqrt(x^2 + x)")


def test_domains_of_roots() -> None:
    assert solve("cbrt(x) = 1").domain_texts == ()
    assert solve("sqrt[6](x) = 1").domain_texts == ("x >= 0",)
    assert verify("1/cbrt(x) = x", "0").verdict is Decision.INCORRECT


def test_an_index_over_the_budget() -> None:
    with pytest.raises(UndecidedError, match="index"):
        solve("sqrt[61](x) = 2")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([3, 5, 7]), st.integers(-4, 4), st.integers(-3, 3), st.integers(-5, 5))
def test_a_chosen_solution_is_found(index: int, value: int, slope: int, at: int) -> None:
    """sqrt[n](x + c) = slope*(x - at) + value, with c such that both sides are ``value``."""
    constant = value**index - at
    equation = f"sqrt[{index}](x + ({constant})) = ({slope})*(x - ({at})) + ({value})"
    solution = solve(Problem(equation=equation, unknown="x"))
    points = solution.solutions.points
    assert points is not None
    assert Real.of(at) in solution.solutions
    assert all(holds_at(solution.equation, point) is True for point in points)


@given(st.integers(1, 10**6), st.integers(2, 7))
def test_power_part(n: int, index: int) -> None:
    s, d = power_part(n, index)
    assert s**index * d == n
