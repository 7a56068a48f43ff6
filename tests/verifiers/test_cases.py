"""Equations with parameters that have no value: solutions by cases, and answers to them."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Ask, Decision, Problem, Reason, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.algebra.fields import PointField
from verifiers.algebra.sets import RealSet
from verifiers.solve import CaseSolution
from verifiers.solve.by_cases import solutions_on

SEED = "a - (a+x)/x = x"
NONE: dict[str, str] = {}


def _problem(equation: str, params: dict[str, str], ask: Ask = Ask.SOLUTIONS) -> Problem:
    return Problem(equation=equation, unknown="x", params=params, ask=ask)


@pytest.mark.parametrize(
    ("equation", "params", "text"),
    [
        ("a x = 1", NONE, "{1/a} if a != 0; no real solutions if a = 0"),
        ("a x = a^2", NONE, "{a} if a != 0; all real numbers if a = 0"),
        ("x - a = x - a", NONE, "all real numbers"),
        ("x + a = x + 1", NONE, "no real solutions if a != 1; all real numbers if a = 1"),
        ("x^2 = a", NONE, "no real solutions if a < 0; {-sqrt(a), sqrt(a)} if a >= 0"),
        ("x^2 = a^2", NONE, "{a, -a}"),
        ("x/a = 1", NONE, "{a} if a != 0"),
        ("(x-a)/(x-1) = 0", NONE, "{a} if a != 1; no real solutions if a = 1"),
        ("x/x = a", {"a": "a = 1"}, "all real numbers except 0"),
        ("2x = a", {"a": "a > 0"}, "{a/2} if a > 0"),
        ("2x = a", {"a": "0 < a < 4"}, "{a/2} if 0 < a < 4"),
        ("2x = a", {"a": "a > 0, a != 1"}, "{a/2} if 0 < a < 1 or a > 1"),
        ("2x = a", {"a": "real"}, "{a/2}"),
        ("2x = a", {"a": ""}, "{a/2}"),
        ("2x = 4", {"a": ""}, "{2}"),
        ("a x = b", NONE, "all real numbers if a = 0 and b = 0; no real solutions if a = 0 and "
         "b != 0; {b/a} if a != 0"),
        ("x^2-(a+b)x+ab=0", NONE, "{a} if a - b = 0; {b, a} if a - b != 0"),
        ("a x + b = c", {"a": "a = 2"}, "{(-b + c)/2}"),
    ],
)  # fmt: skip
def test_solutions(equation: str, params: dict[str, str], text: str) -> None:
    assert solve(_problem(equation, params)).text == text


def test_the_sum_of_the_first_problem() -> None:
    """a - 1 where a^2 - 6a + 1 > 0 (also at a = 0, with one solution), (a-1)/2 where it is 0."""
    positive = _problem(SEED, {"a": "a^2 - 6a + 1 > 0"}, Ask.SUM)
    for answer in ("a - 1", "sum = a - 1", "the sum of the solutions is a-1", "-1 + a"):
        assert verify(positive, answer).verdict is Decision.CORRECT, answer
    for answer in ("a + 1", "(a-1)/2", "5", "no solution", "1 - a", "|a - 1|"):
        assert verify(positive, answer).verdict is Decision.INCORRECT, answer
    zero = _problem(SEED, {"a": "a^2 - 6a + 1 = 0"}, Ask.SUM)
    assert verify(zero, "(a-1)/2").verdict is Decision.CORRECT
    assert verify(zero, "a - 1").verdict is Decision.INCORRECT
    everywhere = _problem(SEED, NONE, Ask.SUM)
    cases = "a-1 if a^2-6a+1 > 0, (a-1)/2 if a^2-6a+1 = 0, no real solutions if a^2-6a+1 < 0"
    assert verify(everywhere, cases).verdict is Decision.CORRECT
    assert verify(everywhere, "a - 1").reason is Reason.WRONG_VALUE


def test_the_solutions_of_the_first_problem() -> None:
    formula = r"x = \frac{a-1 \pm \sqrt{a^2-6a+1}}{2}"
    assert verify(_problem(SEED, {"a": "a != 0"}), formula).verdict is Decision.CORRECT
    verdict = verify(_problem(SEED, NONE), formula)  # at a = 0 it gives x = 0 too
    assert verdict.reason is Reason.OUTSIDE_DOMAIN
    assert verdict.evidence == ("For a = 0 the solution set is {-1}; the answer gives {-1, 0}.",)
    assert verdict.domain == ("x != 0",)


def test_counts_products_and_ends() -> None:
    count = _problem(SEED, NONE, Ask.COUNT)
    right = "2 if a^2-6a+1 > 0 and a ≠ 0, 1 if a^2-6a+1 = 0 or a = 0, 0 otherwise"
    assert verify(count, right).verdict is Decision.CORRECT
    assert verify(count, right.replace("and a ≠ 0", "")).verdict is Decision.INCORRECT
    assert verify(count, "2").verdict is Decision.INCORRECT
    assert verify(count, "infinitely many").verdict is Decision.INCORRECT
    product = _problem("x^2 + a x = 3", NONE, Ask.PRODUCT)
    assert verify(product, "-3").verdict is Decision.CORRECT
    assert verify(product, "3").verdict is Decision.INCORRECT
    largest = _problem("x^2 = a^2", NONE, Ask.LARGEST)
    assert verify(largest, "|a|").verdict is Decision.CORRECT
    assert verify(largest, "a").verdict is Decision.INCORRECT
    assert verify(largest, "a if a >= 0, -a if a < 0").verdict is Decision.CORRECT
    total = _problem("a x = a", NONE, Ask.SUM)
    assert verify(total, "1").verdict is Decision.UNDECIDED  # all numbers solve it where a = 0
    identity = _problem("a x = a", NONE, Ask.COUNT)
    assert verify(identity, "1 if a ≠ 0, infinitely many if a = 0").verdict is Decision.CORRECT


LINEAR = r"""
x = b/a if a != 0; no solution if a = 0 and b != 0; all reals if both 0
x = b/a if a ≠ 0; no solution if a = 0 and b ≠ 0; all real numbers if a = b = 0
x = b/a for a ≠ 0, no solution for a = 0 and b ≠ 0, all real numbers for a = 0 and b = 0
if a ≠ 0, x = b/a; if a = 0 and b = 0, all real numbers; if a = 0 and b ≠ 0, no solution
if a ≠ 0 then x = b/a; if a = 0 and b = 0 then x ∈ ℝ; otherwise no solution
\begin{cases} x = \frac{b}{a} & a \neq 0 \\ \text{no solution} & a = 0, b \neq 0 \\ \text{all real numbers} & a = b = 0\end{cases}
\begin{cases} \frac{b}{a}, & \text{if } a \neq 0 \\ \text{no solution}, & \text{if } a = 0, b \neq 0 \\ \mathbb{R}, & \text{otherwise}\end{cases}
When a is nonzero, x = b/a. When a = 0 and b is nonzero, there is no solution. When a = 0 and b = 0, every real number is a solution.
x = b/a when a > 0 or a < 0; all real numbers when a = 0 and b = 0; otherwise no solution
a ≠ 0 ⇒ x = b/a; a = 0, b ≠ 0 ⇒ no solution; a = b = 0 ⇒ all real numbers
x = b/a unless a = 0; no solution if a = 0, b ≠ 0; all real numbers if a = 0, b = 0
"""  # noqa: E501


@pytest.mark.parametrize("answer", LINEAR.strip().splitlines())
def test_forms_of_cases(answer: str) -> None:
    verdict = verify(_problem("a x = b", NONE), answer)
    assert verdict.verdict is Decision.CORRECT, verdict.evidence


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("x = b/a", Reason.MISSING_SOLUTION),
        ("x = b/a if a != 0; no solution if a = 0", Reason.MISSING_SOLUTION),
        ("x = b/a if a > 0; no solution if a = 0 and b != 0; all reals if both 0",
         Reason.MISSING_SOLUTION),
        ("x = -b/a if a != 0; no solution if a = 0 and b != 0; all reals if both 0",
         Reason.NOT_A_SOLUTION),
        ("x = B/a", Reason.WRONG_KIND),
        ("x = c/a", Reason.WRONG_KIND),
        ("y = b/a", Reason.WRONG_KIND),
        ("a x = b", Reason.WRONG_KIND),
        ("infinitely many", Reason.WRONG_KIND),
        ("if a = 0", Reason.WRONG_KIND),
        ("x = b/a if c = 0", Reason.WRONG_KIND),
        ("x = b/a if a", Reason.UNPARSABLE_ANSWER),
        ("", Reason.NO_ANSWER),
        ("; ; ;", Reason.UNPARSABLE_ANSWER),
        ("x = 1 if a = 1;" * 40, Reason.UNPARSABLE_ANSWER),
        ("x = cbrt(a) + b if a != 0", Reason.MISSING_SOLUTION),
    ],
)  # fmt: skip
def test_wrong_cases(answer: str, reason: Reason) -> None:
    verdict = verify(_problem("a x = b", NONE), answer)
    assert (verdict.verdict, verdict.reason) == (Decision.INCORRECT, reason), verdict.evidence
    assert verdict.expected is not None
    assert verdict.evidence


@pytest.mark.parametrize(
    ("equation", "params", "right", "wrong"),
    [
        ("a x = b", {"a": "a != 0", "b": ""},
         ["x = b/a", "b/a", r"\frac{b}{a}", "x = b/a, a ≠ 0", "x = b/a (a ≠ 0)", "x = 2b/(2a)"],
         ["-b/a", "a/b", "x = 1", "b/|a|"]),
        ("a x^2 + b x + c = 0", {"a": "a != 0"},
         [r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}", "x = -b/(2a) ± sqrt(b^2/(4a^2) - c/a)",
          "(-b ± sqrt(b^2-4ac))/(2a) if b^2 >= 4ac, no real solutions if b^2 < 4ac"],
         [r"x = \frac{b \pm \sqrt{b^2-4ac}}{2a}", r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2}",
          r"x = \frac{-b + \sqrt{b^2-4ac}}{2a}", r"x = \frac{-b \pm \sqrt{b^2+4ac}}{2a}",
          "no real solutions"]),
        ("x^2 = a", NONE,
         ["x = ±sqrt(a)", "if a > 0, x = ±sqrt(a), if a = 0, x = 0, otherwise no solution",
          "x = ±√a if a ≥ 0; no real solutions if a < 0", "{-sqrt(a), sqrt(a)}"],
         ["x = sqrt(a)", "x = ±sqrt(-a)", "x = ±a", "x = ±sqrt(a) if a > 0"]),
        ("x^2 = a^2", NONE, ["x = ±a", "x = a or x = -a", "±|a|", "±sqrt(a^2)", "{a, -a}"],
         ["|a|", "a", "±a^2"]),
        ("x^2 = 4a", {"a": "a > 0"}, ["±2sqrt(a)", "±sqrt(4a)", "x_1 = 2√a, x_2 = -2√a"],
         ["±4sqrt(a)"]),
        ("x/a = 1", NONE, ["x = a", "x = a if a != 0; no solution if a = 0"],
         ["x = a; x = 5 if a = 0", "x = a^2"]),
        ("(a-1)x = a^2-1", NONE,
         ["x = a+1 if a ≠ 1; all real numbers if a = 1", "x = a+1 unless a = 1; ℝ if a = 1"],
         ["x = a+1", "all real numbers if a = 1"]),
        ("1/(x-a) = 1/(x-a)", NONE, ["all real numbers except a", "x ≠ a", "ℝ∖{a}"],
         ["all real numbers", "x ≠ -a", "a", "no solution"]),
        ("m x + 3 = 2x + n", {"m": "m ≠ 2", "n": ""}, ["x = (n-3)/(m-2)", "(3-n)/(2-m)"],
         ["(n+3)/(m-2)"]),
        ("1/(x-a) + 1/(x-b) = 1", NONE, [], ["x = a"]),
        ("x^2 - 2x + a = 0", {"a": "a < 1"}, ["1 ± sqrt(1-a)"], ["1 ± sqrt(a-1)"]),
        ("x^2 - 6x + a = 0", {"a": "a <= 9"}, ["3 ± sqrt(9-a)"], ["3 + sqrt(9-a)"]),
        ("2x = a", NONE, ["a/2"], ["x = a/2, x = sqrt(-1)", "a/2 or sqrt(-1-a^2)", "a/2, 1/0"]),
        ("x^2 = a", {"a": "a < 0"}, ["no real solutions"], ["±sqrt(a)"]),
        ("x^2 = 2a^2", NONE, ["±sqrt(2)a", "±a√2", "±sqrt(2a^2)"], ["±2a", "sqrt(2)|a|"]),
    ],
)  # fmt: skip
def test_answers(equation: str, params: dict[str, str], right: list[str], wrong: list[str]) -> None:
    problem = _problem(equation, params)
    for answer in right:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.CORRECT, (answer, verdict.evidence)
    for answer in wrong:
        assert verify(problem, answer).verdict is Decision.INCORRECT, answer


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (_problem("x + a = |x|", NONE), Reason.UNSUPPORTED_EQUATION),
        (_problem("sqrt(x) = a", NONE), Reason.UNSUPPORTED_EQUATION),
        (_problem("2^x = a", NONE), Reason.UNSUPPORTED_EQUATION),
        (_problem("x^3 + a x = 1", NONE), Reason.UNSUPPORTED_EQUATION),
        (_problem("a x = 1", {"a": "a > 1, a < 0"}), Reason.MALFORMED_PROBLEM),
        (_problem("a x = 1", {"a": "a >"}), Reason.MALFORMED_PROBLEM),
        (_problem("a x = 1", {"a": "x > 0"}), Reason.MALFORMED_PROBLEM),
        (_problem("a b c d e x = 1", NONE), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="a x = 1"), Reason.UNSUPPORTED_EQUATION),
        (_problem("1/(a-a) + x = 1", NONE), Reason.UNSUPPORTED_EQUATION),
    ],
)
def test_undecided(problem: Problem, reason: Reason) -> None:
    with pytest.raises(UndecidedError) as caught:
        solve(problem)
    assert caught.value.reason is reason
    assert verify(problem, "x = 1").verdict is Decision.UNDECIDED


integers = st.integers(-4, 4)
SHAPES = [
    "({p}a + {q})x = {r}a + {s}",
    "x^2 = {p}a + {q}",
    "x^2 + ({p}a + {q})x + ({r}a + {s}) = 0",
    "({p}a + {q})x^2 + {r}x + {s} = 0",
    "{q} - ({p}a + x)/x = x",
    "(x - a)(x - ({p}))/(x - ({q})) = 0",
    "(x + {p}a)/(x - {q}) = {r}",
    "{p}/(x - a) + {q}/x = {r}",
]
FORMULAS = [
    "x = ({r}a + {s})/({p}a + {q})",
    "x = ±sqrt({p}a + {q})",
    "x = (-({p}a + {q}) ± sqrt(({p}a + {q})^2 - 4({r}a + {s})))/2",
    "x = a, x = {p}",
    "x = {p} if a = {q}; x = a otherwise",
    "no real solutions",
    "all real numbers if a = {q}, otherwise x = {r}a",
    "x = ({r}a + {s})/({p}a + {q}) if {p}a + {q} != 0; no real solutions otherwise",
]
equations = st.builds(
    lambda shape, p, q, r, s: shape.format(p=f"({p})", q=f"({q})", r=f"({r})", s=f"({s})"),
    st.sampled_from(SHAPES), integers, integers, integers, integers,
)  # fmt: skip
answers = st.builds(
    lambda shape, p, q, r, s: shape.format(p=f"({p})", q=f"({q})", r=f"({r})", s=f"({s})"),
    st.sampled_from(FORMULAS), integers, integers, integers, integers,
)  # fmt: skip
VALUES = [Fraction(n, 2) for n in range(-12, 13)]


def _at(solution: CaseSolution, value: Fraction) -> RealSet | None:
    """The solutions at one value of the parameter; None where nothing is defined."""
    own = PointField({"a": Real.of(value)}, solution.read.variables)
    found = solutions_on(solution, own)
    points = RealSet.points_only(found.values)  # type: ignore[arg-type]
    return None if found.nowhere else ~points if found.all_but else points


@settings(max_examples=60, deadline=None)
@given(equations)
def test_every_value_agrees_with_the_numeric_problem(equation: str) -> None:
    solution = solve(_problem(equation, {"a": ""}))
    if not isinstance(solution, CaseSolution):
        return
    for value in VALUES:
        numeric = solve(_problem(equation, {"a": f"a = {value}"}))
        own = _at(solution, value)
        assert numeric.solutions == (RealSet.points_only([]) if own is None else own)
        if numeric.solutions.points is not None and own is not None:
            shown = f"{{{', '.join(map(str, numeric.solutions.points))}}}"
            other = "x = 0" if shown == "{}" else shown
            limited = _problem(equation, {"a": f"{value} <= a <= {value}"})
            right = verify(limited, "no solution" if shown == "{}" else shown)
            assert right.verdict is Decision.CORRECT, (equation, value, right.evidence)
            assert verify(limited, f"{other}, x = 99/7").verdict is Decision.INCORRECT


@settings(max_examples=150, deadline=None)
@given(equations)
def test_the_expected_text_is_right(equation: str) -> None:
    problem = _problem(equation, {"a": ""})
    verdict = verify(problem, solve(problem).text)
    assert verdict.verdict is Decision.CORRECT, (equation, verdict)


@settings(max_examples=200, deadline=None)
@given(equations, answers)
def test_a_verdict_is_that_of_every_value(equation: str, answer: str) -> None:
    """Correct: right at each value. Incorrect: the evidence names a value where it is wrong."""
    problem = _problem(equation, {"a": ""})
    if not isinstance(solve(problem), CaseSolution):
        return
    verdict = verify(problem, answer)
    assert verdict.verdict is not Decision.UNDECIDED
    checked = VALUES
    if verdict.verdict is Decision.INCORRECT:
        named = re.match(r"For a = (-?\d+(?:/\d+)?) the ", verdict.evidence[0])
        checked = [Fraction(named[1])] if named else []
    for value in checked:
        own = _at(solve(problem), value)  # type: ignore[arg-type]
        limited = verify(_problem(equation, {"a": f"{value} <= a <= {value}"}), answer)
        if "is no real number" not in limited.evidence[0]:  # refused where it never is one
            assert limited.verdict is verdict.verdict, (equation, answer, value, own)


pieces = st.sampled_from(
    [*"xab=(),;±+-/23{}≠", " or ", " and ", " if ", " otherwise ", "x = ", "b/a", "a = 0",
     "no solution", "all real numbers", "sqrt(a)", r"\begin{cases}", "&", r"\\", "|a|", "cbrt(a)"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=12).map("".join))
def test_scrambled_answers_give_a_verdict(text: str) -> None:
    for equation, params in (("a x = b", NONE), (SEED, {"a": "a != 0"})):
        verdict = verify(_problem(equation, params), text)
        assert verdict.verdict in (Decision.CORRECT, Decision.INCORRECT)


def test_a_region_whose_conditions_contradict_each_other_is_left_out() -> None:
    """One parameter's value made the denominator of another's 0; found by fuzzing."""
    problem = Problem(equation="(1-AA0n)(1-n)=0", unknown="n")
    assert verify(problem, "n = 1").reason is Reason.MISSING_SOLUTION
    assert verify(problem, "n = 1 or n = 1/(A A0)").verdict is not Decision.UNDECIDED
