"""Algebraic numbers of any degree: equal in every form, ordered, isolated, readable."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from flint import fmpq, fmpq_poly, fmpz_poly
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifiers import Ask, Decision, Problem, UndecidedError, solve, verify
from verifiers.algebra import Real, evaluate
from verifiers.algebra.exact import Composite, Surd
from verifiers.algebra.isolate import isolate
from verifiers.algebra.number_field import Algebraic, algebraic_roots
from verifiers.algebra.roots import factor
from verifiers.algebra.symmetric import product, total
from verifiers.syntax import parse_expression

ALPHA = algebraic_roots(fmpz_poly([-1, -1, 0, 1]))[0]  # x^3 - x - 1
ONE = Real.of(1)


def value(text: str) -> Real:
    number = evaluate(parse_expression(text), {})
    assert isinstance(number, Real)
    return number


def test_arithmetic_stays_in_the_field() -> None:
    assert ALPHA * ALPHA * ALPHA == ALPHA + ONE
    assert (ALPHA * ALPHA * ALPHA - ALPHA - ONE).rational == 0
    assert ONE / ALPHA == ALPHA * ALPHA - ONE
    assert isinstance(ONE / (ALPHA + ONE), Algebraic)
    assert ALPHA / ALPHA == ONE
    assert (ALPHA - ALPHA).sign() == 0
    assert abs(-ALPHA) == ALPHA
    with pytest.raises(ZeroDivisionError):
        ALPHA / (ALPHA - ALPHA)


def test_arithmetic_with_other_numbers() -> None:
    root = value("√2")
    assert isinstance(root + ALPHA, Composite)
    assert root + ALPHA - root == ALPHA
    assert (root * ALPHA) / root == ALPHA
    assert (root / ALPHA) * ALPHA == root
    assert root + ALPHA == ALPHA + root
    assert ALPHA < root < ALPHA + ONE


@pytest.mark.parametrize(
    ("coefficients", "text"),
    [
        ([-1, -1, 0, 1], "cbrt(1/2 + √69/18) + cbrt(1/2 - √69/18)"),
        ([1, -36, 12, -6, -6, 0, 1], "√2 + cbrt(3)"),
        ([576, 0, -960, 0, 352, 0, -40, 0, 1], "√2 + √3 + √5"),
        ([-2, 0, 0, 0, 0, 1], "2^(1/5)"),
        ([-1, -1, 0, 0, 1], None),
    ],
)
def test_radicals_are_recognised(coefficients: list[int], text: str | None) -> None:
    roots = algebraic_roots(fmpz_poly(coefficients))
    assert len(roots) in (1, 2, 8)
    if text is not None:
        number = value(text)
        assert sum(root == number for root in roots) == 1
        assert number == roots[-1]
        assert not number < roots[-1]
        assert roots[-1] < number + value("10^-60")


def test_text() -> None:
    assert str(ALPHA) == "root of x^3 - x - 1 in (1, 2), about 1.3247"
    assert str(ALPHA * ALPHA) == "root of x^3 - 2*x^2 + x - 1 in (1, 2), about 1.7549"
    close = algebraic_roots(fmpz_poly([1, -200, 10000, 1]))  # near 1/100, twice
    texts = [str(root) for root in close]
    assert texts == ["root of x^3 + 10000*x^2 - 200*x + 1 in (-10001, -10000), about -1.0000e+4"]
    near = algebraic_roots(fmpz_poly([-1, 0, 0, 0, 10**4, -2 * 10**5, 10**6]))
    assert len({str(root) for root in near}) == len(near)


def test_a_surd_in_a_field_is_shown_as_one() -> None:
    """x^4 - 4x^2 + 1 has the root r with r^2 = 2 + sqrt(3)."""
    root = algebraic_roots(fmpz_poly([1, 0, -4, 0, 1]))[-1]
    square = root * root
    assert square == value("2 + √3")
    assert str(square) == "2 + sqrt(3)"


small_polys = st.lists(st.integers(-9, 9), min_size=4, max_size=8).map(fmpz_poly)


@settings(max_examples=150, deadline=None)
@given(small_polys)
def test_isolation_counts_the_real_roots(poly: fmpz_poly) -> None:
    """flint's complex roots are found in quite another way."""
    assume(poly.degree() >= 2)
    for part, _ in poly.factor()[1]:
        if part.degree() < 2:
            continue
        intervals = isolate(part)
        pairs = part.complex_roots()
        assert len(intervals) == sum(ball.imag.is_zero() for ball, _ in pairs)
        for low, high in intervals:
            assert (part(low) > 0) != (part(high) > 0)
        ends = [end for interval in intervals for end in interval]
        assert ends == sorted(ends)


