"""Whether two expressions are the same function: the proof, against values at points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.algebra import Real
from verifiers.algebra.by_signs import agree_by_signs
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import approximate
from verifiers.algebra.identity import NoProofError, identical
from verifiers.syntax import parse_expression
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Root, Sym
from verifiers.syntax.errors import ParseError

leaves = st.one_of(
    st.sampled_from([Sym("a"), Sym("b")]), st.integers(-3, 4).map(lambda n: Num(Fraction(n)))
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda x, y: Add((x, y)), inner, inner),
        st.builds(lambda x, y: Mul((x, y)), inner, inner),
        st.builds(Div, inner, inner),
        st.builds(Neg, inner),
        st.builds(Abs, inner),
        st.builds(Root, inner, st.sampled_from([2, 2, 3])),
    ),
    max_leaves=5,
)
points = st.fractions(-3, 3, max_denominator=3)


@settings(max_examples=200)
@given(trees, trees, points, points)
def test_what_is_proved_holds_at_points(left: Expr, right: Expr, a: Fraction, b: Fraction) -> None:
    """Of a tree and another, and of a tree and its square put under a root."""
    for first, second in ((left, right), (Root(Mul((left, left)), 2), left)):
        try:
            same = identical(first, second)
        except NoProofError:
            continue
        at = {"a": Real.of(a), "b": Real.of(b)}
        values = evaluate(first, at), evaluate(second, at)
        if same and not any(isinstance(value, Undefined) for value in values):
            assert values[0] == values[1], (first, second, at)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("√(a^2)", "|a|", True),
        ("√(a^2)", "a", False),
        ("√(a^2 b)", "|a|√b", True),
        ("√(a^2 b)", "a√b", False),
        ("√(a^2-b^2)", "√(a-b)·√(a+b)", True),
        ("√(a/b)", "√(a·b)/|b|", True),
        ("√(a/b)", "√(a·b)/b", False),
        ("1/(√a+√b)", "(√a-√b)/(a-b)", True),
        ("|a^2+b^2+1|", "a^2+b^2+1", True),
        ("|√a - 1|", "√a - 1", False),  # no proof: the sign of a sum of roots
    ],
)
def test_by_signs(left: str, right: str, same: bool) -> None:
    assert agree_by_signs(parse_expression(left), parse_expression(right)) is same


signs = st.sampled_from(["+", "-"])
small = st.integers(1, 3)
rates = st.sampled_from(["1", "2", "1/2", "3"])
TEMPLATES = st.one_of(
    st.builds("sin({0}*a {1} {0}*b) | sin({0}*a)*cos({2}*b) {3} cos({0}*a)*sin({2}*b)".format,
              small, signs, small, signs),
    st.builds("cos({0}*a {1} b) | cos({2}*a)*cos(b) {3} sin({0}*a)*sin(b)".format,
              small, signs, small, signs),
    st.builds("sin({0}*a) | {1}*sin(a)*cos(a)".format, small, small),
    st.builds("cos({0}*a) | 1 - {1}*sin({2}*a)^2".format, rates, small, rates),
    st.builds("tan(2*a) | {0}*tan(a)/(1 {1} tan(a)^2)".format, small, signs),
    st.builds("e^({0}*ln(a) {1} ln(b)) | a^({2})*b^({1}{3})".format, rates, signs, rates, small),
    st.builds("(a*b)^({0}*c) | a^({1}*c)*b^({2}*c)".format, rates, rates, rates),
    st.builds("(a^b)^{0} | a^({1}*b)".format, small, rates),
    st.builds("({0}*a)^(b {1} 1) | {0}^b*a^b*({2}*a)^({1}1)".format, small, signs, small),
    st.builds("ln(a^{0}/b) | {1}*ln(a) {2} ln(b)".format, small, small, signs),
    st.builds("e^(ln(a^2)/{0}) | |a|^({1}/{0})".format, small, small),
    st.builds("∛(√(a^{0})) | a^({1}/6)".format, small, small),
    st.builds("√(√(a^{0})) | |a|^({1}/4)".format, small, small),
    st.builds("arccos({0}a) | π/2 {1} arcsin({2}a)".format, signs, signs, signs),
)  # fmt: skip


@settings(max_examples=150)
@given(TEMPLATES, st.lists(st.tuples(points, points, points), min_size=3, max_size=3))
def test_identities_and_their_wrong_neighbours(
    text: str, numbers: list[tuple[Fraction, Fraction, Fraction]]
) -> None:
    """What is proved to be the same has overlapping balls wherever both sides exist."""
    cut = text.index(" | ")
    try:
        first, second = (parse_expression(each) for each in (text[:cut], text[cut + 3 :]))
        same = identical(first, second)
    except (NoProofError, ParseError):
        return
    if not same:
        return
    for values in numbers:
        at = {name: Real.of(abs(value)) for name, value in zip("abc", values, strict=True)}
        for point in (at, {**at, "a": -at["a"]}):
            found = evaluate(first, point), evaluate(second, point)
            if isinstance(found[0], Real) and isinstance(found[1], Real):
                balls = approximate(found[0], 128), approximate(found[1], 128)
                assert balls[0].overlaps(balls[1]), (text, point)
