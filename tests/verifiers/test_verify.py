"""Verdicts: test number one, then a table of right and wrong answers for each family."""

from __future__ import annotations

import pytest

from verifiers import Ask, Decision, Domain, Problem, Reason, Verdict, verify, verify_completion

SEED = "3 - (3+y)/y = y"
TWO_AND_THREE = "6 - (6+x)/x = x"
IDENTITY = "x/x = 1"
GOLDEN = "x^2 - x - 1 = 0"


def test_number_one() -> None:
    wrong = verify(SEED, "y=1, y=3")
    assert wrong.verdict is Decision.INCORRECT
    assert wrong.reason is Reason.NOT_A_SOLUTION
    assert wrong.expected == "no real solutions"
    assert wrong.domain == ("y != 0",)
    assert "y = 1 is not a solution: the left side is -1, the right side 1." in wrong.evidence
    assert verify(SEED, "no real solutions").verdict is Decision.CORRECT
    assert verify(TWO_AND_THREE, "x = 2 or x = 3").verdict is Decision.CORRECT


NO_SOLUTION_FORMS = r"""
no real solutions
no real solution
No solution
no solutions.
There are no real solutions.
There is no real solution
there is no solution
The equation has no real solutions
the equation has no solution in the real numbers
No real solutions exist
no real roots
no real values of y
y has no real solution
No such y exists
no real number satisfies the equation
none
the empty set
The solution set is empty
does not exist
The equation does not have any real solutions
There are not any real solutions
So there are no real solutions
\text{no real solutions}
\text{No solution}
\text{There is }\text{no solution}
$\text{no real solutions}$
∅
\varnothing
\emptyset
{}
\{\}
\{ \}
y \in \varnothing
y ∈ ∅
y \in \{\}
the solution set is ∅
""".strip().splitlines()

TWO_AND_THREE_FORMS = r"""
x = 2, x = 3
x = 3, x = 2
x=2 or x=3
x = 2 and x = 3
x=2,3
x = 2 or 3
2, 3
3, 2
2 and 3
2 or 3
2; 3
2, 2, 3
{2, 3}
{3,2}
\{2, 3\}
\left\{2, 3\right\}
x ∈ {2, 3}
x \in \{2, 3\}
x in {2, 3}
x = {2, 3}
x_1 = 2, x_2 = 3
x_{1} = 2, x_{2} = 3
x₁ = 2, x₂ = 3
x1 = 2, x2 = 3
x_{1,2} = \frac{5 \pm 1}{2}
x = \frac{5 \pm 1}{2}
x = (5 ± 1)/2
x = 5/2 ± 1/2
x = 2.5 ± 0.5
x = 2 \text{ or } x = 3
x = 2 \text{ and } x = 3
x=2\quad\text{or}\quad x=3
x=2,\; x=3
2\text{ and }3
$x = 2$ or $x = 3$
\(x = 2\), \(x = 3\)
x = 2, x = 3.
The solutions are x = 2 and x = 3.
The solutions are 2 and 3
Solutions: 2, 3
Answer: x = 2 or x = 3
The solution set is {2, 3}
x = 4/2, x = 9/3
x = \frac{4}{2}, x = \frac93
x = 1+1 = 2, x = 1+2 = 3
2 = x, 3 = x
x = 2, x = 3, x ≠ 0
x = 2, x = 3 and x \neq 0
x = \sqrt{4}, x = \sqrt{9}
x = |-2|, x = 3
x = 2^1, x = 3^{1}
x = 2.0, x = 3.00
x = \cfrac{6}{3}, x = 3
x = 8^(1/3), x = 27^(1/3)
x = sqrt(3 + 2 sqrt 2) - sqrt(2) + 1, x = 3
x = 2 ∨ x = 3
""".strip().splitlines()

