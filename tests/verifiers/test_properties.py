"""Properties over generated trees, equations and answers."""

from __future__ import annotations

import random
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.grader_bench.strategies import latex as in_latex
from verifiers import Ask, Decision, Problem, real_domain, solve, verify
from verifiers.algebra import Real, Undefined, evaluate
from verifiers.solve import holds_at
from verifiers.syntax import OverBudgetError, parse_expression, to_text
from verifiers.syntax.ast import (
    Abs,
    Add,
    Div,
    Expr,
    Mul,
    Neg,
    Num,
    PlusMinus,
    Pow,
    Root,
    Sym,
)

integers = st.integers(-9, 9)
nonzero = integers.filter(bool)


def _nodes(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(Add),
        several.map(Mul),
        st.builds(Div, children, children),
        st.builds(Pow, children, children),
        st.builds(Root, children, st.integers(2, 5)),
        st.builds(Neg, children),
        st.builds(PlusMinus, children),
        st.builds(Abs, children),
    )


leaves = st.one_of(
    st.integers(0, 10**6).map(lambda n: Num(Fraction(n))),
    st.decimals(0, 100, places=3).map(lambda d: Num(Fraction(d))),
    st.sampled_from(["x", "y", "x_1", "x_1,2", "alpha", "speed"]).map(Sym),
)
trees = st.recursive(leaves, _nodes, max_leaves=12)


@settings(deadline=None)
@given(trees)
def test_tree_to_text_and_back(expr: Expr) -> None:
    assert parse_expression(to_text(expr)) == expr


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_verdict(text: str) -> None:
    for ask in Ask:
        problem = Problem(equation="6 - (6+x)/x = x", ask=ask)
        assert verify(problem, text).verdict in (Decision.CORRECT, Decision.INCORRECT)
    verify(text, "x = 1")


