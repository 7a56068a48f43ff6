from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.data.numbers import Surd, add_up, number_text, numbers_text, quadratic_roots, square_free


@given(st.integers(1, 10**4))
def test_square_free_part(n):
    k, d = square_free(n)
    assert k * k * d == n
    assert all(d % (p * p) for p in range(2, 101))


@given(st.integers(-9, 9).filter(bool), st.integers(-30, 30), st.integers(-90, 90))
def test_quadratic_roots_are_roots(a, b, c):
    for root in quadratic_roots(a, b, c):
        assert a * float(root) ** 2 + b * float(root) + c == pytest.approx(0, abs=1e-6)
    assert len(quadratic_roots(a, b, c)) == (b * b > 4 * a * c) + (b * b >= 4 * a * c)


@pytest.mark.parametrize(
    ("polynomial", "text"),
    [
        ((1, -5, 6), "2, 3"),
        ((1, -4, 1), "2 ± √3"),
        ((1, 0, -12), "±2√3"),
        ((2, -2, -1), "1/2 ± √3/2"),
        ((1, 0, 1), "no real solution"),
        ((1, -6, 9), "3"),
        ((0, 2, -3), "3/2"),
    ],
)
def test_answers_as_a_person_writes_them(polynomial, text):
    assert numbers_text(quadratic_roots(*polynomial)) == text


def test_one_surd_and_a_sum():
    low, high = quadratic_roots(1, -4, 1)
    assert number_text(low) == "2 - √3"
    assert number_text(Surd(Fraction(0), Fraction(-1), 3)) == "-√3"
    assert add_up((low, high)) == 4
