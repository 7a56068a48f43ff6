"""Exponential, logarithmic and trigonometric equations: solutions, domains, certificates."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Decision, Problem, UndecidedError, solve, verify
from verifiers.algebra import Real
from verifiers.algebra.exact import approximate
from verifiers.algebra.functions import logarithm
from verifiers.solve import holds_at
from verifiers.syntax import parse_relation, to_text

POINTS = {
    "2^x = 8": "{3}", "2^x = 3": "{ln(3)/ln(2)}", "e^x = 5": "{ln(5)}", "(1/2)^x = 8": "{-3}",
    "4^x - 3*2^x + 2 = 0": "{0, 1}", "2^(x+1) + 2^x = 24": "{3}", "9^x - 4*3^x + 3 = 0": "{0, 1}",
    "8^(x+1) = 4^(2x)": "{3}", "2^x*3^(x+1) = 18": "{1}", "4^x + 6^x = 2*9^x": "{0}",
    "e^(2x) - 3e^x + 2 = 0": "{0, ln(2)}", "e^x + e^(-x) = 2": "{0}", "2^(x^2) = 16": "{-2, 2}",
    "e^x - e^(-x) = 4": "{ln(2 + sqrt(5))}", "e^x = -1": "no real solutions",
    "3^x + 4^x = 5^x": "{2}", "2^x = 3 - x": "{1}", "e^x = x + 1": "{0}", "2^x = 2x": "{1, 2}",
    "x*2^x = 4x": "{0, 2}", "x e^x = e": "{1}", "x^2 e^x = 4e^x": "{-2, 2}", "x^x = 4": "{2}",
    "|2^x - 3| = 1": "{1, 2}", "sqrt(e^x) = 2": "{2*ln(2)}", "2^(2^x) = 16": "{2}",
    "2^x+3^x+4^x=9": "{1}", "x^2 = π": "{-sqrt(pi), sqrt(pi)}", "πx + 1 = e": "{e/pi - 1/pi}",
    "ln x = 2": "{e^2}", "log x = 2": "{100}", "log_2(x) = 3": "{8}", "log_x(8) = 3": "{2}",
    "log_2(x) + log_2(x-2) = 3": "{4}", "ln(x) + ln(x-3) = ln 4": "{4}",
    "ln(x-1) = ln(2x)": "no real solutions", "log_3(x) + log_9(x) = 3": "{9}",
    "log_x 4 + log_2 x = 3": "{2, 4}", "(ln x)^2 - 3 ln x + 2 = 0": "{e, e^2}",
    "ln(x^2) = 2": "{-e, e}", "ln x + x = 1": "{1}", "ln x = x - 1": "{1}", "x ln x = 0": "{1}",
    "x ln x = -(ln 2)/2": "{1/4, 1/2}", "x^(log x) = 100x": "{1/10, 100}", "ln(ln x) = 0": "{e}",
    "log_2(2^x + 3) = x + 2": "{0}", "log_2(log_3 x) = 1": "{9}", "sqrt(ln x) = 2": "{e^4}",
    "ln x + ln(x+1) = 1": "{-1/2 + sqrt(1 + 4*e)/2}", "2^(log_2 x) = 5": "{5}",
    "ln|x| = 1": "{-e, e}",
    "log_2(x-1) + log_2(x+1) = 3": "{3}", "log(x+2) - log(x) = 1": "{2/9}",
    "sin x = 2": "no real solutions", "arcsin x = π/6": "{1/2}", "arctan(2x) = π/4": "{1/2}",
    "arccos x = π": "{-1}", "arccos x = 4": "no real solutions",
    "arcsin x = arccos x": "{sqrt(2)/2}",
    "sin x = 1/2, 0 <= x < 2π": "{pi/6, 5*pi/6}", "tan x = 1 for 0 ≤ x ≤ 2π": "{pi/4, 5*pi/4}",
    r"2\cos^2 x + 3\sin x = 3 \text{ on } [0, 2\pi)": "{pi/6, pi/2, 5*pi/6}",
    r"\cos 2x = 0, \quad x \in (0, \pi)": "{pi/4, 3*pi/4}", "x^2 = 4, x > 0": "{2}",
    "2^x = 8, x < 0": "no real solutions", "0 + log_x(x-2) = 0": "{3}",
    "log(|x|)*0 = x - 2": "{2}", "cos(1-x) = 1/2, 0 < x < 2": "no real solutions",
}  # fmt: skip

SETS = {
    "sin x = 1/2": "π/6 + 2πk, 5π/6 + 2πk", "sin x = 0": "πk", "cos x = -1/2": "±2π/3 + 2πk",
    "tan x = 1": "π/4 + πk", "cot x = 0": "π/2 + πk", "sec x = 2": "±π/3 + 2πk",
    "2sin^2 x - sin x - 1 = 0": "π/2 + 2πk, -π/6 + 2πk, 7π/6 + 2πk",
    "sin 2x = sin x": "πk, ±π/3 + 2πk", "cos 2x = cos x": "2πk/3", "cos 3x = cos x": "πk/2",
    "sin x + cos x = 1": "2πk, π/2 + 2πk", "sin(3x) = 1/2": "π/18 + 2πk/3, 5π/18 + 2πk/3",
    "sin x = 1/3": "arcsin(1/3) + 2πk, π - arcsin(1/3) + 2πk", "sin x = cos x": "π/4 + πk",
    "cos^2 x - sin^2 x = 1/2": "±π/6 + πk", "tan x = sin x": "πk", "tan^2 x = 3": "±π/3 + πk",
    "sqrt(3) sin x + cos x = 1": "2πk, 2π/3 + 2πk", "sin x cos x = 1/4": "π/12 + πk, 5π/12 + πk",
    "|sin x| = 1/2": "±π/6 + πk", "sin(πx) = 0": "k", "sin(2x + π/3) = 1": "π/12 + πk",
    "3 sin x + 4 cos x = 5": "arcsin(3/5) + 2πk", "x sin x = 0": "πk",
    "2^sin x = 1/2": "-π/2 + 2πk",
    "sin x + sin 2x + sin 3x = 0": "πk/2, ±2π/3 + 2πk", "tan(2x) = tan x": "πk",
    "sin^2 x + cos^2 x = 1": "all real numbers", "tan(x) cos(x) = sin x": "x ≠ π/2 + πk",
    "2^(2x) = 4^x": "all real numbers", "ln(x^2) = 2 ln x": "x > 0", "e^(ln x) = x": "x > 0",
    "ln(e^x) = x": "all real numbers", "log_x(x) = 1": "0 < x < 1 or x > 1",
}  # fmt: skip


@pytest.mark.parametrize(("equation", "solutions"), POINTS.items())
def test_values(equation: str, solutions: str) -> None:
    solution = solve(equation)
    assert solution.text == solutions
    assert solution.certificate
    for point in solution.solutions.points or ():
        assert holds_at(solution.equation, point) is True


@pytest.mark.parametrize(("equation", "answer"), SETS.items())
def test_sets(equation: str, answer: str) -> None:
    solution = solve(equation)
    verdict = verify(equation, answer)
    assert verdict.verdict is Decision.CORRECT, (solution.text, verdict)
    assert verify(equation, solution.text).verdict is Decision.CORRECT
    assert verify(equation, "no real solutions").verdict is Decision.INCORRECT
    assert holds_at(solution.equation, solution.solutions.member()) is True


@pytest.mark.parametrize("equation", [*POINTS, *SETS])
def test_no_solution_is_missing_in_a_numeric_scan(equation: str) -> None:
    """Sign changes of the difference, in floats, lie beside solutions."""
    solution = solve(equation)
    lhs, rhs = (_python(side) for side in solution.equation.sides)
    before = None
    for step in range(-1600, 1600):
        x = step / 160 + 0.0031
        try:
            value = lhs(x) - rhs(x)
        except (ValueError, ZeroDivisionError, OverflowError):
            before = None
            continue
        if before is not None and before * value < 0 and abs(before - value) < 1:
            around = [Real.of(Fraction(x)), Real.of(Fraction(x - 1 / 160))]
            within = solution.equation.within
            if within is None or all(number in within for number in around):
                assert _has_member_between(solution.solutions, x - 1 / 160, x), (equation, x)
        before = value


def _has_member_between(solutions, low: float, high: float) -> bool:  # type: ignore[no-untyped-def]
    from verifiers.algebra.sets import RealSet

    bounds = RealSet.compared(">=", Real.of(Fraction(low)))
    bounds = bounds & RealSet.compared("<=", Real.of(Fraction(high)))
    return (solutions & bounds) != RealSet((), (False,))


def _python(expr):  # type: ignore[no-untyped-def]
    """The tree as a function of floats; its own little evaluator, not ours."""
    from verifiers.syntax import ast

    functions = {
        "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin,
        "arccos": math.acos, "arctan": math.atan, "cot": lambda x: 1 / math.tan(x),
        "sec": lambda x: 1 / math.cos(x), "csc": lambda x: 1 / math.sin(x),
    }  # fmt: skip

    def run(e, x: float) -> float:  # type: ignore[no-untyped-def]
        match e:
            case ast.Num(value):
                return float(value)
            case ast.Const(name):
                return math.pi if name == "pi" else math.e
            case ast.Sym():
                return x
            case ast.Neg(arg):
                return -run(arg, x)
            case ast.Add(terms):
                return sum(run(term, x) for term in terms)
            case ast.Mul(factors):
                return math.prod(run(factor, x) for factor in factors)
            case ast.Div(a, b):
                return run(a, x) / run(b, x)
            case ast.Pow(a, b):
                return math.pow(run(a, x), run(b, x))
            case ast.Root(a, index):
                return math.pow(run(a, x), 1 / index)
            case ast.Abs(a):
                return abs(run(a, x))
            case ast.Log(a, base):
                return math.log(run(a, x)) / math.log(10 if base is None else run(base, x))
            case ast.Func(name, a):
                return functions[name](run(a, x))
        raise AssertionError(e)

    return lambda x: run(expr, x)


@pytest.mark.parametrize(
    ("equation", "domain", "excluded"),
    [
        ("ln(x) + ln(x-3) = ln 4", ("x > 0", "x > 3"), ["-1"]),
        ("x ln x = 0", ("x > 0",), ["0"]),
        ("1/(e^x - 1) = 1", ("x != 0",), []),
        ("ln(ln x) = 0", ("x > 1", "x > 0"), []),
        ("log_x(8) = 3", ("x > 0", "x != 1"), []),
        ("tan x = 1", ("x != pi/2 + pi*k, k ∈ ℤ",), []),
        ("arcsin(x - 1) = 0", ("0 <= x <= 2",), []),
        ("sqrt(2^x - 1) = 1", ("x >= 0",), []),
        ("x^x = 4", ("x > 0",), []),
        ("sin x = 0, 1 < x < 7", ("1 < x < 7",), []),
    ],
)
def test_domains(equation: str, domain: tuple[str, ...], excluded: list[str]) -> None:
    solution = solve(equation)
    assert solution.domain_texts == domain
    assert [str(value) for value in solution.excluded] == excluded


@pytest.mark.parametrize(
    "equation",
    ["2^x = x^2", "sin x = x", "x^x^x = 16", "ln x = sin x", "ln x = -x",
     "sin(x^2) = 0", "sin(x) sin(√2 x) = 0", "e^x + x = 2", "(-2)^x = 4", "0^x = 0",
     "sin(1000x) = 1/2, 0 <= x < 1000", "log_x(πx) = -1", "e^(e^(e^(e^x))) = x"],
)  # fmt: skip
def test_undecided(equation: str) -> None:
    with pytest.raises(UndecidedError):
        solve(equation)
    for answer in ("2", "x = πk, k ∈ ℤ", "no solution"):
        assert verify(equation, answer).verdict is Decision.UNDECIDED


def test_a_log_without_base() -> None:
    assert solve("log x = 2").text == "{100}"
    assert solve("log x = 2 + ln 3").text.startswith("{100*")
    assert solve("log x = e").text == "{exp(e)}"
    assert verify("e^x = 5", "log 5").verdict is Decision.CORRECT
    assert verify("10^x = 5", "log 5").verdict is Decision.CORRECT
    assert verify("e^x = 5", "lg 5").verdict is Decision.INCORRECT
    assert verify("2^x = 5", "log 5/log 2").verdict is Decision.CORRECT


small = st.integers(-4, 4)
positive = st.integers(1, 9)
bases = st.sampled_from(["2", "3", "e", "10", "(1/2)", "(2/3)", "(√2)"])


@settings(max_examples=60, deadline=None)
@given(bases, positive, positive, st.integers(1, 3))
def test_exponential_equations_from_their_solutions(base: str, p: int, q: int, k: int) -> None:
    """(u - p)(u - q) = 0 in u = base^(k x)."""
    equation = f"{base}^({2 * k}x) - {p + q}*{base}^({k}x) + {p * q} = 0"
    answer = ", ".join(f"ln({n})/({k} ln({base}))" for n in (q, p))
    assert verify(equation, answer).verdict is Decision.CORRECT, equation
    assert verify(equation, f"{answer}, 17").verdict is Decision.INCORRECT
    if p != q:
        assert verify(equation, f"ln({p})/({k} ln({base}))").verdict is Decision.INCORRECT


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["2", "3", "10"]), small, st.integers(5, 9))
def test_logarithmic_equations_from_their_solutions(base: str, p: int, q: int) -> None:
    """log(x - p) + log(x - q) = log(n): of the two roots one is in the domain."""
    larger = max(p, q) + 2
    product = (larger - p) * (larger - q)
    equation = f"log_{base}(x - ({p})) + log_{base}(x - ({q})) = log_{base}({product})"
    solution = solve(equation)
    assert solution.text == f"{{{larger}}}"
    assert [str(value) for value in solution.excluded] == [str(p + q - larger)]
    assert verify(equation, f"{larger}, {p + q - larger}").verdict is Decision.INCORRECT


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["sin", "cos", "tan"]), st.integers(1, 4), st.integers(-12, 12),
       st.sampled_from([-12, -6, -4, -3, -2, 2, 3, 4, 6, 12]))  # fmt: skip
def test_trigonometric_equations_from_their_solutions(name: str, k: int, p: int, q: int) -> None:
    """f(kx) = f(a) with a = p*pi/q, at which f exists."""
    angle = f"({p}π/{q})"
    equation = f"{name}({k}x) = {name}({angle})"
    if name == "tan" and (Fraction(p, q) - Fraction(1, 2)).denominator == 1:
        assert solve(equation).text == "no real solutions"
        return
    families = {
        "sin": f"{angle}/{k} + 2πn/{k}, (π - {angle})/{k} + 2πn/{k}",
        "cos": f"±{angle}/{k} + 2πn/{k}",
        "tan": f"{angle}/{k} + πn/{k}",
    }[name]
    assert verify(equation, families).verdict is Decision.CORRECT, equation
    assert verify(equation, f"{families}, n ∈ ℤ").verdict is Decision.CORRECT
    wrong = families.replace("2π", "3π").replace("+ πn", "+ 2πn")
    assert verify(equation, wrong).verdict is Decision.INCORRECT


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([*POINTS]), st.sampled_from(["t", "y"]), st.integers(2, 5))
def test_verdicts_are_invariant(equation: str, name: str, factor: int) -> None:
    if "," in equation or "for" in equation or "on" in equation:
        return
    solution = solve(equation)
    relation = parse_relation(equation)
    left, right = to_text(relation.lhs), to_text(relation.rhs)
    for text in (f"{right} = {left}", f"{factor}*({left}) = {factor}*({right})"):
        assert verify(text, solution.text).verdict is Decision.CORRECT, text
    renamed = equation.replace("exp", "e^").replace("x", name)
    problem = Problem(equation=renamed, unknown=name)
    assert verify(problem, solution.text).verdict is Decision.CORRECT


def test_certificates_name_the_step() -> None:
    assert any("at most 1" in line for line in solve("3^x + 4^x = 5^x").certificate)
    assert any("sin(t)" in line or "sin(x)" in line for line in solve("sin x = 1/2").certificate)
    assert abs(float(approximate(logarithm(Real.of(2))).mid()) - math.log(2)) < 1e-12


@pytest.mark.parametrize(
    ("equation", "answer", "wrong"),
    [
        ("8sin(x)^3 - 6sin(x) + 1 = 0",  # sin 3x = 1/2
         "x = π/18 + 2πk/3 or x = 5π/18 + 2πk/3", "x = π/18 + 2πk or x = 5π/18 + 2πk"),
        ("sin(x)^5 = 1/3", "(-1)^k arcsin((1/3)^(1/5)) + πk", "arcsin((1/3)^(1/5)) + 2πk"),
        ("tan(x)^3 = tan(x)", "x = πk or x = ±π/4 + πk", "x = πk"),
    ],
)  # fmt: skip
def test_polynomials_of_a_function_beyond_degree_two(
    equation: str, answer: str, wrong: str
) -> None:
    assert verify(equation, wrong).verdict is Decision.INCORRECT
    verdict = verify(equation, answer)
    assert verdict.verdict is Decision.CORRECT, verdict