WRONG_FORMS = {
    "x = 2": Reason.MISSING_SOLUTION,
    "3": Reason.MISSING_SOLUTION,
    "x = 2 only": Reason.MISSING_SOLUTION,
    "x = 2, x = 4": Reason.NOT_A_SOLUTION,
    "x = 2, x = 3, x = 5": Reason.NOT_A_SOLUTION,
    "x = -2, x = -3": Reason.NOT_A_SOLUTION,
    "x = 0, x = 2, x = 3": Reason.OUTSIDE_DOMAIN,
    "0": Reason.OUTSIDE_DOMAIN,
    "x = 2.0000000000000000000001, x = 3": Reason.NOT_A_SOLUTION,
    "no real solutions": Reason.MISSING_SOLUTION,
    "all real numbers": Reason.NOT_A_SOLUTION,
    "all real numbers except 0": Reason.NOT_A_SOLUTION,
    "x != 0": Reason.NOT_A_SOLUTION,
    "2 <= x <= 3": Reason.NOT_A_SOLUTION,
    "2 < x < 3": Reason.NOT_A_SOLUTION,
    "[2, 3]": Reason.NOT_A_SOLUTION,
    "(2, 3)": Reason.NOT_A_SOLUTION,
    "x >= 2": Reason.NOT_A_SOLUTION,
    "": Reason.NO_ANSWER,
    "   ": Reason.NO_ANSWER,
    "banana = 2, banana = 3": Reason.WRONG_KIND,
    "banana=7": Reason.WRONG_KIND,
    "X = 2, X = 3": Reason.WRONG_KIND,
    "y = 2, y = 3": Reason.WRONG_KIND,
    "S = {2, 3}": Reason.WRONG_KIND,
    "x = 3 = 2": Reason.WRONG_KIND,
    "x = 3 = 4 = 7": Reason.WRONG_KIND,
    "x = x": Reason.WRONG_KIND,
    "x = 6/x + 5": Reason.WRONG_KIND,
    "x^2 = 4": Reason.WRONG_KIND,
    "x^2 - 5x + 6 = 0": Reason.WRONG_KIND,
    "(x-2)(x-3) = 0": Reason.WRONG_KIND,
    "6 - (6+x)/x = x": Reason.WRONG_KIND,
    "2x = 4, x = 3": Reason.WRONG_KIND,
    "a": Reason.WRONG_KIND,
    "x = 1/0, x = 3": Reason.WRONG_KIND,
    "x = sqrt(-4)": Reason.WRONG_KIND,
    "x = 2, x = 3, x ≠ 3": Reason.WRONG_KIND,
    "x = 2i": Reason.WRONG_KIND,
    "infinitely many solutions": Reason.WRONG_KIND,
    "It is certainly not 7.": Reason.UNPARSABLE_ANSWER,
    "not 2, 3": Reason.UNPARSABLE_ANSWER,
    "2, 3 or not 2": Reason.UNPARSABLE_ANSWER,
    r"\text{the answer is not}=7": Reason.UNPARSABLE_ANSWER,
    "2 3": Reason.UNPARSABLE_ANSWER,
    "x = 2, x = ": Reason.UNPARSABLE_ANSWER,
    "x = 2,": Reason.UNPARSABLE_ANSWER,
    "x = 2 or": Reason.UNPARSABLE_ANSWER,
    "x = ±1 ± 1": Reason.UNPARSABLE_ANSWER,
    "x = 2, x = π": Reason.NOT_A_SOLUTION,
    "x = 1/2√9": Reason.NOT_A_SOLUTION,  # (1/2)*3
    "(2, 3": Reason.UNPARSABLE_ANSWER,
    "{2, 3": Reason.UNPARSABLE_ANSWER,
    "х = 2, х = 3": Reason.UNPARSABLE_ANSWER,  # a Cyrillic letter
    "x = ٢, x = ٣": Reason.UNPARSABLE_ANSWER,  # Arabic digits
    "\\boxed{2, 3}": Reason.UNPARSABLE_ANSWER,
    "9^{9^{9^9}}": Reason.OVER_BUDGET_ANSWER,
    "9" * 500: Reason.OVER_BUDGET_ANSWER,
}


