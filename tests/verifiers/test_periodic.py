"""Sets with progressions in them: compared, cut, described."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.algebra import Real, RealSet
from verifiers.algebra.functions import PI_NUMBER
from verifiers.algebra.multiples import floor, is_multiple
from verifiers.algebra.periodic import INTEGERS, PeriodicSet, progression
from verifiers.algebra.sets import EMPTY, REALS
from verifiers.read_set import parse_set
from verifiers.syntax import OverBudgetError


def pi(q: Fraction | int) -> Real:
    return PI_NUMBER * Real.of(q)


def family(start: Fraction | int, step: Fraction | int) -> RealSet:
    return progression(pi(start), pi(step))


def test_partitions_are_equal() -> None:
    whole = family(Fraction(1, 4), Fraction(1, 2))
    halves = family(Fraction(1, 4), 1) | family(Fraction(3, 4), 1)
    quarters = family(Fraction(-1, 4), 1) | family(Fraction(9, 4), 1)
    assert whole == halves == quarters
    assert whole != family(Fraction(1, 4), 1)
    assert whole & family(Fraction(1, 4), 1) == family(Fraction(1, 4), 1)
    assert whole & ~halves == EMPTY
    assert (whole | ~whole) == REALS


def test_cut_with_intervals() -> None:
    zeros = family(0, 1)
    interval = RealSet.compared(">=", Real.of(0)) & RealSet.compared("<", pi(2))
    assert (zeros & interval).points is not None
    assert str(zeros & interval) == "{0, pi}"
    positive = zeros & RealSet.compared(">", Real.of(0))
    assert isinstance(positive, PeriodicSet)
    assert pi(1) in positive
    assert pi(0) not in positive
    assert positive != zeros
    assert (positive | (zeros & RealSet.compared("<=", Real.of(0)))) == zeros


def test_points_in_a_family_are_no_points_beside_it() -> None:
    zeros = family(0, 1)
    assert (zeros | RealSet.points_only([pi(3)])) == zeros
    more = zeros | RealSet.points_only([Real.of(1)])
    assert more != zeros
    assert Real.of(1) in more
    assert str(more) == "x = pi*k or x = 1, k ∈ ℤ"


def test_periods_without_common_multiple() -> None:
    assert family(0, 1) != INTEGERS
    with pytest.raises(OverBudgetError):
        family(0, 1) | INTEGERS


def test_floor_and_multiples() -> None:
    assert floor(pi(1)) == 3
    assert floor(-pi(1)) == -4
    assert floor(Real.of(Fraction(-1, 2))) == -1
    assert is_multiple(pi(6), pi(2))
    assert not is_multiple(pi(5), pi(2))
    assert not is_multiple(Real.of(3), pi(1))


@pytest.mark.parametrize(
    ("sets", "text"),
    [
        ([(Fraction(1, 6), 2), (Fraction(5, 6), 2)],
         "x = pi/6 + 2*pi*k or x = 5*pi/6 + 2*pi*k, k ∈ ℤ"),
        ([(0, 2), (1, 2)], "x = pi*k, k ∈ ℤ"),
        ([(Fraction(13, 6), -2)], "x = pi/6 + 2*pi*k, k ∈ ℤ"),
    ],
)  # fmt: skip
def test_text(sets: list[tuple[Fraction, int]], text: str) -> None:
    result = EMPTY
    for start, step in sets:
        result = result | family(start, step)
    assert str(result) == text
    assert parse_set(text, "x") == result
    assert parse_set(str(~result), "x") == ~result


fractions = st.fractions(-3, 3, max_denominator=6)
steps = st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(3, 2)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(fractions, steps), min_size=1, max_size=3), st.integers(1, 4),
       st.randoms(use_true_random=False))  # fmt: skip
def test_reindexing_changes_nothing(
    families: list[tuple[Fraction, Fraction]], parts: int, rng: random.Random
) -> None:
    plain = again = EMPTY
    for start, step in families:
        plain = plain | family(start, step)
    for start, step in rng.sample(families, len(families)):
        shift = start + rng.randint(-3, 3) * step
        for part in range(parts):
            again = again | family(shift + part * step, rng.choice((1, -1)) * parts * step)
    assert plain == again
    assert parse_set(str(again), "x") == plain
    start, step = families[0]
    moved = family(start + step / 7, step)
    assert (plain | moved) != plain
    assert pi(start + 5 * step) in plain
