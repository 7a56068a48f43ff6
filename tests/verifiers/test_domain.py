"""Conditions are read off the equation as it is written, before anything is cancelled."""

from __future__ import annotations

import pytest

from verifiers import Problem, RealSet, UndecidedError, domain_conditions, parse_set, real_domain


@pytest.mark.parametrize(
    ("expression", "conditions", "domain"),
    [
        ("x + 1", (), "all real numbers"),
        ("x/x", ("x != 0",), "x != 0"),
        ("(x^2 - 4)/(x - 2)", ("x != 2",), "x != 2"),
        ("3 - (3+x)/x", ("x != 0",), "x != 0"),
        ("1/(x-1) + 2/(x-1)", ("x != 1",), "x != 1"),
        ("1/(x^2 - 4)", ("x != -2", "x != 2"), "x != -2 and x != 2"),
        ("1/(x^2 - 2)", ("x != -sqrt(2)", "x != sqrt(2)"), "x != -sqrt(2) and x != sqrt(2)"),
        ("1/(x^2 + 1)", (), "all real numbers"),
        ("1/(1 + 1/x)", ("x != -1", "x != 0"), "x != -1 and x != 0"),
        ("x^(-1)", ("x != 0",), "x != 0"),
        ("(x-3)^0", ("x != 3",), "x != 3"),
        ("sqrt(x + 7)", ("x >= -7",), "x >= -7"),
        ("sqrt(5 - 2x)", ("x <= 5/2",), "x <= 5/2"),
        ("(x-1)^(1/2)", ("x >= 1",), "x >= 1"),
        ("(x-1)^(-1/2)", ("x >= 1", "x != 1"), "x > 1"),
        ("cbrt(x)", (), "all real numbers"),
        ("sqrt[4](x)", ("x >= 0",), "x >= 0"),
        ("sqrt(x^2 - 4)", ("x <= -2 or x >= 2",), "x <= -2 or x >= 2"),
        ("sqrt(x^2 + 1)", (), "all real numbers"),
        ("sqrt(-x^2)", ("x = 0",), "x = 0"),
        ("sqrt(-1 - x^2)", ("no real numbers",), "no real solutions"),
        ("1/(x - x)", ("no real numbers",), "no real solutions"),
        ("sqrt(x)/(x - 5)", ("x != 5", "x >= 0"), "0 <= x < 5 or x > 5"),
        ("1/(sqrt(x) - 2)", ("x != 4", "x >= 0"), "0 <= x < 4 or x > 4"),
        ("1/(sqrt(x) + 2)", ("x >= 0",), "x >= 0"),
        ("sqrt(1 - sqrt(x))", ("x <= 1", "x >= 0"), "0 <= x <= 1"),
        ("sqrt(x/(x - 1))", ("x <= 0 or x >= 1", "x != 1"), "x <= 0 or x > 1"),
        ("1/(|x| - 3)", ("x != -3", "x != 3"), "x != -3 and x != 3"),
        ("sqrt(|x| - 3)", ("x <= -3 or x >= 3",), "x <= -3 or x >= 3"),
        ("sqrt(x) + sqrt(-x)", ("x >= 0", "x <= 0"), "x = 0"),
    ],
)
def test_conditions(expression: str, conditions: tuple[str, ...], domain: str) -> None:
    equation = f"{expression} = 1"
    problem = Problem(equation=equation, unknown="x")
    assert domain_conditions(problem) == conditions
    assert real_domain(problem) == parse_set(domain, "x")


def test_both_sides_count() -> None:
    assert domain_conditions("1/(t-1) = sqrt(t)") == ("t != 1", "t >= 0")


def test_a_condition_without_exact_solution_is_shown_as_it_stands() -> None:
    assert domain_conditions("1/(x^3 - x - 1) = 0") == ("x^3 - x - 1 != 0",)
    domain = real_domain("1/(x^3 - x - 1) = 0")
    assert domain is not None
    assert str(domain) == ("all real numbers except root of x^3 - x - 1 in (1, 2), about 1.3247")


def test_parameters_are_put_in() -> None:
    problem = Problem(equation="1/(x - a) = 1", params={"a": "a = 6"})
    assert domain_conditions(problem) == ("x != 6",)


def test_a_stated_domain_can_be_compared() -> None:
    domain = real_domain("sqrt(x+7) = 1/(x-2)")
    assert isinstance(domain, RealSet)
    assert parse_set("x ≥ -7 and x ≠ 2", "x") == domain
    assert parse_set("x > -7 and x ≠ 2", "x") != domain


def test_unreadable_equations_raise() -> None:
    with pytest.raises(UndecidedError):
        domain_conditions("x +")
    with pytest.raises(UndecidedError):
        real_domain("1/(9^9^9) = x")
