"""One final answer, or none: nothing falls back to a stray number."""

from __future__ import annotations

import pytest

from verifiers import Reason
from verifiers.extract import extract_answer


@pytest.mark.parametrize(
    ("completion", "answer"),
    [
        (r"So \boxed{7}.", "7"),
        (r"\boxed {x = 2}", "x = 2"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\{1, 3\}}", r"\{1, 3\}"),
        (r"\boxed{\left\{1\right\}}", r"\left\{1\right\}"),
        (r"<think>\boxed{1}</think>\boxed{2}", "2"),
        (r"\boxed{1} and more thoughts </think> so \boxed{2}", "2"),
        (r"\boxed{2} ... again \boxed{ 2 }", " 2 "),
        (r"\boxed{1}. Wait, 1 is excluded. \boxed{3}", "3"),
        ("\\boxed{1, 3}\nI made a mistake.\n\\boxed{3}", "3"),
        (r"\boxed{1}, no: that is wrong. \boxed{2}. Checking: it fails. \boxed{3}", "3"),
        (r"\boxed{\boxed{3}}", r"\boxed{3}"),
    ],
)
def test_the_answer(completion: str, answer: str) -> None:
    assert extract_answer(completion).text == answer


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        ("", Reason.NO_ANSWER),
        ("The answer is 7.", Reason.NO_ANSWER),
        ("x = 2, x = 3", Reason.NO_ANSWER),
        (r"\boxed{}", Reason.NO_ANSWER),
        (r"\boxed{ }", Reason.NO_ANSWER),
        (r"\boxed{7", Reason.NO_ANSWER),
        (r"\boxed 7", Reason.NO_ANSWER),
        (r"boxed{7}", Reason.NO_ANSWER),
        (r"\boxed{7} and then \boxed{8", Reason.NO_ANSWER),
        (r"<think> so \boxed{7}", Reason.NO_ANSWER),
        (r"<think> \boxed{7} </think> it is 7", Reason.NO_ANSWER),
        (r"\boxed{1}\boxed{3}", Reason.SEVERAL_ANSWERS),
        (r"\boxed{1} or \boxed{3}", Reason.SEVERAL_ANSWERS),
        ("\\boxed{1}\n\\boxed{2}\n\\boxed{3}", Reason.SEVERAL_ANSWERS),
        (r"\boxed{1}. Wait. \boxed{2} or \boxed{3}", Reason.SEVERAL_ANSWERS),
        (r"\boxed{3} or \boxed{1} or \boxed{3}", Reason.SEVERAL_ANSWERS),
    ],
)
def test_no_single_answer(completion: str, reason: Reason) -> None:
    extraction = extract_answer(completion)
    assert (extraction.text, extraction.reason) == (None, reason)
    assert extraction.message


def test_time_is_linear_in_hostile_text() -> None:
    for completion in ("\\boxed{" * 50_000, "{" * 300_000, "\\" * 300_000, "</think>" * 50_000):
        assert extract_answer(completion).text is None
    assert extract_answer("}{" * 300_000 + "\\boxed{1}").text == "1"
