"""Every family against the verifier: two independent ways to the same solution set."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlvr.config_data import NoviceConfig
from rlvr.data.equation import SHIFTED, TRAINED, Equation
from rlvr.data.families import EQUATIONS as FAMILIES
from rlvr.data.novice import CAREFUL, draw_habit
from rlvr.data.numbers import number_text
from verifiers import Ask, Decision, Problem, read_habits, verify, verify_completion

SEEDS = st.integers(0, 10**6)
NAMES = sorted(FAMILIES)


def problem_of(equation: Equation, ask: Ask = Ask.SOLUTIONS) -> Problem:
    return Problem(
        equation=equation.text,
        unknown=equation.unknown,
        ask=ask,
        params={name: f"{name} = {value}" for name, value in equation.params},
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ranges", [TRAINED, *SHIFTED])
@given(seed=SEEDS)
@settings(max_examples=150, deadline=None)
def test_solutions_by_construction_are_the_verifiers(name, ranges, seed):
    equation = FAMILIES[name].draw(Random(seed), ranges)
    answer = ", ".join(map(number_text, equation.solutions)) or "no real solution"
    verdict = verify(problem_of(equation), answer)
    assert verdict.verdict is Decision.CORRECT, (equation.text, answer, verdict)


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
@settings(max_examples=150, deadline=None)
def test_careful_working_is_right_and_shows_its_habits(name, seed):
    rng = Random(seed)
    family = FAMILIES[name]
    equation = family.draw(rng, TRAINED)
    ask = rng.choice(family.ASKS)
    text = family.work(equation, ask, CAREFUL)
    problem = problem_of(equation, ask)
    verdict = verify_completion(problem, text)
    assert verdict.verdict is Decision.CORRECT, (equation.text, text, verdict)
    habits = read_habits(problem, text, verdict)
    if name in ("rational", "radical"):
        assert habits.domain_stated is True, (equation.text, text)
        assert habits.domain_first is True
    if name in ("radical", "absolute"):
        assert habits.substitution_check in (True, None), (equation.text, text)
    assert habits.factoring in (True, None), (equation.text, text)
    assert habits.excluded_value_answered in (False, None)


def test_a_novice_is_often_wrong_and_forgets_the_domain_half_of_the_time():
    rng = Random(0)
    right, stated = [], []
    for _ in range(300):
        equation = FAMILIES["rational"].draw(rng, TRAINED)
        text = FAMILIES["rational"].work(equation, Ask.SOLUTIONS, draw_habit(rng, NoviceConfig()))
        problem = problem_of(equation)
        right.append(verify_completion(problem, text).verdict is Decision.CORRECT)
        stated.append(read_habits(problem, text).domain_stated)
    assert 0.4 < sum(right) / 300 < 0.8
    assert 0.4 < sum(stated) / 300 < 0.6


@pytest.mark.parametrize("name", NAMES)
def test_families_reach_equations_with_and_without_impostors(name):
    """The questions that teach something must occur: several, one and no solutions."""
    rng = Random(1)
    counts = {len(FAMILIES[name].draw(rng, TRAINED).solutions) for _ in range(400)}
    assert counts == ({1} if name == "linear" else {0, 1, 2})
