"""Whatever the relation: a number is in the solution set where the relation holds for it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Domain, Problem, UndecidedError, solve
from verifiers.algebra import Real
from verifiers.solve import holds_at
from verifiers.solve.solution import Solution
from verifiers.syntax import OverBudgetError, to_text
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Pow, Root, Sym

small = st.integers(0, 3).map(lambda n: Num(Fraction(n)))
exponents = st.sampled_from(
    [Fraction(2), Fraction(3), Fraction(1, 3), Fraction(2, 3), Fraction(-1)]
)
trees = st.recursive(
    st.one_of(small, st.just(Sym("x")), st.just(Sym("x"))),
    lambda children: st.one_of(
        st.lists(children, min_size=2, max_size=2).map(lambda parts: Add(tuple(parts))),
        st.lists(children, min_size=2, max_size=2).map(lambda parts: Mul(tuple(parts))),
        st.builds(Div, children, children),
        st.builds(Root, children, st.sampled_from([2, 2, 3, 4, 6])),
        st.builds(Pow, children, exponents.map(Num)),
        st.builds(Neg, children),
        st.builds(Abs, children),
    ),
    max_leaves=6,
)
operators = st.sampled_from(["=", "=", "<", "<=", ">", ">=", "!="])
points = st.lists(st.fractions(-4, 4, max_denominator=4), min_size=6, max_size=6, unique=True)


@settings(max_examples=150, deadline=None)
@given(trees, operators, trees, points)
def test_membership_is_holding(left: Expr, op: str, right: Expr, numbers: list[Fraction]) -> None:
    problem = Problem(equation=f"{to_text(left)} {op} {to_text(right)}", unknown="x")
    try:
        solution = solve(problem)
    except UndecidedError:
        return
    assert isinstance(solution, Solution)
    known = [*solution.solutions.breaks, *solution.excluded, *solution.extraneous]
    for number in [*(Real.of(number) for number in numbers), *known]:
        try:
            holds = holds_at(solution.equation, number)
        except OverBudgetError:
            continue
        assert (number in solution.solutions) == (holds is True), (problem.equation, number)


@settings(max_examples=100, deadline=None)
@given(trees, operators, trees)
def test_domains_only_take_away(left: Expr, op: str, right: Expr) -> None:
    equation = f"{to_text(left)} {op} {to_text(right)}"
    try:
        real = solve(Problem(equation=equation, unknown="x"))
        positive = solve(Problem(equation=equation, unknown="x", domain=Domain.POSITIVE))
        whole = solve(Problem(equation=equation, unknown="x", domain=Domain.INTEGER))
    except UndecidedError:
        return
    for n in range(-4, 5):
        number = Real.of(n)
        member = number in real.solutions
        assert (number in positive.solutions) == (member and n > 0)
        assert (number in whole.solutions) == member
