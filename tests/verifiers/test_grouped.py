"""Digits in groups of three, and digits that repeat: what the text says as a number, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Decision, Problem, verify, verify_batch, verify_completion
from verifiers.grouped import readings

CORRECT, INCORRECT = Decision.CORRECT, Decision.INCORRECT


@given(st.integers(1_000, 10**15), st.sampled_from([",", "{,}", ",\\!", "\\,"]))
def test_groups_are_the_number_and_no_other(number: int, comma: str) -> None:
    text = f"{number:,}".replace(",", comma)
    assert verify(gold=str(number), answer=text).verdict is CORRECT
    assert verify(gold=text, answer=str(number)).verdict is CORRECT
    assert verify(f"x - 1 = {number - 1}", f"x = {text}").verdict is CORRECT
    assert verify(gold=str(number + 1), answer=text).verdict is INCORRECT
    assert verify(gold=text, answer=str(number + 1)).verdict is INCORRECT


def test_what_may_be_a_list_is_one_where_that_is_right() -> None:
    equation = "x^2 - 101x + 100 = 0"
    assert verify(equation, "1,100").verdict is CORRECT
    assert verify(equation, "1100").verdict is INCORRECT
    assert verify("x = 1100", "1,100").verdict is CORRECT
    assert verify("x = 1100", "1, 100").verdict is INCORRECT
    assert verify("x = 1100", "{1,100}").verdict is INCORRECT
    assert verify(gold="1,100", answer="1 and 100").verdict is CORRECT
    wrong = verify(equation, "1,101")
    assert (wrong.verdict, wrong.answer) == (INCORRECT, "{1101}")


@pytest.mark.parametrize(
    "text", ["1,00", "1,0000", "0,123", "1000,000", "1, 000", "1,000 2", "a = 1,000b", "", "x = 1"]
)
def test_other_texts_have_one_reading(text: str) -> None:
    assert readings(text) == (text,)


def test_a_gold_answer_in_groups_without_an_answer_is_shown_as_a_number() -> None:
    verdict = verify_completion(gold="2,125", completion="I do not know.")
    assert (verdict.verdict, verdict.expected) == (INCORRECT, "{2125}")


def test_a_batch_reads_as_one_call_does() -> None:
    pairs = [("x = 1100", "1,100"), (Problem(equation="x^2 - 101x + 100 = 0"), "1,100")]
    assert [each.verdict for each in verify_batch(pairs, jobs=1)] == [CORRECT, CORRECT]


@given(st.integers(0, 10**6), st.integers(0, 3), st.text("0123456789", min_size=1, max_size=6))
def test_a_period_is_the_sum_of_its_series(digits: int, places: int, period: str) -> None:
    whole, fixed = divmod(digits, 10**places)
    head = f"{whole}." + (str(fixed).zfill(places) if places else "")
    # period / 10^p, and again at each 1/10^n of that: a geometric series behind the fixed places.
    series = Fraction(int(period), 10 ** len(period)) / (1 - Fraction(1, 10 ** len(period)))
    value = Fraction(digits, 10**places) + series / 10**places
    for command in ("overline", "bar"):
        answer = f"{head}\\{command}{{{period}}}"
        assert verify(gold=str(value), answer=answer).verdict is CORRECT
        assert verify(gold=str(value + 1), answer=answer).verdict is INCORRECT


def test_a_period_binds_as_a_number_does() -> None:
    assert verify("x = 1/27", "0.\\overline{3}^3").verdict is CORRECT
    assert verify("x = 1/6", ".1\\bar6").verdict is CORRECT
    assert verify("x = 1", "0.\\overline{9}").verdict is CORRECT
    assert verify("x = 1/3", "33.\\overline{3}%").verdict is CORRECT
    assert verify("x = 7/12", "\\frac{0.58\\overline{3}}{1}").verdict is CORRECT
    # As 2 3 is no product.
    assert verify("x = 1", "3 0.\\overline{3}").verdict is INCORRECT
    assert verify("x = 1/9", "0.\\overline{3} 0.\\overline{3}").verdict is INCORRECT
    assert verify("x = 1/3", "\\overline{3}").verdict is INCORRECT
    assert verify("x = 1/3", "0.\\overline{}").verdict is INCORRECT
