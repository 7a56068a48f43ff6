"""An answer against a solution: the reason of the verdict, and sentences that show it."""

from __future__ import annotations

from collections.abc import Sequence

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import MAX_SEPARATION_BITS, Real, separation_bits
from verifiers.algebra.periodic import INTEGERS, PeriodicSet
from verifiers.algebra.repeating import RepeatingSet
from verifiers.algebra.sets import RealSet
from verifiers.algebra.symmetric import product, total
from verifiers.answer import Answer
from verifiers.differences import without
from verifiers.endpoints import end_point_notes, extreme
from verifiers.solve import Equation, Solution, holds_at
from verifiers.solve.among import members, without_strangers
from verifiers.solve.equation import compared
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Ask, Domain, Reason

MAX_EXAMPLES = 8
MAX_SHOWN = 100  # characters of a number

_WHOLE_INTERVALS = (Domain.REAL, Domain.POSITIVE)  # all numbers of an interval are meant


def compare(solution: Solution, ask: Ask, answer: Answer) -> tuple[Reason, tuple[str, ...]]:
    """``EQUAL`` with the certificate, or what is wrong with the answer.

    ``UNSUPPORTED_EQUATION`` where the asked number does not exist, whatever the answer is. Raises
    ``OverBudgetError`` for numbers that only the answer can have brought in.
    """
    if ask is Ask.SOLUTIONS:
        assert answer.numbers is not None
        return _compare_sets(solution, answer.numbers)
    return _compare_numbers(solution, ask, answer)


def expected_text(solution: Solution, ask: Ask) -> str | None:
    """The right answer in canonical form; None where there is none."""
    if ask is Ask.SOLUTIONS:
        return solution.text
    if ask is Ask.COUNT and solution.solutions.points is None:
        return "infinitely many"
    number, exists = _asked_number(solution, ask)
    if not exists:
        return None
    return "no real solutions" if number is None else str(number)


def _compare_sets(solution: Solution, answered: RealSet) -> tuple[Reason, tuple[str, ...]]:
    if solution.among is Domain.INTEGER and isinstance(solution.solutions, PeriodicSet):
        answered = _integers_of_intervals(answered)
    if answered == solution.solutions:
        return Reason.EQUAL, solution.certificate
    invented, missing = _differences(solution, answered)
    if not invented and not missing:
        if solution.among in _WHOLE_INTERVALS:
            raise OverBudgetError("a set that differs from the solutions too little to say where")
        return Reason.EQUAL, solution.certificate
    reasons, evidence = [], []
    for number in invented:
        reason, sentence = _why_not(solution, number)
        reasons.append(reason)
        evidence.append(sentence)
    for number in missing:
        reasons.append(Reason.MISSING_SOLUTION)
        evidence.append(f"{solution.unknown} = {_shown(number)} is a solution and is missing.")
    if solution.among in _WHOLE_INTERVALS:
        evidence += list(end_point_notes(solution.solutions, answered))[:MAX_EXAMPLES]
    worst = (Reason.OUTSIDE_DOMAIN, Reason.NOT_A_SOLUTION, Reason.MISSING_SOLUTION)
    return next(reason for reason in worst if reason in reasons), tuple(evidence)


def _differences(solution: Solution, answered: RealSet) -> tuple[Sequence[Real], Sequence[Real]]:
    """Some answered numbers that are no solutions, and some solutions that were not answered.

    Of an interval among the integers or the rationals, these alone are meant.
    """
    invented, missing = without(answered, solution.solutions), without(solution.solutions, answered)
    families = any(isinstance(each, PeriodicSet | RepeatingSet) for each in (invented, missing))
    if solution.among in _WHOLE_INTERVALS or families:
        return _examples(invented), _examples(missing)
    known = solution.solutions.breaks
    strangers = answered & ~without_strangers(answered, solution.among, known)
    wrong = members(invented, solution.among, MAX_EXAMPLES, known)
    return (
        [*(strangers.points or ()), *wrong][:MAX_EXAMPLES],
        members(missing, solution.among, MAX_EXAMPLES, known),
    )


def _integers_of_intervals(answered: RealSet) -> RealSet:
    """The integers of an answer of intervals, which are all that it stands for."""
    if isinstance(answered, PeriodicSet) or without_strangers(answered, Domain.INTEGER) != answered:
        return answered
    return answered & INTEGERS