@pytest.mark.parametrize("answer", NO_SOLUTION_FORMS)
def test_forms_of_no_solution(answer: str) -> None:
    _assert_correct(verify(SEED, answer))
    assert verify(TWO_AND_THREE, answer.replace("y", "x")).verdict is Decision.INCORRECT


@pytest.mark.parametrize("answer", TWO_AND_THREE_FORMS)
def test_forms_of_two_values(answer: str) -> None:
    _assert_correct(verify(TWO_AND_THREE, answer))


@pytest.mark.parametrize(("answer", "reason"), WRONG_FORMS.items())
def test_wrong_answers(answer: str, reason: Reason) -> None:
    verdict = verify(TWO_AND_THREE, answer)
    assert (verdict.verdict, verdict.reason) == (Decision.INCORRECT, reason), verdict
    assert verdict.expected == "{2, 3}"
    assert verdict.evidence


@pytest.mark.parametrize(
    ("equation", "right", "wrong"),
    [
        # linear
        ("2x + 3 = 11", ["4", "x = 4", "8/2"], ["5", "-4", "4.0001"]),
        ("3t - 7 = 5t + 2", ["-9/2", "-4.5", "t = -4 1/2", r"t=-\frac{9}{2}"], ["9/2", "-4"]),
        ("(x+1)/2 = (x-3)/5", ["-11/3", r"-\dfrac{11}{3}", "-3 2/3"], ["11/3", "-3.6667"]),
        ("2(x - 1) = 2x - 2", ["all real numbers", "ℝ", "x ∈ ℝ", "every real number"], ["0"]),
        ("2(x - 1) = 2x - 1", ["no solution"], ["all real numbers", "0"]),
        ("0.1n + 0.25 = 0.5", ["2.5", "5/2"], ["2.49"]),
        (r"\frac{2z}{3} = 4\frac12", ["27/4", "6.75", "6 3/4"], ["6"]),
        # quadratic
        ("x^2 - 5x + 6 = 0", ["2, 3"], ["2", "-2, -3"]),
        ("x² = 49", ["±7", "x = ±7", r"\pm 7", "7, -7", "x = 7 or x = -7"], ["7", "-7"]),
        ("2x^2 - 3x - 2 = 0", ["-1/2, 2", "-0.5, 2"], ["1/2, -2"]),
        ("x^2 + 4x + 4 = 0", ["-2", "x = -2, x = -2"], ["2", "no real solutions"]),
        ("x^2 + x + 1 = 0", ["no real solutions"], ["-1/2", r"\frac{-1 \pm i\sqrt3}{2}"]),
        (
            GOLDEN,
            [
                r"x = \frac{1 \pm \sqrt{5}}{2}",
                "(1+√5)/2, (1-√5)/2",
                "1/2 + sqrt(5)/2 or 1/2 - sqrt(5)/2",
                r"\frac12 \pm \frac{\sqrt5}{2}",
                "0.5 ± 0.5√5",
                "x = (2 ± √20)/4",
                "(1 ± 5^(1/2))/2",
                r"x = \frac{2}{-1 \pm \sqrt{5}}",
            ],
            ["1.618, -0.618", "(1+√5)/2", r"\frac{-1 \pm \sqrt5}{2}", "(1 ± √6)/2"],
        ),
        ("x^2 = 12", ["±2√3", r"\pm 2\sqrt{3}", "±√12", "x = ±sqrt(12)"], ["±3.4641", "2√3"]),
        ("(x+1)^2/4 = 3", ["-1 ± 2√3", "-1 ± sqrt(12)"], ["1 ± 2√3"]),
        # rational
        ("(x^2 - 4)/(x - 2) = 4", ["no solution"], ["2", "x = 2"]),
        ("1/(x-1) + 1/(x+1) = 2/(x^2-1)", ["no real solutions"], ["1", "-1"]),
        ("(x+1)/(x-2) = 3/(x-2)", ["no solution"], ["2"]),
        ("x/(x-3) = 2", ["6"], ["3", "3, 6"]),
        ("(x^4 - 5x^2 + 4)/(x - 1) = 0", ["-2, -1, 2"], ["-2, -1, 1, 2"]),
        ("(x^3 - x)/(x^2 + 1) = 0", ["-1, 0, 1"], ["0"]),
        ("1/x = 0", ["no solution"], ["0"]),
        (IDENTITY, ["all real numbers except 0", "x ≠ 0"], ["all real numbers", "0", "1"]),
        # radical
        ("sqrt(x+7) = x + 1", ["2"], ["2, -3", "-3"]),
        (r"\sqrt{2x+3} = x", ["3"], ["3, -1", "-1"]),
        ("√(5-x) = 3", ["-4"], ["4"]),
        ("sqrt(x-5) = -2", ["no real solutions"], ["9", "x = 9"]),
        (r"\sqrt{x^2 - 3x} = 2", ["-1, 4"], ["4"]),
        ("sqrt(x^2+1) = x + 1", ["0"], ["0, 1"]),
        ("sqrt(2x+1) = x", ["1 + √2", r"1+\sqrt{2}"], ["1 ± √2", "1 - √2"]),
        ("sqrt(x) = sqrt(x)", ["x >= 0", "[0, ∞)", r"x \geq 0"], ["x > 0", "all real numbers"]),
        ("sqrt(x-2) - sqrt(2x-3) = 0", ["no real solutions"], ["1"]),  # SymPy says 1
        ("(x^2-4)*sqrt(x) = 0", ["0, 2"], ["-2, 0, 2"]),  # SymPy says -2 too
        # absolute value
        ("|2x - 3| = x", ["1, 3"], ["1", "3"]),
        ("|x - 1| = 4", ["-3, 5", "1 ± 4"], ["5"]),
        ("|x + 2| = -1", ["no real solutions"], ["-3, -1", "-3"]),
        ("|x - 4| = 2x + 1", ["1"], ["1, -5", "-5"]),
        (r"\left|x-1\right| = |2x+3|", ["-4, -2/3"], ["-4"]),
        (r"\lvert 3 - t \rvert = 0", ["3", "t = 3"], ["-3"]),
        ("|x-2| = x-2", ["x >= 2", "[2, ∞)", "x ≥ 2"], ["x > 2", "2", "all real numbers"]),
        ("|x-2| = |2-x|", ["all real numbers"], ["2"]),
    ],
)
def test_families(equation: str, right: list[str], wrong: list[str]) -> None:
    for answer in right:
        _assert_correct(verify(equation, answer))
    for answer in wrong:
        assert verify(equation, answer).verdict is Decision.INCORRECT, answer