@settings(max_examples=100, deadline=None)
@given(small_polys, st.lists(st.fractions(-3, 3, max_denominator=5), min_size=2, max_size=3))
def test_a_root_is_a_root_in_every_form(poly: fmpz_poly, other: list[Fraction]) -> None:
    """p(r) = 0; what is equal modulo p is equal; text, order and sign agree with balls."""
    assume(poly.degree() >= 3)
    for each in factor(fmpq_poly(poly)):
        for root in each.roots:
            if not isinstance(root, Algebraic):
                continue
            total_value: Real = Real.of(0)
            for coefficient in reversed(each.poly.coeffs()):
                total_value = total_value * root + Real.of(fmpq(coefficient))
            assert total_value.rational == 0
            number: Real = Real.of(0)
            for coefficient in other:
                number = number * root + Real.of(coefficient)
            if isinstance(number, Algebraic):
                assert number.rational is None
                assert number * (ONE / number) == ONE
                minimal = number.minimal()
                if isinstance(minimal, Surd):
                    assert minimal == number
                else:
                    assert algebraic_roots(minimal[0])[minimal[1]] == number


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.fractions(-6, 6, max_denominator=3), min_size=1, max_size=4),
    st.sampled_from(["x^3 - x - 1", "x^5 - 4x + 2", "x^4 - x - 1", "x^3 - 3x + 1", "x^2 + 1"]),
)
def test_a_polynomial_with_chosen_roots(roots: list[Fraction], factor_text: str) -> None:
    product_text = "*".join(f"(x - ({root}))" for root in roots)
    solution = solve(f"({factor_text})*{product_text} = 0")
    points = solution.solutions.points
    assert points is not None
    rationals = {point.rational for point in points if point.rational is not None}
    assert rationals == set(roots)
    extra = {"x^3 - x - 1": 1, "x^5 - 4x + 2": 3, "x^4 - x - 1": 2, "x^3 - 3x + 1": 3, "x^2 + 1": 0}
    assert len(points) - len(rationals) == extra[factor_text]
    for low, high in pairwise(points):
        assert low < high


@settings(max_examples=60, deadline=None)
@given(st.integers(-9, 9), st.integers(1, 9), st.integers(-5, 5))
def test_cardano(p: int, q: int, shift: int) -> None:
    """y^3 + p y + q = 0 with one real root, as Cardano writes it, moved by ``shift``."""
    inside = Fraction(q, 2) ** 2 + Fraction(p, 3) ** 3
    assume(inside > 0)
    y = f"(x - ({shift}))"
    answer = f"{shift} + cbrt(-{q}/2 + √({inside})) + cbrt(-{q}/2 - √({inside}))"
    equation = f"{y}^3 + ({p})*{y} + {q} = 0"
    assert verify(equation, answer).verdict is Decision.CORRECT
    assert verify(equation, f"{answer} + 1/10^9").verdict is Decision.INCORRECT


@pytest.mark.parametrize(
    ("equation", "solutions"),
    [
        ("x^5 - x - 1 = 0", ["1.16730"]),
        ("1/(x^3 - x - 1) = 2", ["1.43113"]),
        ("sqrt(x+1) = x^2 + x - 2", ["1.45356"]),
        ("|x^3 - 2| = x", ["1.00000", "1.52138"]),
        ("sqrt(x) + sqrt(x+1) = x^2", ["1.72085"]),
        ("cbrt(1/x) = x - 1", ["-0.38028", "1.81917"]),
    ],
)
def test_equations_that_become_such_polynomials(equation: str, solutions: list[str]) -> None:
    solution = solve(equation)
    points = solution.solutions.points
    assert points is not None
    assert [f"{float(point.ball().mid()):.5f}" for point in points] == solutions
    for decimal in solutions:
        if decimal != "1.00000":
            assert verify(equation, decimal).verdict is Decision.INCORRECT
    assert solution.certificate


def test_sums_and_products() -> None:
    def right(equation: str, ask: Ask, answer: str) -> bool:
        return verify(Problem(equation=equation, ask=ask), answer).verdict is Decision.CORRECT

    assert right("x^3 - 3x + 1 = 0", Ask.SUM, "0")
    assert right("x^3 - 3x + 1 = 0", Ask.PRODUCT, "-1")
    assert not right("x^3 - 3x + 1 = 0", Ask.PRODUCT, "1")
    assert right("(x^2+x)^5 - 3(x^2+x) - 1 = 0", Ask.SUM, "-1")  # two of ten roots
    assert right("x^6 - 6x^4 - 6x^3 + 12x^2 - 36x + 1 = 0", Ask.SUM, "2cbrt(3)")
    assert right("x^6 - 6x^4 - 6x^3 + 12x^2 - 36x + 1 = 0", Ask.PRODUCT, "cbrt(9) - 2")
    assert right("x^6 - 6x^4 - 6x^3 + 12x^2 - 36x + 1 = 0", Ask.LARGEST, "√2 + cbrt(3)")
    assert right("x^6 - 6x^4 - 6x^3 + 12x^2 - 36x + 1 = 0", Ask.SMALLEST, "cbrt(3) - √2")
    assert not right("x^6 - 6x^4 - 6x^3 + 12x^2 - 36x + 1 = 0", Ask.LARGEST, "2.8565")


@settings(max_examples=60, deadline=None)
@given(small_polys)
def test_vieta(poly: fmpz_poly) -> None:
    """Sums and products do not depend on how they are found."""
    assume(poly.degree() >= 3)
    for each in factor(fmpq_poly(poly)):
        roots = [root for root in each.roots if isinstance(root, Algebraic)]
        if not roots or len(roots) > 4:
            continue
        plain_sum, plain_product = Real.of(0), Real.of(1)
        for root in roots:
            plain_sum, plain_product = plain_sum + root, plain_product * root
        for found, plain in ((total(roots), plain_sum), (product(roots), plain_product)):
            gap = (found - plain).ball()
            assert gap.contains(0)
            assert gap.rad() < 1e-3


def test_roots_too_close_are_undecided_in_time() -> None:
    solution = solve("x^20 - 2(10^20 x - 1)^2 = 0")
    assert solution.solutions.points is not None
    assert len(solution.solutions.points) == 4
    with pytest.raises(UndecidedError, match="close"):
        solve("x^48 - 2(10^150 x - 1)^2 = 0")
