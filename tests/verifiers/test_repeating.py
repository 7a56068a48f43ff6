"""Sets of intervals that repeat: the set algebra against membership, and answers that give them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Decision, Domain, Problem, Reason, UndecidedError, solve, verify
from verifiers.algebra.bands import band, ends_within
from verifiers.algebra.exact import Real
from verifiers.algebra.functions import PI_NUMBER
from verifiers.algebra.periodic import progression
from verifiers.algebra.repeating import RepeatingSet, repeating
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.read_set import parse_set
from verifiers.syntax.errors import OverBudgetError

fractions = st.fractions(-4, 4, max_denominator=4)
steps = st.sampled_from([Fraction(1), Fraction(2), Fraction(3, 2)])
scales = st.sampled_from([Real.of(1), PI_NUMBER])


@st.composite
def rows(draw: st.DrawFn, scale: Real) -> RealSet:
    """A drawn row over a drawn period, in units of ``scale``."""
    period = draw(steps)
    cuts = draw(st.lists(st.integers(0, 11).map(lambda n: Fraction(n, 12)), min_size=1,
                         max_size=4, unique=True))  # fmt: skip
    residues = [scale * Real.of(cut * period) for cut in sorted(cuts)]
    row = draw(st.lists(st.booleans(), min_size=2 * len(cuts), max_size=2 * len(cuts)))
    return repeating(scale * Real.of(period), residues, row)


@given(st.data(), scales)
def test_the_algebra_is_that_of_membership(data: st.DataObject, scale: Real) -> None:
    left, right = data.draw(rows(scale)), data.draw(rows(scale))
    numbers = [scale * Real.of(q) for q in data.draw(st.lists(fractions, min_size=8, max_size=8))]
    for number in numbers:
        in_left, in_right = number in left, number in right
        assert (number in left | right) is (in_left or in_right)
        assert (number in left & right) is (in_left and in_right)
        assert (number in ~left) is not in_left
    assert ~~left == left
    assert left | right == right | left
    assert left & ~left == EMPTY
    assert left | ~left == REALS
    assert (left == right) is ((left & ~right) == EMPTY and (right & ~left) == EMPTY)


@given(st.data(), scales)
def test_a_set_comes_back_from_its_text(data: st.DataObject, scale: Real) -> None:
    numbers = data.draw(rows(scale))
    assert parse_set(numbers.as_answer("x"), "x") == numbers


@given(st.data(), scales, st.integers(-3, 3), st.integers(2, 3))
def test_no_partition_and_no_shift_changes_it(
    data: st.DataObject, scale: Real, turns: int, parts: int
) -> None:
    low, width, step = data.draw(fractions), data.draw(fractions), data.draw(steps)
    closed = data.draw(st.tuples(st.booleans(), st.booleans()))
    if width <= 0:
        return
    first, last, period = (scale * Real.of(q) for q in (low, low + width, step))
    whole = band(first, last, closed, period)
    shift = period * Real.of(turns)
    assert band(first + shift, last + shift, closed, period) == whole
    longer = period * Real.of(parts)
    pieces = EMPTY
    for part in range(parts):
        own = period * Real.of(part)
        pieces = pieces | band(first + own, last + own, closed, longer)
    assert pieces == whole
    for q in data.draw(st.lists(fractions, min_size=6, max_size=6)):
        inside = any(
            low + k * step < q < low + width + k * step
            or (closed[0] and q == low + k * step)
            or (closed[1] and q == low + width + k * step)
            for k in range(-40, 41)
        )
        assert (scale * Real.of(q) in whole) is inside


def test_without_intervals_it_is_a_family() -> None:
    zero, one = Real.of(0), Real.of(1)
    assert repeating(one, [zero], [True, False]) == progression(zero, one)
    assert repeating(one, [zero], [False, True]) == ~progression(zero, one)
    assert repeating(one, [zero], [True, True]) is REALS
    assert band(zero, one, (False, False), one) == ~progression(zero, one)
    assert band(zero, one, (True, False), one) is REALS
    half = repeating(one, [zero, Real.of(Fraction(1, 2))], [True, True, False, False])
    assert isinstance(half, RepeatingSet)
    assert half != progression(zero, one)
    assert progression(zero, one) != half
    assert (progression(zero, one) & half) == progression(zero, one)
    assert isinstance(progression(zero, one) | half, RepeatingSet)


def test_the_period_is_the_shortest() -> None:
    quarters = [Real.of(Fraction(n, 4)) for n in range(4)]
    found = repeating(Real.of(1), quarters, [True, True, False, False] * 2)
    assert isinstance(found, RepeatingSet)
    assert found.period == Real.of(Fraction(1, 2))
    assert len(ends_within(found, Real.of(1))) == 4
    with pytest.raises(OverBudgetError):
        ends_within(found, Real.of(Fraction(1, 3)))


def test_single_numbers_are_taken_one_by_one() -> None:
    half = band(Real.of(0), Real.of(1), (True, False), Real.of(2))
    numbers = RealSet.points_only(map(Real.of, (-2, -1, 0, 1, 2)))
    assert half & numbers == RealSet.points_only(map(Real.of, (-2, 0, 2)))
    assert numbers & ~half == RealSet.points_only(map(Real.of, (-1, 1)))
    assert half & EMPTY == EMPTY


def test_ends_that_do_not_repeat_have_no_place_beside_them() -> None:
    half = band(Real.of(0), Real.of(1), (True, True), Real.of(2))
    with pytest.raises(OverBudgetError):
        half & RealSet.compared(">", Real.of(0))
    with pytest.raises(OverBudgetError):
        RealSet.points_only([Real.of(7)]) | half
    with pytest.raises(OverBudgetError):
        half & band(Real.of(0), PI_NUMBER, (True, True), PI_NUMBER + PI_NUMBER)


RIGHT = [
    "[π/6 + 2πk, 5π/6 + 2πk], k ∈ ℤ",
    "[π/6 + 2πk, 5π/6 + 2πk]",
    "[π/6 - 2πk, 5π/6 - 2πk]",
    "π/6 + 2πk <= x <= 5π/6 + 2πk",
    "5π/6 + 2πn >= x >= π/6 + 2πn, where n is an integer",
    "-11π/6 + 2πm ≤ x ≤ -7π/6 + 2πm for all integers m",
    r"\frac{\pi}{6} + 2\pi k \le x \le \frac{5\pi}{6} + 2\pi k, \quad k \in \mathbb{Z}",
    r"x \in \left[\frac{\pi}{6} + 2k\pi, \frac{5\pi}{6} + 2k\pi\right], k \in \mathbb{Z}",
    r"x \in \bigcup_{k \in \mathbb{Z}} [\frac{\pi}{6} + 2\pi k, \frac{5\pi}{6} + 2\pi k]",
    r"\bigcup\limits_{j=-\infty}^{\infty} [\pi/6 + 2\pi j, 5\pi/6 + 2\pi j]",
    "⋃_{k∈ℤ} [π/6 + 2πk, 5π/6 + 2πk]",
    r"\{x \mid \frac{\pi}{6} + 2\pi k \le x \le \frac{5\pi}{6} + 2\pi k, k \in \mathbb{Z}\}",
    "[π/6 + 2πk, π/2 + 2πk] ∪ [π/2 + 2πk, 5π/6 + 2πk]",
    "[π/6 + 2πk, π/2 + 2πk) or (π/2 + 2πk, 5π/6 + 2πk] or x = π/2 + 2πk",
    "[π/6 + 4πk, 5π/6 + 4πk] ∪ [13π/6 + 4πk, 17π/6 + 4πk], k ∈ ℤ",
]
WRONG = [
    "(π/6 + 2πk, 5π/6 + 2πk)",  # strictness
    "[π/6 + 2πk, 5π/6 + 2πk)",
    "π/6 + 2πk < x <= 5π/6 + 2πk",
    "[π/6 + πk, 5π/6 + πk]",  # the period
    "[π/6 + 4πk, 5π/6 + 4πk]",
    "[π/6 + 2k, 5π/6 + 2k]",
    "[π/6 + 2πk + 1/10^30, 5π/6 + 2πk]",  # an end
    "[π/6 + 2πk, 5π/6 + 2.0000001πk]",
    "[7π/6 + 2πk, 11π/6 + 2πk]",  # by half a period
    "[5π/6 + 2πk, 13π/6 + 2πk]",  # the complement
    "[5π/6 + 2πk, π/6 + 2πk]",  # turned round
    "[π/6 + 2πk, π/2 + 2πk) ∪ (π/2 + 2πk, 5π/6 + 2πk]",  # a hole
    "[π/6 + 2πk, 5π/6 + 2πk] or x = 2πk",  # a family added
    "[π/6 + 2πk, 5π/6 + 2πk] or x = 0",  # a point added
    "[π/6 + 2πk, π/2 + 2πk]",  # a piece missing
    "[π/6, 5π/6]",
    "[π/6, 5π/6] ∪ [13π/6, 17π/6]",
    "x >= π/6",
    "x <= 5π/6",
    "x = π/6 + 2πk or x = 5π/6 + 2πk",
    "[π/6 + 2πk, 5π/6 + 2πn]",
    "[π/6, 5π/6 + 2πk]",
    "[π/6 + 2πk, ∞)",
    "x >= π/6 + 2πk",
    "[π/6 + 2πj, 5π/6 + 2πj]",  # j is not declared
    "[π/6 + 2πk, 5π/6 + 2πk], k ∈ ℝ",
    "[π/6 + 2πk, 5π/6 + 2πk], k ∈ ℕ",
    "[π/6 + 2πk, 5π/6 + 2πk], x > 0",
    "[±π/6 + 2πk, 5π/6 + 2πk]",
    "[π/6 + 2πk², 5π/6 + 2πk²]",
    "[π/6 + 2πk/10^300, 5π/6 + 2πk/10^300]",
    "[π/6 + 2π·10^300·k, 5π/6 + 2π·10^300·k]",
    "[π/6 + 0k, 5π/6 + 0k]",
    "y ∈ [π/6 + 2πk, 5π/6 + 2πk]",
    "5 ⋃_{k∈ℤ} [π/6 + 2πk, 5π/6 + 2πk]",
    "⋃_{k∈ℤ} 5",
    "all real numbers",
    "no solution",
    "x ≠ 2πk",
]


@pytest.mark.parametrize("answer", RIGHT)
def test_right_forms(answer: str) -> None:
    verdict = verify("sin x >= 1/2", answer)
    assert verdict.verdict is Decision.CORRECT, verdict
    assert verify(gold="[π/6 + 2πk, 5π/6 + 2πk], k ∈ ℤ", answer=answer, unknown="x").reason is (
        Reason.EQUAL
    )


@pytest.mark.parametrize("answer", WRONG)
def test_wrong_neighbours(answer: str) -> None:
    verdict = verify("sin x >= 1/2", answer)
    assert verdict.verdict is Decision.INCORRECT, verdict
    by_gold = verify(gold="[π/6 + 2πk, 5π/6 + 2πk], k ∈ ℤ", answer=answer, unknown="x")
    assert by_gold.verdict is Decision.INCORRECT, by_gold


def test_the_evidence_is_a_number() -> None:
    verdict = verify("sin x >= 1/2", "[π/6, 5π/6]")
    assert verdict.reason is Reason.MISSING_SOLUTION
    assert verdict.evidence[0] == "x = -4 is a solution and is missing."
    assert verify("tan x > 1", "(π/4 + πk, π/2 + πk]").reason is Reason.OUTSIDE_DOMAIN
    assert verify("tan x > 1", "x > π/4").reason is Reason.NOT_A_SOLUTION
    assert verify("sin x = 0", "[πk, πk + 1]").reason is Reason.NOT_A_SOLUTION


def test_intervals_that_are_a_family_or_everything() -> None:
    assert verify("sin x > -1", "(-π/2 + 2πk, 3π/2 + 2πk)").verdict is Decision.CORRECT
    assert verify("sin x > -1", "[-π/2 + 2πk, 3π/2 + 2πk)").verdict is Decision.INCORRECT
    assert verify("sin x >= 1", "[π/2 + 2πk, π/2 + 2πk]").verdict is Decision.CORRECT
    assert verify("sin x >= -1", "[2πk, 2π + 2πk]").verdict is Decision.CORRECT
    assert verify("x > 2", "(2 + k, 3 + k)").verdict is Decision.INCORRECT


@pytest.mark.parametrize("domain", [Domain.INTEGER, Domain.RATIONAL, Domain.POSITIVE])
def test_of_other_domains_they_are_undecided(domain: Domain) -> None:
    with pytest.raises(UndecidedError):
        solve(Problem(equation="sin x >= 1/2", domain=domain))


def test_a_function_that_does_not_repeat_beside_one_that_does() -> None:
    """The arc sine was once taken for a function of the angle: all 2*pi*k were "solutions"."""
    assert solve("sin(x)*arcsin(x) = 0").text == "{0}"
    with pytest.raises(UndecidedError):
        solve("sin(x)*arctan(x) > 0")
