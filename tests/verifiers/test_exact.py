"""Exact numbers: equal ones are equal in every form, near ones are not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifiers.algebra import Real, Undefined, evaluate, polynomial_form
from verifiers.algebra.exact import Surd
from verifiers.algebra.integers import exact_root, square_part
from verifiers.syntax import OverBudgetError, parse_expression


def value(text: str) -> Real:
    number = evaluate(parse_expression(text), {})
    assert isinstance(number, Real), number
    return number


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(1+√5)/2", "1/2 + sqrt(5)/2"),
        ("√8", "2√2"),
        ("√2 √3", "√6"),
        ("1/√2", "√2/2"),
        ("1/(1+√2)", "√2 - 1"),
        ("√2 + √3", "√(5 + 2√6)"),
        ("√(3 + 2√2)", "1 + √2"),
        ("√(3 - 2√2)", "√2 - 1"),
        ("√(2 - √3)", "(√6 - √2)/2"),
        ("cbrt(2 + √5) + cbrt(2 - √5)", "1"),
        ("cbrt(7 + 5√2)", "1 + √2"),
        ("8^(2/3)", "4"),
        ("(-8)^(1/3)", "-2"),
        ("4^(-1/2)", "0.5"),
        ("√(√16)", "2"),
        ("|1 - √2|", "√2 - 1"),
        ("|√2 + √3 - 4|", "4 - √2 - √3"),
        ("(√2 + √3)^2", "5 + 2√6"),
        ("1/(√2 + √3)", "√3 - √2"),
        ("√2 + √3 + √5 - √2 - √3", "√5"),
        ("sqrt[6](8)", "√2"),
        ("2^100/2^98", "4"),
        ("√(10^40)", "10^20"),
    ],
)
def test_equal(left: str, right: str) -> None:
    assert value(left) == value(right)
    assert not value(left) < value(right)
    assert value(left) <= value(right)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("1.4142135623730950488", "√2"),
        ("√2 + √3", "√(5 + 2√6) + 10^-100"),
        ("-√3", "-√2"),
        ("√10 + √29", "√9 + √31"),
        ("-1", "cbrt(-1/2)"),
        ("√1000001 - √1000000", "√1000000 - √999999"),
        ("2*10^-20", "2.1*10^-20"),
    ],
)
def test_order(less: str, more: str) -> None:
    assert value(less) < value(more)
    assert value(less) != value(more)
    assert (value(more) - value(less)).sign() == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("6/4", "3/2"),
        ("√12", "2*sqrt(3)"),
        ("-√12/6", "-sqrt(3)/3"),
        ("(1-√5)/2", "(1 - sqrt(5))/2"),
        ("2 + √3", "2 + sqrt(3)"),
        ("1/3 + √2/2", "(2 + 3*sqrt(2))/6"),
        ("√2 + √3", "sqrt(2) + sqrt(3)"),
        ("√2 - √3", "sqrt(2) - sqrt(3)"),
        ("-cbrt(2)", "-cbrt(2)"),
        ("√(1+√2)", "sqrt(1 + sqrt(2))"),
    ],
)
def test_canonical_text(text: str, shown: str) -> None:
    assert str(value(text)) == shown
    assert value(shown) == value(text)


def test_one_field_needs_no_balls() -> None:
    assert isinstance(value("(3 + √12)/(1 - √27) + √(7 + 4√3)"), Surd)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("1/0", "zero denominator"),
        ("0 * (1/0)", "zero denominator"),
        ("1/(√2 + √3 - √(5 + 2√6))", "zero denominator"),
        ("√(-4)", "negative radicand"),
        ("√(√2 - √3)", "negative radicand"),
        ("(-4)^(1/2)", "negative radicand"),
        ("0^0", "zero to a power that is not positive"),
        ("0^-1", "zero to a power that is not positive"),
    ],
)
def test_undefined(text: str, cause: str) -> None:
    result = evaluate(parse_expression(text), {})
    assert isinstance(result, Undefined)
    assert result.cause == cause


def test_errors() -> None:
    with pytest.raises(ValueError, match="x has no value"):
        evaluate(parse_expression("x + 1"), {})
    with pytest.raises(ValueError, match="two values"):
        evaluate(parse_expression("±1"), {})
    for text in ("9^9^9", "2^10^10", "1.5^5000", "sqrt[99](2)"):
        with pytest.raises(OverBudgetError):
            evaluate(parse_expression(text), {})


def test_a_hopeless_comparison_is_over_budget_not_wrong() -> None:
    primes = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
    forwards = "+".join(f"√{p}" for p in primes)
    backwards = "+".join(f"√{p}" for p in reversed(primes))
    with pytest.raises(OverBudgetError):
        value(forwards) == value(backwards)  # noqa: B015
    assert value(forwards) < value(backwards + "+10^-9")


def test_values_are_put_in() -> None:
    assert evaluate(parse_expression("x^2 - x - 1"), {"x": value("(1+√5)/2")}) == Real.of(0)
    assert evaluate(parse_expression("6 - (6+x)/x"), {"x": Real.of(2)}) == Real.of(2)


@pytest.mark.parametrize(
    ("text", "coefficients"),
    [
        ("(x+1)^2/4 - 3", (Fraction(-11, 4), Fraction(1, 2), Fraction(1, 4))),
        ("x - x", ()),
        ("(x-2)(x-3)", (6, -5, 1)),
        ("7", (7,)),
        ("x^2/x", None),
        ("1/x", None),
        ("√x", None),
        ("|x|", None),
        ("x y", None),
        ("√2 x", None),
        ("x^x", None),
        ("√4 x", (0, 2)),
    ],
)
def test_polynomial_form(text: str, coefficients: tuple[Fraction, ...] | None) -> None:
    assert polynomial_form(parse_expression(text), "x") == coefficients


def test_integers() -> None:
    assert square_part(72) == (6, 2)
    assert square_part(49) == (7, 1)
    assert square_part((10**9 + 7) ** 2) == (10**9 + 7, 1)
    assert exact_root(3**40, 40) == 3
    assert exact_root(3**40 + 1, 40) is None
    assert exact_root(0, 5) == 0
