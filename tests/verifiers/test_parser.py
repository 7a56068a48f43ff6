"""Texts and the trees they are; texts that are refused, and where."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verifiers.syntax import (
    OverBudgetError,
    ParseError,
    UnsupportedSyntaxError,
    parse_chain,
    parse_expression,
    parse_relation,
    to_text,
)
from verifiers.syntax.ast import Add, Div, Mul, Neg, Num, Pow, Relation, Root, Sym


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("3 - (3+y)/y", "3 - (3 + y)/y"),
        ("2xy", "2*x*y"),
        ("2x(x+1)", "2*x*(x + 1)"),
        ("(x-1)(x-2)", "(x - 1)*(x - 2)"),
        ("-x^2", "-x^2"),
        ("(-x)^2", "(-x)^2"),
        ("2^3^2", "2^3^2"),
        ("(2^3)^2", "(2^3)^2"),
        ("x**2", "x^2"),
        ("x²y³", "x^2*y^3"),
        ("x⁻¹", "x^(-1)"),
        ("a/b/c", "a/b/c"),
        ("a/(b/c)", "a/(b/c)"),
        ("1/2x", "1/2*x"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - -b", "a - (-b)"),
        ("+x", "x"),
        ("3·x × 2 ÷ y", "3*x*2/y"),
        ("−5 – x", "-5 - x"),
        (r"\frac{x+1}{2}", "(x + 1)/2"),
        (r"\dfrac12", "1/2"),
        (r"\frac1{x}", "1/x"),
        (r"\frac{1}{2}x", "1/2*x"),
        (r"\sqrt{x+7}", "sqrt(x + 7)"),
        (r"\sqrt5", "sqrt(5)"),
        (r"\sqrt[3]{x}", "cbrt(x)"),
        (r"\sqrt[5]{x}", "sqrt[5](x)"),
        ("sqrt 5", "sqrt(5)"),
        ("√5", "sqrt(5)"),
        ("√(x+7)", "sqrt(x + 7)"),
        ("2√3", "2*sqrt(3)"),
        ("∛8 ∜16", "cbrt(8)*sqrt[4](16)"),
        ("|x - 2|", "abs(x - 2)"),
        ("||x| - 1|", "abs(abs(x) - 1)"),
        ("2|x|", "2*abs(x)"),
        ("|x||y|", "abs(x)*abs(y)"),
        ("|2(|x|+1)|", "abs(2*(abs(x) + 1))"),
        (r"\left|x\right|", "abs(x)"),
        (r"\lvert x \rvert", "abs(x)"),
        (r"\left|x\right|\left|y\right|", "abs(x)*abs(y)"),
        (r"\left(x+1\right)\cdot 2", "(x + 1)*2"),
        (r"x^{10}", "x^10"),
        (r"{x}^{2}", "x^2"),
        (r"3\,x\;y", "3*x*y"),
        ("$x$", "x"),
        (r"\(x\)", "x"),
        (r"\text{x} + 1", "x + 1"),
        (r"\theta + α", "theta + alpha"),
        ("x_1 + x_{12} + x₂ + x3", "x_1 + x_12 + x_2 + x_3"),
        (r"\frac{1 \pm \sqrt5}{2}", "(1 ± sqrt(5))/2"),
        ("±3", "±3"),
        ("1 +/- 2", "1 ± 2"),
        ("0.25x", "0.25*x"),
        (".5", "0.5"),
        ("3 1/2", "3 + 1/2"),
        (r"3\frac{1}{2}", "3 + 1/2"),
        ("2½", "2 + 1/2"),
        (r"x^2\frac{1}{2}", "x^2*(1/2)"),
        ("speed", "speed"),
    ],
)
def test_text_to_tree(text: str, plain: str) -> None:
    expr = parse_expression(text)
    assert to_text(expr) == plain
    assert parse_expression(plain) == expr


def test_nothing_is_evaluated() -> None:
    x, one = Sym("x"), Num(Fraction(1))
    assert parse_expression("x/x") == Div(x, x)
    assert parse_expression("1 - 1") == Add((one, Neg(one)))
    assert parse_expression("1*1x") == Mul((one, one, x))
    assert parse_expression("sqrt(x^2)") == Root(Pow(x, Num(Fraction(2))))
    assert parse_expression("0.1") == Num(Fraction(1, 10))


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("x = 1", "="), ("x ≠ 1", "!="), (r"x \neq 1", "!="), (r"x \ne 1", "!="), ("x != 1", "!="),
        (r"x \leq 1", "<="), (r"x \le 1", "<="), ("x ≤ 1", "<="), ("x <= 1", "<="), ("x < 1", "<"),
        (r"x \geq 1", ">="), ("x ≥ 1", ">="), ("x >= 1", ">="), ("x > 1", ">"),
    ],
)  # fmt: skip
def test_relations(text: str, op: str) -> None:
    assert parse_relation(text) == Relation(op, Sym("x"), Num(Fraction(1)))  # type: ignore[arg-type]


def test_chains() -> None:
    sides, operators = parse_chain("0 <= x < 2 = 1 + 1")
    assert operators == ("<=", "<", "=")
    assert [to_text(side) for side in sides] == ["0", "x", "2", "1 + 1"]
    assert parse_chain("x") == ((Sym("x"),), ())


def test_declared_names_are_read_whole() -> None:
    assert parse_expression("ab") == Mul((Sym("a"), Sym("b")))
    assert parse_expression("ab", ["ab"]) == Sym("ab")
    assert parse_expression("xyz", ["x", "y", "z"]) == Mul((Sym("x"), Sym("y"), Sym("z")))
    assert parse_expression("xyz") == Sym("xyz")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0), ("x +", 3), ("(x", 2), ("x)", 1), ("2 3", 2), ("x 2", 2), ("(x)2", 3),
        ("1/xy", 3), ("1/(2y)x", 6), ("√x^2", 2), ("x^", 2), ("x # y", 2), ("foo(x)", 0),
        (r"\foo", 0), (r"\left.x", 5), ("|x", 2), (r"\frac{1}", 8), (r"\frac12 3", 8), ("x_", 2),
        ("3 5/2", 2), ("3 1/2x", 5), (r"\sqrt[x]{2}", 6), 
    ],
)  # fmt: skip
def test_refused(text: str, position: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse_expression(text)
    assert caught.value.position == position, caught.value


@pytest.mark.parametrize("text", ["x", "x = 1 = 2", "x = 1, x = 2", "= 1", "x =", "x = 1."])
def test_not_one_relation(text: str) -> None:
    with pytest.raises(ParseError):
        parse_relation(text)


@pytest.mark.parametrize("text", ["sinh(x)", r"\int x", "lim x"])
def test_known_but_not_supported(text: str) -> None:
    with pytest.raises(UnsupportedSyntaxError):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    ["1" * 201, "x+" * 5_000 + "x", "(" * 41 + "x" + ")" * 41, "-" * 41 + "x", "√" * 41 + "x",
     "2^" * 41 + "2", "1/" * 41 + "2", "x" + "+x" * 300, "|" * 41 + "x" + "|" * 41,
     r"\frac{1}{" * 41 + "x" + "}" * 41],
)  # fmt: skip
def test_budgets(text: str) -> None:
    with pytest.raises(OverBudgetError):
        parse_expression(text)
