from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.evals.compare import compare, mcnemar
from tests.evals.make import RIGHT, UNDECIDED, WRONG, make_answered

COUNT = st.integers(0, 60)


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 * 1/2
        (5, 0, 0.0625),  # 2 / 32
        (6, 0, 0.03125),
        (3, 1, 0.625),  # 2 * (1 + 4) / 16
        (8, 2, 0.109375),  # 2 * (1 + 10 + 45) / 1024
        (10, 10, 1.0),
        (15, 5, 0.04138946533203125),  # 2 * 21700 / 2^20
    ],
)
def test_mcnemar_by_hand(b, c, p):
    assert mcnemar(b, c) == mcnemar(c, b) == p


@given(COUNT, COUNT)
def test_mcnemar_is_the_chance_of_a_split_no_more_likely(b, c):
    """A fair coin's counts that are at least as far from the middle, added up one by one."""
    total = b + c
    far = sum(comb(total, i) for i in range(total + 1) if abs(2 * i - total) >= abs(b - c))
    assert mcnemar(b, c) == pytest.approx(far / 2**total)


def test_mcnemar_of_thousands_is_a_number():
    assert 0 <= mcnemar(3000, 2000) < 1e-40
    with pytest.raises(ValueError, match="got -1 and 2"):
        mcnemar(-1, 2)


def test_matched_by_id_and_what_is_not_matched_is_counted():
    a = [make_answered(name, greedy=RIGHT, samples="ra") for name in ("p1", "p2", "p3", "only a")]
    b = [make_answered(name, greedy=WRONG, samples="rr") for name in ("p3", "p2", "p1")]
    b[0] = make_answered("p3", samples="rr")
    found = compare(a, b, ["greedy", "pass@1", "maj@2"], seed=0)
    assert (found.only_in_a, found.only_in_b, found.changed) == (1, 0, 0)
    overall = found.overall
    assert (overall.num_problems, overall.sign.only_a, overall.sign.only_b) == (3, 2, 0)
    assert overall.sign.p == 0.5
    assert overall.metrics["greedy"].change.value == pytest.approx(-2 / 3)
    change = overall.metrics["pass@1"].change
    assert (overall.metrics["pass@1"].a, overall.metrics["pass@1"].b) == (0.5, 1.0)
    assert change.value == 0.5
    assert change.low < 0 < change.high < 1  # three problems say little
    assert overall.metrics["maj@2"].change.value == 0.5


def test_the_same_id_with_another_text_is_no_match():
    from dataclasses import replace

    a = [make_answered("p1"), make_answered("p2"), make_answered("p3")]
    b = [a[0], replace(a[1], text="Solve another"), replace(a[2], expected="{9}")]
    found = compare(a, b, ["greedy"], seed=0)
    assert (found.overall.num_problems, found.changed) == (1, 2)
    with pytest.raises(ValueError, match="share no problem"):
        compare(a[1:], b[1:], ["greedy"], seed=0)


def test_undecided_verdicts_are_in_no_pair():
    a = [make_answered("p1", greedy=RIGHT), make_answered("p2", greedy=UNDECIDED)]
    b = [make_answered("p1", greedy=UNDECIDED), make_answered("p2", greedy=RIGHT)]
    found = compare(a, b, ["greedy"], seed=0)
    assert (found.overall.sign.only_a, found.overall.sign.only_b) == (0, 0)
    assert found.overall.metrics == {}


def test_families_have_tests_of_their_own():
    a = [make_answered(f"p{i}", greedy=WRONG, family="xy"[i % 2]) for i in range(12)]
    b = [
        make_answered(f"p{i}", greedy=WRONG if i % 2 else RIGHT, family="xy"[i % 2])
        for i in range(12)
    ]
    found = compare(a, b, ["greedy"], seed=0)
    assert found.by_family["x"].sign.p == 0.03125
    assert found.by_family["y"].sign.p == 1.0


def test_a_model_against_itself_is_no_better():
    a = [make_answered(f"p{i}", greedy=RIGHT if i % 3 else WRONG, samples="ra") for i in range(30)]
    found = compare(a, a, ["greedy", "pass@1"], seed=0)
    assert found.overall.sign.p == 1.0
    for each in found.overall.metrics.values():
        assert (each.change.value, each.change.low, each.change.high) == (0, 0, 0)


@pytest.mark.parametrize("discordant", [1, 5, 17, 60])
def test_equal_models_are_called_different_in_five_of_a_hundred_at_most(discordant):
    n = discordant
    alarms = sum(comb(n, b) for b in range(n + 1) if mcnemar(b, n - b) < 0.05)
    assert alarms / 2**n <= 0.05
