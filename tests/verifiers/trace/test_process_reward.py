"""The reward for the way, and attempts to earn it otherwise."""

from __future__ import annotations

import pytest

from verifiers import Problem, check_steps
from verifiers.trace.process_reward import CEILING_WITH_ERROR, process_reward

PROBLEM = Problem(equation="x^2 - 5x + 6 = 0")
RIGHT = "(x - 2)(x - 3) = 0\nx = 2 or x = 3\n\\boxed{2, 3}"
WRONG = "(x - 1)(x - 6) = 0\nx = 1 or x = 6\n\\boxed{1, 6}"


def reward(text):
    return process_reward(check_steps(PROBLEM, text), PROBLEM, text)


def test_a_right_way_earns_all_and_a_wrong_first_step_nothing():
    assert reward(RIGHT) == 1.0
    assert reward(WRONG) == 0.0


def test_the_share_of_true_steps_up_to_the_error():
    # One true step of four; the fifth place is the conclusion's.
    text = "x^2 + 6 = 5x\n(x - 1)(x - 6) = 0\nx = 1 or x = 6\n\\boxed{1, 6}"
    assert reward(text) == pytest.approx(CEILING_WITH_ERROR * 1 / 5)


@pytest.mark.parametrize(
    "padding",
    ["1 = 1\n" * 50, "x^2 - 5x + 6 = 0\n" * 50, "2 != 3\n7 = 7\n" * 20, "x^2 = x^2\n" * 9,
     "x^2 - 5*x + 6=0\nx^2-5x+6 = 0\n"],
)  # fmt: skip
def test_trivialities_before_an_error_earn_nothing_more(padding):
    assert reward(padding + WRONG) <= reward("x^2 - 5*x + 6 = 0\n" + WRONG)


def test_no_padding_lifts_a_wrong_solution_over_a_right_one():
    padding = "\n".join(f"{n}x^2 - {5 * n}x + {6 * n} = 0" for n in range(2, 80))
    assert reward(f"{padding}\n{WRONG}") <= CEILING_WITH_ERROR < reward(RIGHT)


def test_stopping_early_earns_nothing():
    assert reward("(x - 2)(x - 3) = 0\n") == 0.0


def test_a_planted_error_and_its_correction_earn_less_than_the_right_way():
    planted = "x = 1 or x = 6\nWait, that was a mistake.\n" + RIGHT
    assert reward(planted) < reward(RIGHT)
