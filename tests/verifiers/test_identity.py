"""Whether two expressions are the same function: the proof, against values at points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.algebra import Real
from verifiers.algebra.by_signs import agree_by_signs
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.identity import NoProofError, identical
from verifiers.syntax import parse_expression
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Root, Sym

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