@pytest.mark.parametrize(
    "answer",
    [
        "all real numbers except 0",
        "all reals except 0",
        "all real numbers except x = 0",
        "All real numbers, except 0.",
        "every real number other than 0",
        "any real number except for 0",
        "x can be any real number except 0",
        r"\text{all real numbers except } 0",
        "all real numbers x such that x ≠ 0",
        "all real x with x != 0",
        "x != 0",
        r"x \neq 0",
        r"x \ne 0",
        "x ≠ 0",
        "x < 0 or x > 0",
        r"x \in \mathbb{R} \setminus \{0\}",
        r"\mathbb{R}\setminus\{0\}",
        "ℝ∖{0}",
        "ℝ \\ {0}",
        "(-∞, 0) ∪ (0, ∞)",
        r"(-\infty, 0) \cup (0, \infty)",
        "x ∈ ℝ, x ≠ 0",
    ],
)
def test_forms_of_all_but_one(answer: str) -> None:
    _assert_correct(verify(IDENTITY, answer))


@pytest.mark.parametrize(
    ("ask", "right", "wrong"),
    [
        (
            Ask.SUM,
            ["5", "2+3", "2 + 3 = 5", "10/2", "sum = 5", "The sum is 5.", "Sum: 5",
             "the sum of the solutions is 5", "the sum of all real solutions = 5", "a - 1"],
            ["6", "x = 5", "2, 3", "{5}", "S = 5", "no solution", "A - 1", "product = 5", "5 > 4"],
        ),
        (Ask.PRODUCT, ["6", "2*3", "2 · 3 = 6", "product = 6", "a"], ["5", "sum = 6", "x = 6"]),
        (
            Ask.COUNT,
            ["2", "two", "2 solutions", "two real solutions", "the number of solutions is 2"],
            ["3", "2, 3", "one", "x = 2", "no solutions", "infinitely many"],
        ),
        (Ask.LARGEST, ["3", "x = 3", "largest = 3"], ["2", "2, 3", "y = 3"]),
        (Ask.SMALLEST, ["2", "x = 2", "the smallest solution is 2"], ["3", "±2"]),
    ],
)  # fmt: skip
def test_asks(ask: Ask, right: list[str], wrong: list[str]) -> None:
    problem = Problem(equation="a - (a+x)/x = x", ask=ask, params={"a": "a = 6"})
    for answer in right:
        _assert_correct(verify(problem, answer))
    for answer in wrong:
        assert verify(problem, answer).verdict is Decision.INCORRECT, answer


