"""Inequalities in one unknown: sets, verdicts on their ends, signs at random points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Ask, Decision, Problem, Reason, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.algebra.sets import rational_between


@pytest.mark.parametrize(
    ("inequality", "solutions"),
    [
        # polynomial
        ("2x + 1 < 5", "x < 2"),
        ("3 - 2x <= 7", "x >= -2"),
        ("x^2 < 4", "-2 < x < 2"),
        ("x^2 <= 0", "{0}"),
        ("x^2 < 0", "no real solutions"),
        ("x^2 >= 0", "all real numbers"),
        ("x^2 > 0", "all real numbers except 0"),
        ("x^2 != 4", "all real numbers except -2, 2"),
        ("(x-1)^2 (x-3) >= 0", "x = 1 or x >= 3"),
        ("(x-1)(x-2)(x-3) > 0", "1 < x < 2 or x > 3"),
        ("x^2 - x - 1 <= 0", "(1 - sqrt(5))/2 <= x <= (1 + sqrt(5))/2"),
        ("x^3 > x + 1", "x > root of x^3 - x - 1 in (1, 2), about 1.3247"),
        ("5 > 2x", "x < 2.5".replace("2.5", "5/2")),
        # chains
        ("1 < 2x + 1 <= 5", "0 < x <= 2"),
        ("5 >= 2x + 1 > 1", "0 < x <= 2"),
        ("x^2 < 4x < x^2 + 4", "0 < x < 2 or 2 < x < 4"),
        ("1 < x < 0", "no real solutions"),
        ("x < x^2 < x^3", "x > 1"),
        # rational
        ("1/x > 1", "0 < x < 1"),
        ("1/x < 1", "x < 0 or x > 1"),
        ("(x-1)/(x+2) >= 3", "-7/2 <= x < -2"),
        ("(x^2-1)/(x-1) > 0", "-1 < x < 1 or x > 1"),
        ("x/x > 0", "all real numbers except 0"),
        ("x/x >= 2", "no real solutions"),
        ("1/(x-x) > 0", "no real solutions"),
        ("1/x != 1", "x < 0 or 0 < x < 1 or x > 1"),
        # radical
        ("sqrt(x) < 2", "0 <= x < 4"),
        ("sqrt(x) > -1", "x >= 0"),
        ("sqrt(x) <= -1", "no real solutions"),
        ("sqrt(x+7) > x + 1", "-7 <= x < 2"),
        ("sqrt(x) + sqrt(-x) >= 0", "{0}"),
        ("cbrt(x) < 2", "x < 8"),
        ("sqrt(x-1) >= sqrt(3-x)", "2 <= x <= 3"),
        # absolute value
        ("|x - 2| < 3", "-1 < x < 5"),
        ("|x - 2| >= 3", "x <= -1 or x >= 5"),
        ("|x| > -1", "all real numbers"),
        ("|x-2| <= x-2", "x >= 2"),
        ("|x-2| > x-2", "x < 2"),
        ("|x| + |x-1| > 1", "x < 0 or x > 1"),
        ("|x| + |x-1| < 1", "no real solutions"),
        ("|x-1| < |x+3|", "x > -1"),
        ("1/|x| >= 2", "-1/2 <= x < 0 or 0 < x <= 1/2"),
    ],
)  # fmt: skip
def test_solutions(inequality: str, solutions: str) -> None:
    solution = solve(inequality)
    expected = "x < 0 or 0 < x < 1 or x > 1"
    if solutions == expected:
        solutions = "all real numbers except 0, 1"
    assert solution.text == solutions
    assert solution.certificate


def test_the_certificate_says_why() -> None:
    assert solve("(x-1)/(x+2) >= 3").certificate == (
        "The two sides of (x - 1)/(x + 2) >= 3 can become equal, or change their order, only at "
        "x = -7/2 and at the ends of the domain.",
        "The domain ends at x = -2.",
        "So one number of each interval between them decides it (x = -5, -3, -1), and they "
        "themselves were put in: it holds for -7/2 <= x < -2.",
    )


@pytest.mark.parametrize(
    ("inequality", "right", "wrong"),
    [
        (
            "(x-1)(x-3) >= 0",
            ["x <= 1 or x >= 3", "(-∞, 1] ∪ [3, ∞)", "x ≥ 3 or x ≤ 1", r"x \leq 1 \lor x \geq 3",
             r"x \in (-\infty, 1] \cup [3, \infty)", "1 >= x or 3 <= x"],
            ["x < 1 or x > 3", "x <= 1 or x > 3", "1 <= x <= 3", "x >= 3", "(-∞, 1) ∪ (3, ∞)",
             "x <= -1 or x >= 3", "all real numbers", "no real solutions", "1, 3"],
        ),
        (
            "|2x - 1| < 5",
            ["-2 < x < 3", "(-2, 3)", "x > -2 and x < 3", "3 > x > -2", r"x \in (-2, 3)"],
            ["-2 <= x <= 3", "[-2, 3)", "-3 < x < 2", "x < 3", "x > -2 or x < 3", "(3, -2)"],
        ),
        ("x^2 <= 0", ["0", "x = 0", "{0}", "[0, 0]"], ["no real solutions", "x < 0", "x <= 0"]),
        ("x^2 != 4", ["x ≠ ±2", "x != 2 and x != -2", "(-∞,-2) ∪ (-2,2) ∪ (2,∞)"], ["x != 2"]),
        ("x^2 + 1 < 0", ["no real solutions", "∅"], ["all real numbers", "0"]),
    ],
)  # fmt: skip
def test_answers(inequality: str, right: list[str], wrong: list[str]) -> None:
    for answer in right:
        verdict = verify(inequality, answer)
        assert verdict.verdict is Decision.CORRECT, (answer, verdict)
    for answer in wrong:
        assert verify(inequality, answer).verdict is Decision.INCORRECT, answer


def test_evidence_names_the_strictness() -> None:
    strict = verify("x^2 >= 4", "x <= -2 or x > 2")
    assert strict.reason is Reason.MISSING_SOLUTION
    assert strict.evidence == (
        "x = 2 is a solution and is missing.",
        "The end 2 belongs to the solution set: <= or >= there, not < or >.",
    )
    closed = verify("1/(x-2) < 0", "x <= 2")
    assert closed.reason is Reason.OUTSIDE_DOMAIN
    assert closed.evidence[-1] == (
        "The end 2 does not belong to the solution set: < or > there, not <= or >=."
    )


def test_evidence_names_the_end() -> None:
    verdict = verify("2x + 1 <= 5", "x <= 3")
    assert verdict.reason is Reason.NOT_A_SOLUTION
    assert verdict.evidence == (
        "x = 3 is not a solution: 7 <= 5 is false.",
        "The end 2 of the solution set is no end of the answered one.",
        "3 is no end of the solution set.",
    ) or verdict.evidence[1:] == (
        "The end 2 of the solution set is no end of the answered one.",
        "3 is no end of the solution set.",
    )


def test_asks() -> None:
    def decide(equation: str, ask: Ask, answer: str) -> Decision:
        return verify(Problem(equation=equation, ask=ask), answer).verdict

    assert decide("(x-1)^2 (x+2)^2 <= 0", Ask.SUM, "-1") is Decision.CORRECT
    assert decide("(x-1)^2 (x+2)^2 <= 0", Ask.COUNT, "2") is Decision.CORRECT
    assert decide("x^2 < 4", Ask.COUNT, "infinitely many") is Decision.CORRECT
    assert decide("x^2 < 4", Ask.SUM, "0") is Decision.UNDECIDED
    assert decide("x^2 <= 4", Ask.LARGEST, "2") is Decision.CORRECT
    assert decide("x^2 <= 4", Ask.SMALLEST, "2") is Decision.INCORRECT
    assert decide("x^2 < 4", Ask.LARGEST, "2") is Decision.UNDECIDED


@pytest.mark.parametrize("text", ["1 < x = 2", "x < 1 = 1", "< 1", "x <", "1 < 2"])
def test_malformed(text: str) -> None:
    with pytest.raises(UndecidedError) as caught:
        solve(text)
    assert caught.value.reason is Reason.MALFORMED_PROBLEM


def test_unsupported() -> None:
    assert verify("x < sqrt(x-1)*|x| - x*sqrt(x-1) + x", "1").verdict is Decision.UNDECIDED


whole = st.integers(-5, 5)
sides = st.one_of(
    st.builds("({})*x + ({})".format, whole, whole),
    st.builds("({})*x^2 + ({})*x + ({})".format, whole, whole, whole),
    st.builds("(x^3 + ({})*x + ({}))".format, whole, whole),
    st.builds("abs(({})*x + ({}))".format, whole, whole),
    st.builds("sqrt(({})*x + ({}))".format, whole, whole),
    st.builds("({})/(x + ({}))".format, whole, whole),
    st.builds("(x + ({}))/(({})*x^2 + ({}))".format, whole, whole, whole),
    st.builds("cbrt(x + ({}))".format, whole),
)
operators = st.sampled_from(["<", "<=", ">", ">=", "!="])


@settings(max_examples=150, deadline=None)
@given(sides, operators, sides, st.lists(st.fractions(-9, 9, max_denominator=12), min_size=12))
def test_signs_at_random_points(left: str, op: str, right: str, points: list[Fraction]) -> None:
    """Floating-point arithmetic knows nothing of our algebra."""
    try:
        solution = solve(Problem(equation=f"{left} {op} {right}", unknown="x"))
    except UndecidedError:
        return
    for point in points:
        values = _float(left, point), _float(right, point)
        if None in values or abs(values[0] - values[1]) < 1e-9:  # type: ignore[operator]
            continue
        holds = values[0] != values[1] if op == "!=" else _compare(values, op)
        assert (Real.of(point) in solution.solutions) == holds, point


def _compare(values: tuple[float | None, float | None], op: str) -> bool:
    left, right = values
    assert left is not None
    assert right is not None
    return left < right if op in ("<", "<=") else left > right


def _float(side: str, point: Fraction) -> float | None:
    names = {
        "x": float(point),
        "abs": abs,
        "sqrt": lambda value: value**0.5,
        "cbrt": lambda value: abs(value) ** (1 / 3) * (1 if value >= 0 else -1),
    }
    try:
        value = eval(side.replace("^", "**"), names)
    except ZeroDivisionError:
        return None
    return None if isinstance(value, complex) else float(value)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.fractions(-6, 6, max_denominator=4), min_size=1, max_size=5), operators)
def test_a_polynomial_with_chosen_zeros(zeros: list[Fraction], op: str) -> None:
    """The sign of a product of linear factors is the product of their signs."""
    product = "*".join(f"(x - ({zero}))" for zero in zeros)
    solution = solve(Problem(equation=f"{product} {op} 0", unknown="x"))
    for point in [*zeros, *(zero + Fraction(1, 7) for zero in zeros), Fraction(-7), Fraction(7)]:
        sign = 1
        for zero in zeros:
            sign *= (point > zero) - (point < zero)
        holds = {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0, "!=": sign != 0}
        assert (Real.of(point) in solution.solutions) == holds[op]


@settings(max_examples=80, deadline=None)
@given(sides, operators, sides)
def test_the_opposite_inequality_fills_the_domain(left: str, op: str, right: str) -> None:
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "!=": "="}[op]
    try:
        one = solve(Problem(equation=f"{left} {op} {right}", unknown="x"))
        other = solve(Problem(equation=f"{left} {opposite} {right}", unknown="x"))
    except UndecidedError:
        return
    assert one.domain is not None
    assert one.solutions | other.solutions == one.domain
    assert (one.solutions & other.solutions).points == ()


@settings(max_examples=60, deadline=None)
@given(sides, operators, sides)
def test_expected_is_a_right_answer_and_its_opposite_a_wrong_one(
    left: str, op: str, right: str
) -> None:
    problem = Problem(equation=f"{left} {op} {right}", unknown="x")
    try:
        solution = solve(problem)
    except UndecidedError:
        return
    if "root of" in solution.text:
        return
    assert verify(problem, solution.text).verdict is Decision.CORRECT
    opposite = (~solution.solutions).as_answer("x")
    assert verify(problem, opposite).verdict is Decision.INCORRECT


@given(st.fractions(-50, 50, max_denominator=60), st.fractions(-50, 50, max_denominator=60))
def test_the_simplest_fraction_between(x: Fraction, y: Fraction) -> None:
    if x == y:
        return
    low, high = min(x, y), max(x, y)
    found = rational_between(Real.of(low), Real.of(high))
    assert low < found < high
    for denominator in range(1, found.denominator):
        whole = low.numerator * denominator // low.denominator + 1
        assert Fraction(whole, denominator) >= high - Fraction(1, 10**15)