pieces = st.sampled_from(
    [*"0123456789xy=+-*/^(){}[]|,;.±√ ", "\\frac", "\\sqrt", "{1}", "\\{", "\\}", "or", "and",
     "no", "real", "solutions", "all real numbers", "except", "∈", "ℝ", "∅", "\\text{", "≤", "≠"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
def test_scrambled_answers_give_a_verdict(text: str) -> None:
    verdict = verify("6 - (6+x)/x = x", text)
    assert verdict.verdict in (Decision.CORRECT, Decision.INCORRECT)
    if verdict.verdict is Decision.CORRECT:
        assert verdict.answer == "{2, 3}"


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, list[Fraction]]:
    """An equation in x of one of the families, and rational solutions that it has."""
    p, q, a = draw(integers), draw(integers), draw(nonzero)
    roots = [Fraction(p), Fraction(q)]
    match draw(st.integers(0, 6)):
        case 0:
            return f"{a}(x - ({p})) = 0", roots[:1]
        case 1:
            return f"{a}x^2 - ({a * (p + q)})x + ({a * p * q}) = 0", roots
        case 2:
            return f"({p + q}) - ({p * q})/x = x", [root for root in roots if root]
        case 3:  # both sides are |p - q|
            return f"sqrt(x + ({(p - q) ** 2 - p})) = abs(x - ({q}))", roots[:1]
        case 4:
            return f"abs({a}x - ({a * p})) = {abs(a * q)}", [Fraction(p + q), Fraction(p - q)]
        case 5:
            return f"abs(x - ({p})) = abs({a}x - ({a * q}))", (
                [] if a == -1 else [Fraction(p + a * q, 1 + a)]
            )
        case _:
            excluded = draw(integers.filter(lambda n: n not in (p, q)))
            return f"(x - ({p}))(x - ({q}))/(x - ({excluded})) = 0", roots


@settings(max_examples=150, deadline=None)
@given(equations())
def test_roots_by_construction_are_found(made: tuple[str, list[Fraction]]) -> None:
    equation, roots = made
    solution = solve(Problem(equation=equation, unknown="x"))
    for root in roots:
        assert Real.of(root) in solution.solutions, (equation, root)
    for point in solution.solutions.points or ():
        assert holds_at(solution.equation, point) is True
    for value in (*solution.excluded, *solution.extraneous):
        assert value not in solution.solutions
        assert holds_at(solution.equation, value) is not True


@settings(max_examples=100, deadline=None)
@given(equations(), nonzero, st.randoms(use_true_random=False))
def test_verdicts_are_invariant(
    made: tuple[str, list[Fraction]], factor: int, rng: random.Random
) -> None:
    """Under order, the unknown's name, a factor on both sides, sides swapped, and LaTeX."""
    equation, _ = made
    solution = solve(Problem(equation=equation, unknown="x"))
    points = solution.solutions.points
    if not points:
        return
    left, right = equation.split(" = ")
    shuffled = rng.sample([str(point) for point in points], len(points))
    answer = " or ".join(f"x = {point}" for point in shuffled)
    wrong = answer + f" or x = {points[-1] + Real.of(1)}"
    latex = answer.replace("sqrt(", r"\sqrt(").replace(" or ", r" \text{ or } ")
    variants = [
        (equation, answer, wrong),
        (f"{right} = {left}", answer, wrong),
        (f"({factor})({left}) = ({factor})*({right})", answer, wrong),
        (equation.replace("x", "t"), answer.replace("x", "t"), wrong.replace("x", "t")),
        (in_latex(equation), latex, wrong),
    ]
    for text, good, bad in variants:
        unknown = "t" if "t =" in good else "x"
        problem = Problem(equation=text, unknown=unknown)
        assert verify(problem, good).verdict is Decision.CORRECT, (text, good)
        assert verify(problem, bad).verdict is Decision.INCORRECT, (text, bad)
    for missing in range(len(points) if len(points) > 1 else 0):
        rest = ", ".join(str(point) for index, point in enumerate(points) if index != missing)
        assert verify(Problem(equation=equation, unknown="x"), rest).verdict is Decision.INCORRECT


real_trees = st.recursive(
    st.one_of(st.integers(0, 6).map(lambda n: Num(Fraction(n))), st.just(Sym("x"))),
    lambda children: st.one_of(
        st.lists(children, min_size=2, max_size=2).map(lambda parts: Add(tuple(parts))),
        st.lists(children, min_size=2, max_size=2).map(lambda parts: Mul(tuple(parts))),
        st.builds(Div, children, children),
        st.builds(Root, children),
        st.builds(Neg, children),
        st.builds(Abs, children),
    ),
    max_leaves=7,
)


@settings(max_examples=200, deadline=None)
@given(real_trees, st.fractions(-5, 5, max_denominator=3))
def test_domain_and_evaluation_agree(expr: Expr, number: Fraction) -> None:
    """A point is in the domain exactly where the tree has a value."""
    problem = Problem(equation=f"{to_text(expr)} = 1", unknown="x")
    domain = real_domain(problem)
    if domain is None:
        return
    try:
        value = evaluate(expr, {"x": Real.of(number)})
    except OverBudgetError:
        return
    assert isinstance(value, Undefined) == (Real.of(number) not in domain)


numbers = st.recursive(
    st.integers(0, 6).map(lambda n: Num(Fraction(n))),
    lambda children: st.one_of(
        st.lists(children, min_size=2, max_size=3).map(lambda parts: Add(tuple(parts))),
        st.lists(children, min_size=2, max_size=3).map(lambda parts: Mul(tuple(parts))),
        st.builds(Div, children, children),
        st.builds(Root, children, st.integers(2, 3)),
        st.builds(Neg, children),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(numbers)
def test_exact_arithmetic_is_a_field(expr: Expr) -> None:
    """Whatever the form: x - x = 0, (x + 1)^2 = x^2 + 2x + 1, x * 1/x = 1, text and back."""
    value = evaluate(expr, {})
    if isinstance(value, Undefined):
        return
    one, two = Real.of(1), Real.of(2)
    assert (value - value).sign() == 0
    assert (value + one) * (value + one) == value * value + two * value + one
    if value.sign():
        assert value * (one / value) == one
    again = evaluate(parse_expression(str(value)), {})
    assert not isinstance(again, Undefined)
    assert again == value
