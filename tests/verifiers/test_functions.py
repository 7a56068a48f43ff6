"""Functions, constants and percent in text."""

from __future__ import annotations

import pytest

from verifiers.syntax import ParseError, parse_expression, to_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("sin x", "sin(x)"),
        ("sin 2x cos x", "sin(2*x)*cos(x)"),
        (r"\sin^2 x + \cos^2 x", "sin(x)^2 + cos(x)^2"),
        ("sin²x", "sin(x)^2"),
        (r"\sin x(2\cos x - 1)", "sin(x)*(2*cos(x) - 1)"),
        (r"\sin^{-1} x", "arcsin(x)"),
        ("tan^(-1)(1)", "arctan(1)"),
        (r"\operatorname{arctg} x", "arctan(x)"),
        ("sinx + lnx", "sin(x) + ln(x)"),
        ("cosθ", "cos(theta)"),
        (r"\tan\frac{x}{2}", "tan(x/2)"),
        ("ln 3/ln 2", "ln(3)/ln(2)"),
        (r"\frac{\ln 3}{\ln 2}", "ln(3)/ln(2)"),
        ("ln|x|", "ln(abs(x))"),
        ("ln x^2", "ln(x^2)"),
        ("ln(x)^2", "ln(x)^2"),
        ("ln ln x", "ln(ln(x))"),
        ("x ln x", "x*ln(x)"),
        (r"\log_{2}(x-1)", "log_2(x - 1)"),
        ("log_2 8", "log_2(8)"),
        ("log₂ 8", "log_2(8)"),
        (r"\log_23", "log_2(3)"),
        ("log2(x)", "log_2(x)"),
        ("log_2^2 x", "log_2(x)^2"),
        ("log_x 8", "log_{x}(8)"),
        ("log_{1/2} x", "log_{1/2}(x)"),
        ("log x", "log(x)"),
        ("lg 5", "log_10(5)"),
        ("exp(2x)", "e^(2*x)"),
        ("e^{2x} + ex", "e^(2*x) + e*x"),
        ("e_1", "e_1"),
        ("2πk", "2*pi*k"),
        ("2pik + kpi", "2*pi*k + k*pi"),
        (r"\frac{\pi}{6}+2\pi k", "pi/6 + 2*pi*k"),
        ("50%", "50/100"),
        (r"12 1/2\%", "(12 + 1/2)/100"),
    ],
)
def test_text_to_tree(text: str, plain: str) -> None:
    expr = parse_expression(text)
    assert to_text(expr) == plain
    assert parse_expression(plain) == expr


@pytest.mark.parametrize(
    "text",
    ["sin x/2", "cos π/3", "ln 2(x+1)", "log2 x", "sin", "sin^-2 x", "ln^0 x", "log_", "log_2",
     "sin + 1", "sinh x", "%", "x%", "sin x 2", "log_{} x", "sin^x 2"],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_expression(text)


def test_declared_names_win() -> None:
    assert to_text(parse_expression("e + pi", ["e"])) == "e + pi"
    assert to_text(parse_expression("e x", ["e"])) == "e*x"