def _examples(numbers: RealSet) -> tuple[Real, ...]:
    """All members where they are few, else one."""
    if numbers.points is not None:
        return numbers.points[:MAX_EXAMPLES]
    return (numbers.member(),)


def _why_not(solution: Solution, number: Real) -> tuple[Reason, str]:
    """Why an answered number is no solution, by putting it into the equation as it was written."""
    name, equation = solution.unknown, solution.equation
    at = f"{name} = {_shown(number)}"
    if equation.within is not None and number not in equation.within:
        return Reason.OUTSIDE_DOMAIN, f"{at} is outside the interval that the problem states."
    try:
        held = holds_at(equation, number)
    except OverBudgetError:  # the sets were compared exactly: it is no solution all the same
        if solution.domain is not None and number not in solution.domain:
            return Reason.OUTSIDE_DOMAIN, f"{at} is outside the domain."
        return Reason.NOT_A_SOLUTION, f"{at} is none of the solutions: {solution.text}."
    if isinstance(held, Undefined):
        cause = held.sentence(to_text(held.part))
        return Reason.OUTSIDE_DOMAIN, f"{at} is outside the domain: {cause} there."
    if held:
        kind = {"integer": "no integer", "rational": "not rational", "positive": "not positive"}
        return Reason.OUTSIDE_DOMAIN, f"{at} is outside the domain: it is {kind[solution.among]}."
    if equation.is_inequality:
        return Reason.NOT_A_SOLUTION, f"{at} is not a solution: {_false(equation, number)}."
    left, right = (_shown(evaluate(side, {name: number})) for side in equation.sides)
    return (
        Reason.NOT_A_SOLUTION,
        f"{at} is not a solution: the left side is {left}, the right side {right}.",
    )


def _false(equation: Equation, number: Real) -> str:
    """The first relation that fails at a number, with the values of its sides."""
    at = {equation.unknown: number}
    for relation in equation.relations:
        left, right = evaluate(relation.lhs, at), evaluate(relation.rhs, at)
        assert isinstance(left, Real)
        assert isinstance(right, Real)
        if not compared(left, relation.op, right):
            return f"{_shown(left)} {relation.op} {_shown(right)} is false"
    raise AssertionError("the inequality holds")


def _compare_numbers(
    solution: Solution, ask: Ask, answer: Answer
) -> tuple[Reason, tuple[str, ...]]:
    expected, exists = _asked_number(solution, ask)
    if not exists:
        return Reason.UNSUPPORTED_EQUATION, (f"There are infinitely many solutions: no {ask}.",)
    if expected is not None and separation_bits(expected) > MAX_SEPARATION_BITS // 2:
        return Reason.UNSUPPORTED_EQUATION, (f"The {ask} is too entangled to compare with.",)
    if answer.infinitely_many:
        right = ask is Ask.COUNT and solution.solutions.points is None
    elif answer.numbers is not None:  # a number ask admits no other set than the empty
        right = solution.solutions.points == ()
    else:
        right = expected is not None and answer.number == expected
    if right:
        return Reason.EQUAL, solution.certificate
    return Reason.WRONG_VALUE, (f"The solution set is: {solution.text}.",)


def _asked_number(solution: Solution, ask: Ask) -> tuple[Real | None, bool]:
    """The sum, count, ... of the distinct solutions, and whether it exists.

    None for no solutions, save their count, and for the count of infinitely many.
    """
    points = solution.solutions.points
    if points is None:
        if ask is Ask.COUNT:
            return None, True
        end = None
        if ask in (Ask.LARGEST, Ask.SMALLEST) and solution.among in _WHOLE_INTERVALS:
            end = extreme(solution.solutions, largest=ask is Ask.LARGEST)
        return end, end is not None
    if ask is Ask.COUNT:
        return Real.of(len(points)), True
    if not points:
        return None, True
    if ask is Ask.SUM:
        return total(points), True
    if ask is Ask.PRODUCT:
        return product(points), True
    return (points[-1] if ask is Ask.LARGEST else points[0]), True


def _shown(number: object) -> str:
    text = str(number)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
