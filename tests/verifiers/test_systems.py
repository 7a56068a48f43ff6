"""Systems: reading them, their solution sets, and answers as tuples and assignments."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from flint import fmpq_mat
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifiers import Ask, Decision, Problem, Reason, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.solve import SystemSolution, domain_conditions
from verifiers.solve.system import holds_for

SUM_AND_PRODUCT = "x + y = 5, x y = 6"
LINE = "x + y = 3, 2x + 2y = 6"


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        ("x+y=3, x-y=1", "{(2, 1)}"),
        ("x+y=3; x-y=1", "{(2, 1)}"),
        ("x+y=3 and x-y=1", "{(2, 1)}"),
        ("x+y=3\nx-y=1", "{(2, 1)}"),
        (r"\begin{cases} x + y = 3 \\ x - y = 1 \end{cases}", "{(2, 1)}"),
        (r"\left\{\begin{array}{l} x + y = 3 \\ x - y = 1\end{array}\right.", "{(2, 1)}"),
        (r"\begin{aligned} x + y &= 3 \\ x - y &= 1 \end{aligned}", "{(2, 1)}"),
        (r"x + y = 3 \text{ and } x - y = 1", "{(2, 1)}"),
        ("x_1 + x_2 = 3, x_1 - x_2 = 1", "{(2, 1)}"),
        ("x+y+z=6, x-y=0, z=2x", "{(3/2, 3/2, 3)}"),
        (LINE, "(3 - y, y) for all real y"),
        ("x+y+z=1, x-y=0", "(1/2 - 1/2*z, 1/2 - 1/2*z, z) for all real z"),
        ("x+y=3, x+y=4", "no real solutions"),
        (SUM_AND_PRODUCT, "{(2, 3), (3, 2)}"),
        ("x^2+y^2=25, xy=12", "{(-4, -3), (-3, -4), (3, 4), (4, 3)}"),
        ("x+y+z=6, xy+yz+zx=11, xyz=6",
         "{(1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)}"),
        ("x^2+y^2=4, x=y", "{(-sqrt(2), -sqrt(2)), (sqrt(2), sqrt(2))}"),
        ("x^2+y^2=1, x+y=3", "no real solutions"),
        ("x^2+y^2=0, x=y", "{(0, 0)}"),
        ("1/x+1/y=5/6, x+y=5", "{(2, 3), (3, 2)}"),
        ("x/y=2, x-y=0", "no real solutions"),
        ("xy/x=1, x^2+y=1", "no real solutions"),  # x = 0, y = 1 is not in the domain
        ("sqrt(x)+sqrt(y)=5, x+y=13", "{(4, 9), (9, 4)}"),
        ("|x|+y=3, x+|y|=5", "{(4, -1)}"),
        ("x+y=5, xy=6, x<y", "{(2, 3)}"),
        ("sqrt(2)x+y=1, x-sqrt(2)y=3", "{((3 + sqrt(2))/3, (1 - 3*sqrt(2))/3)}"),
    ],
)  # fmt: skip
def test_solutions(equation: str, text: str) -> None:
    solution = solve(equation)
    assert isinstance(solution, SystemSolution)
    assert solution.text == text
    assert solution.certificate
    if solution.system.unknowns != ("x",):
        assert verify(equation, text).verdict is Decision.CORRECT


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ("x^2+y^2=1, 2x^2+2y^2=2", Reason.UNSUPPORTED_EQUATION),  # infinitely many, no line
        ("x/y=2, x-2y=0", Reason.UNSUPPORTED_EQUATION),  # a line without a point
        ("x<1, y<2", Reason.UNSUPPORTED_EQUATION),
        ("x+y=1, sin(x)=0", Reason.UNSUPPORTED_EQUATION),
        ("x+y=1, x+=2", Reason.MALFORMED_PROBLEM),
        (("x+y=1", "x-y"), Reason.MALFORMED_PROBLEM),
        ((), Reason.UNSUPPORTED_EQUATION),
        (("1=1", "2=2"), Reason.MALFORMED_PROBLEM),
    ],
)
def test_undecided(equation: str | tuple[str, ...], reason: Reason) -> None:
    with pytest.raises(UndecidedError) as caught:
        solve(Problem(equation=equation))
    assert caught.value.reason is reason


def test_one_text_of_several_is_one_equation() -> None:
    assert solve(Problem(equation=("x^2 = 4",))).text == "{-2, 2}"


def test_order_of_unknowns() -> None:
    problem = Problem(equation="x - y = 1, x + y = 3", unknown="y, x")
    assert verify(problem, "(1, 2)").verdict is Decision.CORRECT
    assert verify(problem, "(2, 1)").verdict is Decision.INCORRECT
    assert verify(problem, "(x, y) = (2, 1)").verdict is Decision.CORRECT
    line = Problem(equation="x + y = 1", unknown="x,y")
    assert verify(line, "(t, 1 - t)").verdict is Decision.CORRECT
    assert verify("x + y = 1", "(t, 1 - t)").verdict is Decision.UNDECIDED  # no unknown declared


def test_parameters_with_a_value() -> None:
    problem = Problem(equation="x + y = a, x - y = 1", params={"a": "a = 3"})
    assert verify(problem, "(2, 1)").verdict is Decision.CORRECT
    free = Problem(equation="x + y = a, x - y = 1", params={"a": "a != 0"})
    assert verify(free, "(2, 1)").verdict is Decision.UNDECIDED


def test_domain() -> None:
    assert domain_conditions("1/x + y = 2, sqrt(y) = x") == ("x != 0", "y >= 0")


RIGHT = r"""
(2,3) or (3,2)
(2,3), (3,2)
(2,3) and (3,2)
{(2,3),(3,2)}
\{(2,3),(3,2)\}
\left(2, 3\right), \left(3, 2\right)
x=2, y=3 or x=3, y=2
x=2,y=3; x=3,y=2
x = 2 and y = 3, or x = 3 and y = 2
x=2,y=3,x=3,y=2
y=3,x=2;y=2,x=3
x_1=2, y_1=3, x_2=3, y_2=2
x_1=2, x_2=3, y_1=3, y_2=2
(x,y)=(2,3) or (x,y)=(3,2)
(x,y)=(2,3), (3,2)
(y,x) = (3,2), (2,3)
(x, y) \in \{(2,3),(3,2)\}
The solutions are (2,3) and (3,2).
\text{The solutions are } (2,3) \text{ and } (3,2)
(4/2, 3), (3, sqrt(4))
(2,3), (3,2), (2,3)
"""


@pytest.mark.parametrize("answer", RIGHT.strip().splitlines())
def test_right_forms(answer: str) -> None:
    assert verify(SUM_AND_PRODUCT, answer).verdict is Decision.CORRECT


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("(2,3)", Reason.MISSING_SOLUTION),
        ("(2,3),(3,1)", Reason.NOT_A_SOLUTION),
        ("(2,3),(3,2),(1,1)", Reason.NOT_A_SOLUTION),
        ("no solution", Reason.MISSING_SOLUTION),
        ("x=2 or x=3", Reason.WRONG_KIND),
        ("x=2, y=3 or x=3", Reason.WRONG_KIND),
        ("x=2, x=3, y=3", Reason.WRONG_KIND),
        ("2,3", Reason.WRONG_KIND),
        ("(2,3,4)", Reason.WRONG_KIND),
        ("banana=7", Reason.WRONG_KIND),
        ("banana=2, y=3", Reason.WRONG_KIND),
        ("(x,y)", Reason.WRONG_KIND),
        ("(t,5-t)", Reason.WRONG_KIND),
        ("x+y=5", Reason.WRONG_KIND),
        ("x=2, y=3=4", Reason.WRONG_KIND),
        ("x<2, y=3", Reason.WRONG_KIND),
        ("infinitely many", Reason.WRONG_KIND),
        ("all real numbers", Reason.WRONG_KIND),
        ("(±2, ±3)", Reason.UNPARSABLE_ANSWER),
        ("((2,3),(3,2)", Reason.UNPARSABLE_ANSWER),
        ("(2,3) or (3,2), t in R", Reason.WRONG_KIND),
        ("", Reason.NO_ANSWER),
        ("(1/0, 2)", Reason.WRONG_KIND),
        ("(2,3)" * 900, Reason.OVER_BUDGET_ANSWER),
    ],
)
def test_wrong_answers(answer: str, reason: Reason) -> None:
    verdict = verify(SUM_AND_PRODUCT, answer)
    assert (verdict.verdict, verdict.reason) == (Decision.INCORRECT, reason), verdict.evidence
    assert verdict.expected == "{(2, 3), (3, 2)}"
    assert verdict.evidence


def test_evidence() -> None:
    verdict = verify("1/x + y = 1, x + y = 1", "(0, 1)")
    assert verdict.reason is Reason.OUTSIDE_DOMAIN
    assert verdict.evidence[0] == (
        "(x, y) = (0, 1) is outside the domain of 1/x + y = 1: zero denominator (x)."
    )
    verdict = verify(SUM_AND_PRODUCT, "(2,3),(3,1)")
    assert verdict.evidence == (
        "(x, y) = (3, 1) is not a solution: in x + y = 5 the left side is 4, the right side 5.",
        "(x, y) = (3, 2) is a solution and is missing.",
    )


def test_signs_and_chains() -> None:
    assert verify("x^2 = 4, y = 0", "x = ±2, y = 0").verdict is Decision.CORRECT
    assert verify("x^2 = 4, y = 0", "(±2, 0)").verdict is Decision.CORRECT
    assert verify("x + y = 4, x = y", "x = y = 2").verdict is Decision.CORRECT
    assert verify("x + y = 4, x = y", "x = y = 3").verdict is Decision.INCORRECT


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("(t, 3-t)", True),
        ("(t, 3-t), t ∈ ℝ", True),
        (r"(t, 3-t), t \in \mathbb{R}", True),
        (r"(t, 3 - t) \text{ for any real } t", True),
        ("(t, 3-t) where t is any real number", True),
        ("x = t, y = 3 - t, t ∈ ℝ", True),
        ("x = t, y = 3-t", True),
        ("x = 3 - y, y any real number", True),
        ("y = 3 - x, x ∈ ℝ", True),
        ("(x, 3-x)", True),
        ("(3 - y, y)", True),
        ("(1+2t, 2-2t)", True),
        ("infinitely many solutions: (t, 3-t)", True),
        ("y = 3 - x", True),
        ("x = 3 - y", True),
        ("3 - x = y", True),
        (r"y = \frac{6-2x}{2}", True),
        ("y = 3 - x for all real x", True),
        ("infinitely many solutions: y = 3 - x", True),
        ("x = t, y = 3 - x", True),
        ("{(t, 3-t) | t ∈ ℝ}", True),
        (r"\left\{ (t, 3-t) : t \in \mathbb{R} \right\}", True),
        (r"\{(x, y) \in \mathbb{R}^2 \mid y = 3 - x\}", True),
        ("{(y, x) | x = 3 - y, y ∈ ℝ}", True),
        ("(t, t)", False),
        ("(t, 3-s)", False),
        ("(1, 2)", False),
        ("(1 + 0t, 2)", False),
        ("(t^2, 3-t^2)", False),
        ("(1/t, 3-1/t)", False),
        ("(y, 3-y)", False),
        ("y = 3", False),
        ("y = 2 - x", False),
        ("y = 3 - t", False),
        ("y = 3 - x^2", False),
        ("y = 3 - |x|", False),
        ("y = 3 - 0x", False),
        ("y = ±x + 3", False),
        ("y = 3 - x, y = 2", False),
        ("y = 3 - x or y = 2 - x", False),
        ("x = 3 - y, y = 3 - x", False),
        ("x = y, y = x", False),
        ("x + y = 3", False),
        ("x = y", False),
        ("{(x, y) | x + y = 3}", False),
        ("{(t, 3-t) | t > 0}", False),
        ("{(t, 3-t) | t ∈ ℤ}", False),
        ("(t, 3-t), s ∈ ℝ", False),
        ("(t, 3-t) or (1, 2)", False),
        ("infinitely many", False),
        ("no solution", False),
    ],
)
def test_lines(answer: str, right: bool) -> None:
    expected = Decision.CORRECT if right else Decision.INCORRECT
    verdict = verify(LINE, answer)
    assert verdict.verdict is expected, verdict.evidence


@pytest.mark.parametrize(
    ("answer", "right"),
    [("x = y", True), ("y = x", True), ("x = y = t", True), ("(t, t)", True), ("y = 2x", False),
     ("x = -y", False), ("x = y = 1", False), ("x = x", False)],
)  # fmt: skip
def test_a_line_of_equal_unknowns(answer: str, right: bool) -> None:
    problem = Problem(equation=("x - y = 0", "2x = 2y"), unknown="x,y")
    assert (verify(problem, answer).verdict is Decision.CORRECT) is right


@given(
    st.lists(st.integers(-4, 4), min_size=3, max_size=3).filter(lambda row: row[0] and row[1]),
    st.fractions(-3, 3, max_denominator=3),
    st.sampled_from("xy"),
)
def test_a_line_solved_for_either_unknown(row: list[int], slip: Fraction, target: str) -> None:
    a, b, c = row
    equations = (f"({a})x + ({b})y = {c}", f"({3 * a})x + ({3 * b})y = {3 * c}")
    own, other = (a, b) if target == "x" else (b, a)
    free = "y" if target == "x" else "x"
    problem = Problem(equation=equations, unknown="x,y")
    answer = f"{target} = ({c} - ({other}){free})/({own}) + {slip}"
    assert (verify(problem, answer).verdict is Decision.CORRECT) is (slip == 0)


def test_planes() -> None:
    plane = Problem(equation="x + y + z = 1", unknown="x,y,z")
    for answer in ("(1-s-t, s, t)", "(1-s-t, s, t), s, t ∈ ℝ", "(s, t, 1-s-t) for all real s, t"):
        assert verify(plane, answer).verdict is Decision.CORRECT, answer
    for answer in ("z = 1 - x - y", "x = 1 - y - z", "y = 1 - x - z, x, z ∈ ℝ", "x = s, z = 1-x-y"):
        assert verify(plane, answer).verdict is Decision.CORRECT, answer
    for answer in ("z = 1 - x", "z = 1 - x + y", "x = y, y = x, z = 1 - 2y", "(s, t, 1-s)"):
        assert verify(plane, answer).verdict is Decision.INCORRECT, answer
    line = verify(plane, "(t, 1-t, 0)")
    assert line.reason is Reason.MISSING_SOLUTION


def test_count() -> None:
    for answer in ("2", "two", "2 solutions", "there are"):
        right = verify(Problem(equation=SUM_AND_PRODUCT, ask=Ask.COUNT), answer)
        assert (right.verdict is Decision.CORRECT) == (answer != "there are")
    line = Problem(equation=LINE, ask=Ask.COUNT)
    assert verify(line, "infinitely many").verdict is Decision.CORRECT
    assert verify(line, "1").verdict is Decision.INCORRECT
    none = Problem(equation="x+y=3, x+y=4", ask=Ask.COUNT)
    assert verify(none, "0").verdict is Decision.CORRECT
    assert verify(none, "no solutions").verdict is Decision.CORRECT
    total = verify(Problem(equation=SUM_AND_PRODUCT, ask=Ask.SUM), "5")
    assert total.reason is Reason.MALFORMED_PROBLEM


integers = st.integers(-6, 6)
fractions = st.fractions(-5, 5, max_denominator=3)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(2, 4))
def test_linear_systems_by_construction(data: st.DataObject, size: int) -> None:
    """A chosen point and coefficients: unique where the determinant says so."""
    names = "xyzw"[:size]
    point = data.draw(st.lists(fractions, min_size=size, max_size=size))
    row = st.lists(integers, min_size=size, max_size=size)
    rows = data.draw(st.lists(row.filter(any), min_size=size, max_size=size))
    texts = []
    for coefficients in rows:
        side = " + ".join(f"({c}){name}" for c, name in zip(coefficients, names, strict=True))
        value = sum(c * p for c, p in zip(coefficients, point, strict=True))
        texts.append(f"{side} = {value}")
    problem = Problem(equation=tuple(texts), unknown=",".join(names))
    solution = solve(problem)
    assert isinstance(solution, SystemSolution)
    answer = f"({', '.join(map(str, point))})"
    if fmpq_mat(rows).det() == 0:
        assert solution.flat is not None
        assert len(solution.flat.free) == size - fmpq_mat(rows).rank()
        assert verify(problem, solution.text).verdict is Decision.CORRECT
        assert verify(problem, answer).reason is Reason.MISSING_SOLUTION
    else:
        assert verify(problem, answer).verdict is Decision.CORRECT
        point[0] += 1
        wrong = f"({', '.join(map(str, point))})"
        assert verify(problem, wrong).verdict is Decision.INCORRECT


FAMILIES = [
    lambda x, y: f"x + y = {x + y}, x*y = {x * y}",
    lambda x, y: f"x^2 + y^2 = {x * x + y * y}, x*y = {x * y}",
    lambda x, y: f"x^2 + y^2 = {x * x + y * y}, x - y = {x - y}",
    lambda x, y: f"x^2 - y^2 = {x * x - y * y}, 2x + y = {2 * x + y}",
    lambda x, y: f"x^2 + x*y = {x * x + x * y}, y^2 + x*y = {y * y + x * y}",
    lambda x, y: f"abs(x) + y = {abs(x) + y}, x - 2y = {x - 2 * y}",
    lambda x, y: f"x/(y^2+1) = {x / (y * y + 1)}, x + y = {x + y}",
    lambda x, y: f"sqrt(x + {-x + y * y}) = {abs(y)}, x - y = {x - y}",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FAMILIES), fractions, fractions)
def test_chosen_solutions_are_found(family: object, x: Fraction, y: Fraction) -> None:
    equation = family(x, y)  # type: ignore[operator]
    try:
        solution = solve(Problem(equation=equation, unknown="x,y"))
    except UndecidedError:
        assume(False)
        return
    assert isinstance(solution, SystemSolution)
    assert any(point == (Real.of(x), Real.of(y)) for point in solution.points), equation
    for point in solution.points:
        assert all(holds_for(solution.system, each, point) is True
                   for each in solution.system.relations)  # fmt: skip
    assert verify(equation, solution.text).verdict is Decision.CORRECT
    rest = [point for point in solution.points if point != (Real.of(x), Real.of(y))]
    answer = ", ".join(f"({p}, {q})" for p, q in rest) or "no solution"
    assert verify(equation, answer).reason is Reason.MISSING_SOLUTION
    near = ", ".join([f"({p}, {q})" for p, q in rest] + [f"({x}, {y + 1})"])
    if not any(point == (Real.of(x), Real.of(y + 1)) for point in solution.points):
        assert verify(equation, near).verdict is Decision.INCORRECT


@settings(max_examples=60, deadline=None)
@given(integers, integers, integers, integers)
def test_products_of_lines(a: int, b: int, c: int, d: int) -> None:
    """(x-a)(y-b) = 0 and (x-c)(y-d) = 0 meet in two known points."""
    assume(a != c and b != d)
    equation = f"(x-({a}))(y-({b})) = 0, (x-({c}))(y-({d})) = 0"
    assert verify(equation, f"({a}, {d}), ({c}, {b})").verdict is Decision.CORRECT
    assert verify(equation, f"({a}, {d})").reason is Reason.MISSING_SOLUTION


@settings(max_examples=40, deadline=None)
@given(st.lists(integers, min_size=3, max_size=3, unique=True))
def test_symmetric_systems(roots: list[int]) -> None:
    p, q, r = roots
    equation = f"x + y + z = {p + q + r}, xy + yz + zx = {p * q + q * r + r * p}, xyz = {p * q * r}"
    rows = ", ".join(str(row) for row in permutations(roots))
    assert verify(equation, rows).verdict is Decision.CORRECT


pieces = st.sampled_from(
    [*"xy=(),;±+-23t{}", " or ", " and ", "(2,3)", "(3,2)", "x=", "y=", "∈ℝ", "no solution", "_1"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=12).map("".join))
def test_scrambled_answers_give_a_verdict(text: str) -> None:
    for equation in (SUM_AND_PRODUCT, LINE):
        verdict = verify(equation, text)
        assert verdict.verdict in (Decision.CORRECT, Decision.INCORRECT)
