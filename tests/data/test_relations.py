"""The families of systems, logarithms, parameters and inequalities, against the verifier."""

import re
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rlvr.config_data import NoviceConfig
from rlvr.data.equation import SHIFTED, TRAINED
from rlvr.data.families import RELATIONS, inequality, logarithm, parameter, system
from rlvr.data.normalise import normalise
from rlvr.data.novice import CAREFUL, Habit, draw_habit
from rlvr.data.relations import Relations, exchanged
from verifiers import Ask, Decision, Problem, check_steps, read_habits, verify, verify_completion
from verifiers.trace.records import Cause, Truth

NAMES = sorted(RELATIONS)
SEEDS = st.integers(0, 10**6)
NO_SLIPS = NoviceConfig(forgets_domain=0.0, slips_sign=0.0, slips_move=0.0)
NONE = ("no solution", "no real solution")


def problem_of(drawn: Relations) -> Problem:
    return Problem(equation=drawn.text, unknown=drawn.unknown, params=dict(drawn.conditions))


def habit(**changes: bool) -> Habit:
    return Habit(**{name: getattr(CAREFUL, name) for name in Habit.__slots__} | changes)


def some(name: str, form: str, number: int) -> list[Relations]:
    """The first problems of a form, by their seeds."""
    drawn = (RELATIONS[name].draw(Random(seed), TRAINED) for seed in range(100_000))
    found = (each for each in drawn if each.form == form)
    return [next(found) for _ in range(number)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ranges", [TRAINED, *SHIFTED])
@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_solutions_by_construction_are_the_verifiers(name, ranges, seed):
    drawn = RELATIONS[name].draw(Random(seed), ranges)
    verdict = verify(problem_of(drawn), drawn.answer)
    assert verdict.verdict is Decision.CORRECT, (drawn.text, drawn.given, drawn.answer, verdict)


def another_number(answer: str) -> str:
    """The first number is one more; where there is none, the whole."""
    if answer in NONE:
        return "(0, 0)" if answer == "no solution" else "0"
    if answer == "all real numbers":
        return "no real solution"
    if not re.search(r"\d", answer):
        return f"{answer} + 1"
    return re.sub(r"\d+", lambda match: str(int(match[0]) + 1), answer, count=1)


def other_ends(answer: str) -> str:
    """Each end of an interval that is a number: in where it was out, and out where it was in."""
    turned = re.sub(r"(?<!∞)[)\]]", lambda match: {")": "]", "]": ")"}[match[0]], answer)
    return re.sub(r"[(\[](?!-∞)", lambda match: {"(": "[", "[": "("}[match[0]], turned)


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_another_answer_is_refused(name, seed):
    drawn = RELATIONS[name].draw(Random(seed), TRAINED)
    wrong = {another_number(drawn.answer)}
    if name == "inequality" and "," in drawn.answer:
        wrong.add(other_ends(drawn.answer))
    wrong |= {each for each in NONE if drawn.answer not in NONE}
    for answer in wrong:
        verdict = verify(problem_of(drawn), answer)
        assert verdict.verdict is Decision.INCORRECT, (drawn.text, drawn.given, answer)


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_careful_working_is_right_in_every_step(name, seed):
    drawn = RELATIONS[name].draw(Random(seed), TRAINED)
    text = RELATIONS[name].work(drawn, Ask.SOLUTIONS, CAREFUL)
    trace = check_steps(problem_of(drawn), text)
    assert trace.verdict.verdict is Decision.CORRECT, (drawn.text, text)
    wrong = [text[c.start : c.end] for c in trace.claims if c.truth is Truth.FALSE]
    assert wrong == [], (drawn.text, text)
    assert trace.first_error is None, (drawn.text, text)
    habits = read_habits(problem_of(drawn), text, trace.verdict)
    assert habits.domain_stated in (True, None), (drawn.text, text)
    assert habits.excluded_value_answered in (False, None)


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_working_without_slips_is_right_whatever_the_habits(name, seed):
    rng = Random(seed)
    drawn = RELATIONS[name].draw(rng, TRAINED)
    text = RELATIONS[name].work(drawn, Ask.SOLUTIONS, draw_habit(rng, NO_SLIPS))
    trace = check_steps(problem_of(drawn), text)
    assert trace.verdict.verdict is Decision.CORRECT, (drawn.text, text)
    assert trace.first_error is None, (drawn.text, text)


FORGETS = {"states_domain": False, "forgets_domain": True}
MOVES = {"is_hasty": True, "slips_move": True}
SIGNS = {"uses_formula": True, "slips_sign": True}


@pytest.mark.parametrize(
    ("name", "form", "slip", "at"),
    [
        ("logarithm", "single", MOVES, "Move"),
        ("logarithm", "power", MOVES, "Move"),
        ("logarithm", "base", MOVES, "Move"),
        ("logarithm", "sum", FORGETS, "\\boxed"),
        ("logarithm", "equal", FORGETS, "\\boxed"),
        ("logarithm", "sum", SIGNS, ""),
        ("inequality", "linear", MOVES, ""),
        ("inequality", "linear", SIGNS, ""),
        ("inequality", "quadratic", SIGNS, "\\boxed"),
        ("inequality", "quotient", FORGETS, "\\boxed"),
        ("inequality", "quotient", MOVES, "\\boxed"),
    ],
)
def test_a_slip_is_caught_where_it_stands(name, form, slip, at):
    """A slip that does not matter (an excluded value that is no candidate) is none."""
    found = 0
    for drawn in some(name, form, 25):
        text = RELATIONS[name].work(drawn, Ask.SOLUTIONS, habit(**slip))
        trace = check_steps(problem_of(drawn), text)
        if trace.verdict.verdict is Decision.CORRECT:
            continue
        found += 1
        assert trace.first_error is not None, (drawn.text, text)
        start = trace.claims[trace.first_error.claim].start
        line = text[text.rfind("\n", 0, start) + 1 :]
        assert line.startswith(at), (drawn.text, text, trace.first_error)
        if slip is FORGETS and name == "logarithm":
            assert trace.first_error.cause is Cause.DROPPED_RESTRICTION
    assert found >= 8


@pytest.mark.parametrize(
    ("name", "form", "slip"),
    [
        ("system", "meet", MOVES),
        ("system", "parabola", SIGNS),
        ("system", "product", SIGNS),
        ("parameter", "scale", MOVES),
        ("parameter", "both", MOVES),
        ("parameter", "identity", FORGETS),
        ("parameter", "factors", SIGNS),
        ("parameter", "root", SIGNS),
        ("parameter", "cancel", FORGETS),
        ("parameter", "unit", SIGNS),
    ],
)
def test_a_slip_makes_the_answer_wrong_where_steps_are_not_checked(name, form, slip):
    texts = [
        (drawn, RELATIONS[name].work(drawn, Ask.SOLUTIONS, habit(**slip)))
        for drawn in some(name, form, 20)
    ]
    verdicts = [verify_completion(problem_of(drawn), text).verdict for drawn, text in texts]
    assert verdicts.count(Decision.INCORRECT) >= 10
    assert Decision.UNDECIDED not in verdicts


@pytest.mark.parametrize("name", NAMES)
def test_a_novice_is_often_wrong_and_every_form_is_drawn(name):
    rng, family = Random(0), RELATIONS[name]
    right, forms = [], set()
    for _ in range(300):
        drawn = family.draw(rng, TRAINED)
        forms.add(drawn.form)
        text = family.work(drawn, Ask.SOLUTIONS, draw_habit(rng, NoviceConfig()))
        right.append(verify_completion(problem_of(drawn), text).verdict is Decision.CORRECT)
    assert 0.4 < sum(right) / 300 < 0.9
    modules = {
        "inequality": inequality, "logarithm": logarithm, "parameter": parameter, "system": system,
    }  # fmt: skip
    assert forms == set(modules[name].FORMS)


def steps(relations: tuple[str, ...], found: tuple, how: Habit) -> str:
    drawn, lines = found
    assert tuple(" ".join(each) for each in drawn) == relations
    return "\n".join(lines(how))


def test_lines_that_meet():
    two = ("2x + 3y = 8", "x - y = -1")
    found = system._lines((2, 3, 8), (1, -1, -1), "x", "y")
    assert steps(two, found, CAREFUL) == (
        "Multiply: 2x + 3y = 8, 2x - 2y = -2\nSubtract: 5y = 8 + 2 = 10\ny = 2\n"
        "Put in: 2x = 8 - 6 = 2\nCheck: 1 - 2 = -1\n\\boxed{(1, 2)}"
    )
    slip = habit(is_hasty=True, slips_move=True, checks=False)
    assert steps(two, found, slip) == (
        "Multiply: 2x + 3y = 8, 2x - 2y = -2\nSubtract: 5y = 6\ny = 6/5\n"
        "Put in: 2x = 8 - 18/5 = 22/5\n\\boxed{(11/5, 6/5)}"
    )


def test_lines_that_do_not():
    same = system._lines((1, -1, 2), (2, -2, 4), "x", "y")
    assert steps(("x - y = 2", "2x - 2y = 4"), same, CAREFUL) == (
        "Multiply: 2x - 2y = 4, 2x - 2y = 4\nSubtract: 0 = 4 - 4 = 0\n"
        "Free: y = -2 + x\n\\boxed{(x, -2 + x)}"
    )
    parallel = system._lines((1, -1, 2), (2, -2, 5), "x", "y")
    assert steps(("x - y = 2", "2x - 2y = 5"), parallel, CAREFUL) == (
        "Multiply: 2x - 2y = 4, 2x - 2y = 5\nSubtract: 0 = 4 - 5 = -1\n\\boxed{no solution}"
    )


@pytest.mark.parametrize(
    ("ends", "sense", "out", "answer"),
    [
        ((2,), ">", None, "(2, ∞)"),
        ((2,), "<=", None, "(-∞, 2]"),
        ((2, 3), "<", None, "(2, 3)"),
        ((2, 3), ">=", None, "(-∞, 2] ∪ [3, ∞)"),
        ((2, 3), "<=", 3, "[2, 3)"),
        ((2, 3), ">=", 2, "(-∞, 2) ∪ [3, ∞)"),
        ((2, 2), "<", None, "no real solution"),
        ((2, 2), "<=", None, "2"),
        ((2, 2), ">", None, "(-∞, 2) ∪ (2, ∞)"),
        ((2, 2), ">=", None, "all real numbers"),
        ((), ">", None, "all real numbers"),
        ((), "<=", None, "no real solution"),
    ],
)
def test_intervals(ends, sense, out, answer):
    numbers = tuple(map(Fraction, ends))
    assert inequality._outside(numbers, sense, None if out is None else Fraction(out)) == answer


def relations(text: str, unknowns: str, **conditions: str) -> Relations:
    parts = [re.split(r" (<=|>=|<|>|=) ", each) for each in text.split(", ")]
    return Relations(
        family="f", form="g", relations=tuple((a, b, c) for a, b, c in parts),
        unknowns=tuple(unknowns.split(",")), answer="", steps=lambda how: [],
        conditions=tuple(conditions.items()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (relations("x + 2y = 3, x = y", "x,y"), relations("s = t, 3 = 2s + t", "t,s")),
        (relations("x^2 - 4 < 0", "x"), relations("0 > -4 + z^2", "z")),
        (relations("ln(n) = 2", "n"), relations("2 = ln(x)", "x")),
        (relations("log_2(t) = 2", "t"), relations("log_2(n) = 2", "n")),
        (relations("ax = 2", "x", a="a != 0"), relations("kn = 2", "n", k="k != 0")),
    ],
)
def test_names_order_and_sides_do_not_matter(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (relations("x^2 - 4 < 0", "x"), relations("x^2 - 4 <= 0", "x")),
        (relations("x^2 - 4 < 0", "x"), relations("x^2 - 4 > 0", "x")),
        (relations("ax = 2", "x", a="a != 0"), relations("ax = 2", "x", a="a > 0")),
        (relations("x + 2y = 3, x = y", "x,y"), relations("2x + y = 3, x = y", "x,y")),
    ],
)
def test_other_problems_stay_others(one, other):
    assert normalise(one) != normalise(other)


def test_exchanged_sides_say_the_same():
    assert exchanged((("x^2", "<=", "4"), ("x", "=", "1"))) == (("4", ">=", "x^2"), ("1", "=", "x"))
