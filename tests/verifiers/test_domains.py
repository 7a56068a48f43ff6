"""Solutions among the integers, the rational, the positive and the complex numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Ask, Decision, Domain, Problem, Reason, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.cli import main
from verifiers.domain_words import plain_words

INTEGER, RATIONAL, POSITIVE = Domain.INTEGER, Domain.RATIONAL, Domain.POSITIVE
COMPLEX = Domain.COMPLEX
HIDDEN_ONE = "cbrt(2+√5) + cbrt(2-√5)"


@pytest.mark.parametrize(
    ("equation", "domain", "right", "wrong"),
    [
        ("2x^2 - 3x - 2 = 0", INTEGER, ["2", "x = 2", "{2}"], ["2, -1/2", "-1/2", "no solution"]),
        ("2x^2 - 3x - 2 = 0", POSITIVE, ["2"], ["2, -1/2"]),
        ("2x^2 - 3x - 2 = 0", RATIONAL, ["2, -1/2"], ["2"]),
        ("x^2 = 2", RATIONAL, ["no rational solutions", "no solution"], ["±√2", "√2"]),
        ("x^2 = 2", POSITIVE, ["√2", "x = √2"], ["±√2", "-√2"]),
        ("x^3 - x - 1 = 0", RATIONAL, ["no solution"], ["1.3247"]),
        ("2x = 3", INTEGER, ["no integer solutions", "∅"], ["3/2", "1", "2"]),
        ("2x = 3", RATIONAL, ["3/2", f"{HIDDEN_ONE} + 1/2"], [f"{HIDDEN_ONE}"]),
        ("x = 1", INTEGER, ["1", HIDDEN_ONE], ["2"]),
        ("x^2 < 5", INTEGER,
         ["-2, -1, 0, 1, 2", "x ∈ {-2,-1,0,1,2}", "-2 ≤ x ≤ 2", "-√5 < x < √5, x ∈ ℤ"],
         ["-1, 0, 1", "0, 1, 2", "-2 < x < 2", "-3 <= x <= 2", "-2, -1, 0, 1/2, 1, 2"]),
        ("x > 2", INTEGER, ["x >= 3", "x > 2", r"x \in \mathbb{Z}, x \geq 3", "x > 5/2"],
         ["x > 3", "x >= 2", "3, 4, 5", "x > 2 or x = 1/2"]),
        ("x^2 > 2", RATIONAL, ["x > √2 or x < -√2", "x >= √2 or x <= -√2"],
         ["x > √2", "x > √2 or x < -1.5", "all rational numbers"]),
        ("x > 3/2", RATIONAL, ["x > 3/2"], ["x >= 3/2", f"x >= {HIDDEN_ONE} + 1/2"]),
        ("x < 2", POSITIVE, ["0 < x < 2", "(0, 2)"], ["x < 2", "0 <= x < 2"]),
        ("x/x = 1", POSITIVE, ["x > 0", "all positive numbers"], ["all real numbers", "x ≠ 0"]),
        ("x/x = 1", INTEGER, ["all integers except 0", "x != 0"], ["all integers"]),
        ("1 < x^2 < 4", INTEGER, ["no solution"], ["±1", "1 < x < 2 or x = 1"]),
        ("x^2 <= -1", POSITIVE, ["no positive solutions"], ["1"]),
    ],
)  # fmt: skip
def test_domains(equation: str, domain: Domain, right: list[str], wrong: list[str]) -> None:
    problem = Problem(equation=equation, domain=domain)
    for answer in right:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.CORRECT, (answer, verdict)
    for answer in wrong:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.INCORRECT, (answer, verdict)
        assert verdict.evidence


def test_what_the_verdict_says() -> None:
    verdict = verify(Problem(equation="2x^2 - 3x - 2 = 0", domain=INTEGER), "2, -1/2")
    assert verdict.reason is Reason.OUTSIDE_DOMAIN
    assert verdict.evidence == ("x = -1/2 is outside the domain: it is no integer.",)
    assert verdict.domain == ("x ∈ ℤ",)
    assert verdict.expected == "{2}"
    assert verify(Problem(equation="x > 2", domain=INTEGER), "").expected == "x > 2, x ∈ ℤ"
    assert solve(Problem(equation="1/x > 0", domain=POSITIVE)).domain_texts == ("x != 0", "x > 0")


def test_asks() -> None:
    def decide(equation: str, domain: Domain, ask: Ask, answer: str) -> Decision:
        return verify(Problem(equation=equation, domain=domain, ask=ask), answer).verdict

    assert decide("x^2 < 10", INTEGER, Ask.COUNT, "7") is Decision.CORRECT
    assert decide("x^2 < 10", INTEGER, Ask.SUM, "0") is Decision.CORRECT
    assert decide("1 < x <= 4", INTEGER, Ask.PRODUCT, "24") is Decision.CORRECT
    assert decide("x^2 < 10", INTEGER, Ask.LARGEST, "3") is Decision.CORRECT
    assert decide("x^2 < 10", INTEGER, Ask.LARGEST, "√10") is Decision.INCORRECT
    assert decide("x > 2", INTEGER, Ask.COUNT, "infinitely many") is Decision.CORRECT
    assert decide("x^2 = 4", POSITIVE, Ask.SUM, "2") is Decision.CORRECT
    assert decide("x^2 = 4", POSITIVE, Ask.COUNT, "2") is Decision.INCORRECT


def test_too_many_integers_are_undecided() -> None:
    with pytest.raises(UndecidedError, match="1000 integers"):
        solve(Problem(equation="0 < x < 10^9", domain=INTEGER))
    huge = solve(Problem(equation="10^40 < x < 10^40 + 3", domain=INTEGER))
    assert len(huge.solutions.points or ()) == 2


@settings(max_examples=80, deadline=None)
@given(
    st.fractions(-8, 8, max_denominator=6),
    st.fractions(-8, 8, max_denominator=6),
    st.sampled_from(["<", "<="]),
)
def test_integers_of_an_interval(x: Fraction, y: Fraction, op: str) -> None:
    low, high = min(x, y), max(x, y)
    solution = solve(Problem(equation=f"{low} {op} x {op} {high}", unknown="x", domain=INTEGER))
    found = [point.rational for point in solution.solutions.points or ()]
    closed = op == "<="
    assert found == [n for n in range(-9, 10) if (low <= n <= high if closed else low < n < high)]


def test_words_for_the_domain() -> None:
    assert plain_words("x ∈ ℤ, x > 2", "x", INTEGER) == "x ∈ ℝ, x > 2"
    assert plain_words("no integer solutions", "x", INTEGER) == "no real solutions"
    assert plain_words("no integer solutions", "x", Domain.REAL) == "no integer solutions"
    assert plain_words("all positive real numbers", "t", POSITIVE) == "t > 0"
    assert plain_words("All rationals", "x", RATIONAL) == "All real numbers"


# complex numbers


@pytest.mark.parametrize(
    ("equation", "right", "wrong"),
    [
        ("x^2 - 2x + 5 = 0",
         ["1 ± 2i", r"x = 1 \pm 2i", "1+2i, 1-2i", "{1 + 2i, 1 - 2i}", r"\{1-2i, 1+2i\}",
          "x = 1+2i or x = 1-2i", "x_1 = 1+2i, x_2 = 1-2i", "x ∈ {1+2i, 1-2i}",
          r"\frac{2 \pm 4i}{2}", "1 ± √(-4)", "5/(1-2i) and 5/(1+2i)", "1 ± 2/i"],
         ["1+2i", "1 ± i", "-1 ± 2i", "no real solutions", "1", "1 ± 2", "1+2i, 1-2i, 1",
          "banana = 1 ± 2i", "x = 1+2i = 1", "1 ± 2i x", "1 ± 2j", "1/0", "x^2 = 2x - 5"]),
        ("x^2 + x + 1 = 0",
         [r"\frac{-1 \pm i\sqrt3}{2}", r"\frac{-1 \pm \sqrt{-3}}{2}", "-1/2 ± (√3/2)i"],
         [r"\frac{1 \pm i\sqrt3}{2}", "-0.5 ± 0.866i"]),
        ("x^2 = 4", ["±2", "2, -2"], ["±2i", "2"]),
        ("x^2 = -4", ["±2i", "2i, -2i"], ["±2", "2i"]),
        ("x^3 = 8", ["2, -1 ± i√3"], ["2", "2, -1 + i√3", "2, 1 ± i√3"]),
        ("x^4 = 1", ["±1, ±i", "1, -1, i, -i"], ["±1"]),
        ("x^4 + 1 = 0", ["±(1+i)/√2, ±(1-i)/√2"], ["±(1+i)/√2", "±(1+i)/2, ±(1-i)/2"]),
        ("x^3 = 2", ["cbrt(2), cbrt(2)(-1+i√3)/2, cbrt(2)(-1-i√3)/2"], ["cbrt(2)"]),
        ("(x-1)^3 (x^2+1) = 0", ["1, i, -i"], ["1", "i, -i"]),
        ("(x^3+x)/x = 0", ["±i"], ["0, ±i", "0"]),
        ("1/(x-1) + 1/(x+1) = 2/(x^2-1)", ["no solutions", "no complex solutions"], ["1", "i"]),
        ("x^4 - 10x^2 + 1 = 0", ["√2+√3, √2-√3, -√2+√3, -√2-√3"], ["√2+√3, √2-√3"]),
    ],
)  # fmt: skip
def test_complex(equation: str, right: list[str], wrong: list[str]) -> None:
    problem = Problem(equation=equation, domain=COMPLEX)
    for answer in right:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.CORRECT, (answer, verdict)
    for answer in wrong:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.INCORRECT, (answer, verdict)


def test_complex_asks() -> None:
    def decide(equation: str, ask: Ask, answer: str) -> Decision:
        return verify(Problem(equation=equation, domain=COMPLEX, ask=ask), answer).verdict

    assert decide("x^2 - 2x + 5 = 0", Ask.SUM, "2") is Decision.CORRECT
    assert decide("x^2 - 2x + 5 = 0", Ask.PRODUCT, "5") is Decision.CORRECT
    assert decide("x^5 - x - 1 = 0", Ask.COUNT, "5") is Decision.CORRECT
    assert decide("x^5 - x - 1 = 0", Ask.COUNT, "1") is Decision.INCORRECT
    assert decide("(x-1)^2 (x-2) = 0", Ask.SUM, "3") is Decision.CORRECT
    assert decide("x^2 + 1 = 0", Ask.LARGEST, "1") is Decision.UNDECIDED


def test_complex_texts() -> None:
    verdict = verify(Problem(equation="x^2 + x + 1 = 0", domain=COMPLEX), "i")
    assert verdict.expected == "{-1/2 + sqrt(3)/2*i, -1/2 - sqrt(3)/2*i}"
    assert verdict.evidence[0] == "x = i is not a solution."
    expected = verify(Problem(equation="x^2 - 2x + 5 = 0", domain=COMPLEX), "").expected
    assert expected == "{1 + 2*i, 1 - 2*i}"
    assert (
        "near -0.66236 + 0.56228*i"
        in solve(Problem(equation="x^3 - x - 1 = 0", domain=COMPLEX)).text
    )


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ("sqrt(x) = 2", Reason.UNSUPPORTED_EQUATION),
        ("|x| = 2", Reason.UNSUPPORTED_EQUATION),
        ("x = x", Reason.UNSUPPORTED_EQUATION),
        ("x > 1", Reason.MALFORMED_PROBLEM),
    ],
)
def test_complex_undecided(equation: str, reason: Reason) -> None:
    verdict = verify(Problem(equation=equation, domain=COMPLEX), "1")
    assert (verdict.verdict, verdict.reason) == (Decision.UNDECIDED, reason)
    assert verify(Problem(equation=equation, domain=COMPLEX), "((").verdict is Decision.INCORRECT


whole = st.integers(-6, 6)


@settings(max_examples=60, deadline=None)
@given(whole, whole, whole, st.booleans())
def test_chosen_complex_roots(re: int, im: int, real: int, forget: bool) -> None:
    """(x - re)^2 + im^2 has the roots re ± im i."""
    problem = Problem(equation=f"((x - ({re}))^2 + {im * im})*(x - ({real})) = 0", domain=COMPLEX)
    pair = f"{re} + {im}i, {re} - {im}i".replace("+ -", "- ").replace("- -", "+ ")
    answer = pair if forget else f"{pair}, {real}"
    right = not forget or (im == 0 and re == real)
    expected = Decision.CORRECT if right else Decision.INCORRECT
    assert verify(problem, answer).verdict is expected


@pytest.mark.parametrize(
    ("domain", "status"), [("integer", 0), ("real", 1), ("positive", 0), ("complex", 1)]
)
def test_the_command_line(domain: str, status: int) -> None:
    assert main(["check", "2x^2 - 3x - 2 = 0", "2", "--domain", domain]) == status
    assert main(["solve", "2x^2 - 3x - 2 = 0", "--domain", domain]) == 0


def test_points_of_the_set_are_members() -> None:
    solution = solve(Problem(equation="x^2 <= 4", domain=INTEGER))
    assert all(Real.of(n) in solution.solutions for n in range(-2, 3))


@pytest.mark.parametrize(
    ("equation", "domain", "solutions"),
    [
        ("sin(πx) = 0", "integer", "x = k, k ∈ ℤ, x ∈ ℤ"),
        ("cos(πx) = 1", "rational", "x = 2*k, k ∈ ℤ, x ∈ ℚ"),
        ("sin(πx/3) = 1/2", "integer", "no real solutions"),
        ("sin(πx) = 1/3", "integer", "no real solutions"),
        ("sin(πx) > -1", "integer", "x = k, k ∈ ℤ, x ∈ ℤ"),
        ("sin(2πx) = 0, 0 <= x <= 1", "integer", "{0, 1}"),
        ("sin(2πx) = 0, 0 <= x <= 1", "rational", "{0, 1/2, 1}"),
        # of numbers a + b*pi with a and b algebraic only a may be rational
        ("sin(x) = 0", "integer", "{0}"),
        ("sin(x) = 0", "rational", "{0}"),
        ("sin(x) = 0", "positive", "x = pi*k, x > 0, k ∈ ℤ"),
        ("sin(x - 5) = 0", "integer", "{5}"),
        ("sin(x) = 1/3", "rational", "no real solutions"),
        ("tan(x) = 1", "rational", "no real solutions"),
        ("sin(x) > -1", "integer", "all real numbers, x ∈ ℤ"),
        ("sin(x) > -1", "positive", "x > 0 and x != 3*pi/2 + 2*pi*k, k ∈ ℤ"),
        ("sin(x) != 0", "rational", "all real numbers except 0, x ∈ ℚ"),
        ("2^x = 8", "integer", "{3}"),
        ("2^x = 3", "integer", "no real solutions"),
        ("2^x = 3", "rational", "no real solutions"),
        ("4^x = 8", "rational", "{3/2}"),
        ("(ln x)^2 = ln x", "rational", "{1}"),
        ("(ln x)^2 = ln x", "positive", "{1, e}"),
        ("e^x = 2", "rational", "no real solutions"),
        ("(x-π)(x-2) = 0", "rational", "{2}"),
        ("2^x < 100", "positive", "0 < x < 2 + 2*ln(5)/ln(2)"),
        ("ln x < 1", "integer", "{1, 2}"),
    ],
)
def test_among_of_transcendental_sets(equation: str, domain: str, solutions: str) -> None:
    assert solve(Problem(equation=equation, domain=Domain(domain))).text == solutions


@pytest.mark.parametrize(
    ("equation", "domain"),
    [
        ("(x - e - π)(x - 2) = 0", "rational"),  # nobody knows
        ("x = ln 2 * ln 3", "rational"),
        ("sin(πx) = 1/3", "rational"),
        ("sin(πx) > -1", "rational"),
    ],
)
def test_among_is_undecided_where_no_theorem_helps(equation: str, domain: str) -> None:
    verdict = verify(Problem(equation=equation, domain=Domain(domain)), "no solution")
    assert verdict.reason is Reason.UNSUPPORTED_EQUATION


@pytest.mark.parametrize(
    ("equation", "right", "wrong"),
    [
        ("sin(πx) = 0", ["k", "all integers", "x = 2k or x = 2k + 1"],
         ["2k", "k/2", "no solution", "0", "πk", "all integers except 0"]),
        ("sin(x) = 0", ["0", "x = 0"], ["πk", "all integers", "no solution"]),
        ("2^x > 5", ["x >= 3", "x > 2", "x > log_2 5"], ["x >= 2", "x > 3", "k", "3"]),
    ],
)  # fmt: skip
def test_answers_among_the_integers(equation: str, right: list[str], wrong: list[str]) -> None:
    problem = Problem(equation=equation, domain=Domain.INTEGER)
    for answer in right:
        assert verify(problem, answer).verdict is Decision.CORRECT, answer
    for answer in wrong:
        assert verify(problem, answer).verdict is Decision.INCORRECT, answer