def test_asks_of_no_solution() -> None:
    for ask in (Ask.SUM, Ask.PRODUCT, Ask.LARGEST, Ask.SMALLEST):
        problem = Problem(equation=SEED, ask=ask)
        _assert_correct(verify(problem, "no real solutions"))
        assert verify(problem, "0").reason is Reason.WRONG_VALUE
    count = Problem(equation=SEED, ask=Ask.COUNT)
    _assert_correct(verify(count, "0"))
    _assert_correct(verify(count, "no real solutions"))
    assert verify(count, "1").reason is Reason.WRONG_VALUE


def test_asks_of_infinitely_many_solutions() -> None:
    _assert_correct(verify(Problem(equation=IDENTITY, ask=Ask.COUNT), "infinitely many"))
    assert verify(Problem(equation=IDENTITY, ask=Ask.COUNT), "1").verdict is Decision.INCORRECT
    assert verify(Problem(equation=IDENTITY, ask=Ask.SUM), "1").verdict is Decision.UNDECIDED


def test_distinct_solutions_count_once() -> None:
    equation = "(x-2)^2*(x-3) = 0"
    _assert_correct(verify(Problem(equation=equation, ask=Ask.SUM), "5"))
    _assert_correct(verify(Problem(equation=equation, ask=Ask.COUNT), "2"))


@pytest.mark.parametrize(
    ("sign", "total"),
    [("a = 10", "9"), ("a = 3 + 2sqrt(2)", "1 + sqrt(2)"), ("a = 3 - 2√2", "1 - √2")],
)
def test_sum_for_a_parameter(sign: str, total: str) -> None:
    """Distinct solutions add up to a - 1, and to (a - 1)/2 where a^2 - 6a + 1 = 0."""
    problem = Problem(equation="a - (a+x)/x = x", ask=Ask.SUM, params={"a": sign})
    _assert_correct(verify(problem, total))
    assert verify(problem, f"2({total})").verdict is Decision.INCORRECT


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem(equation="sqrt(x-1)*|x| = x*sqrt(x-1)"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="2^x = x^2"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="sin(x) = x"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation=r"\log x = \sin x"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="x + y = 1"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="1 < x = 2"), Reason.MALFORMED_PROBLEM),
        (Problem(equation="a x = 1"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="a x^3 = 1", unknown="x"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="x^(10^9) = 1"), Reason.UNSUPPORTED_EQUATION),
        (Problem(equation="x = 1 = 2"), Reason.MALFORMED_PROBLEM),
        (Problem(equation="x + 1"), Reason.MALFORMED_PROBLEM),
        (Problem(equation="x + = 1"), Reason.MALFORMED_PROBLEM),
        (Problem(equation="3 = 3"), Reason.MALFORMED_PROBLEM),
        (Problem(equation=""), Reason.MALFORMED_PROBLEM),
        (Problem(equation="x = 1", unknown="2"), Reason.MALFORMED_PROBLEM),
        (Problem(equation="a x = 1", params={"a": "a = 1/0"}), Reason.MALFORMED_PROBLEM),
    ],
)
def test_undecided_problems(problem: Problem, reason: Reason) -> None:
    verdict = verify(problem, "1")
    assert (verdict.verdict, verdict.reason) == (Decision.UNDECIDED, reason)
    assert verdict.evidence


def test_an_unreadable_answer_is_wrong_whatever_the_equation() -> None:
    assert verify("sqrt(x-1)*|x| = x*sqrt(x-1)", "((").reason is Reason.UNPARSABLE_ANSWER
    assert verify("sqrt(x-1)*|x| = x*sqrt(x-1)", "banana = 1").reason is Reason.WRONG_KIND


def test_a_declared_unknown() -> None:
    _assert_correct(verify(Problem(equation="2speed = 6", unknown="speed"), "speed = 3"))
    _assert_correct(verify(Problem(equation=r"2\theta = 6"), "θ = 3"))
    _assert_correct(verify(Problem(equation="2x_1 = 6"), "x_1 = 3"))
    assert verify(Problem(equation="2x_1 = 6"), "x_2 = 3").reason is Reason.WRONG_KIND


def test_parameters_may_stand_in_an_answer() -> None:
    problem = Problem(equation="x - a = 1", params={"a": "a = 6"})
    _assert_correct(verify(problem, "x = a + 1"))
    assert verify(problem, "x = b + 1").reason is Reason.WRONG_KIND


def test_verify_completion() -> None:
    right = "x must not be 0. So (x-2)(x-3) = 0 and the answer is \\boxed{x = 2, x = 3}."
    _assert_correct(verify_completion(TWO_AND_THREE, right))
    missing = verify_completion(TWO_AND_THREE, "x = 2 or x = 3")
    assert missing.reason is Reason.NO_ANSWER
    assert missing.expected == "{2, 3}"
    several = verify_completion(TWO_AND_THREE, "\\boxed{2} or \\boxed{2, 3}")
    assert (several.verdict, several.reason) == (Decision.INCORRECT, Reason.SEVERAL_ANSWERS)
    assert verify_completion("3 = 3", "\\boxed{1}").verdict is Decision.UNDECIDED


def test_expected_is_itself_a_right_answer() -> None:
    for equation in (SEED, TWO_AND_THREE, IDENTITY, GOLDEN, "|x-2| = x-2", "x^4 = 10x^2 - 1",
                     "x^3 = 2", "sqrt(x-1) = sqrt(x-1)", "1/(x^2-2) = 1/(x^2-2)",
                     "|x|+|x-1| = |2x-1|", "x^2 = 8/9"):  # fmt: skip
        expected = verify(equation, "").expected
        assert expected is not None
        _assert_correct(verify(equation, expected))


def _assert_correct(verdict: Verdict) -> None:
    assert (verdict.verdict, verdict.reason) == (Decision.CORRECT, Reason.EQUAL), verdict


def test_a_problem_takes_texts_for_its_kinds_and_refuses_others():
    problem = Problem(equation="x^2 = 4", domain="positive", ask="count")
    assert problem.domain is Domain.POSITIVE
    assert problem.ask is Ask.COUNT
    assert problem == Problem(equation="x^2 = 4", domain=Domain.POSITIVE, ask=Ask.COUNT)
    with pytest.raises(ValueError, match="domain is 'reals'; accepted: real, complex"):
        Problem(equation="x^2 = 4", domain="reals")
    with pytest.raises(ValueError, match="ask is 'roots'; accepted: solutions, sum"):
        Problem(equation="x^2 = 4", ask="roots")
