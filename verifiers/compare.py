"""An answer against a solution: the reason of the verdict, and sentences that show it."""

from __future__ import annotations

from functools import reduce

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.periodic import PeriodicSet
from verifiers.algebra.sets import RealSet
from verifiers.answer import Answer
from verifiers.solve import Solution, holds_at
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Ask, Reason

MAX_EXAMPLES = 8
MAX_SHOWN = 100  # characters of a number


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
    points = solution.solutions.points
    if points is None:
        return "infinitely many" if ask is Ask.COUNT else None
    number = _asked_number(points, ask)
    return "no real solutions" if number is None else str(number)


def _compare_sets(solution: Solution, answered: RealSet) -> tuple[Reason, tuple[str, ...]]:
    if answered == solution.solutions:
        return Reason.EQUAL, solution.certificate
    invented = _minus(answered, solution.solutions)
    missing = _minus(solution.solutions, answered)
    reasons, evidence = [], []
    for number in _examples(invented):
        reason, sentence = _why_not(solution, number)
        reasons.append(reason)
        evidence.append(sentence)
    for number in _examples(missing):
        reasons.append(Reason.MISSING_SOLUTION)
        evidence.append(f"{solution.unknown} = {_shown(number)} is a solution and is missing.")
    worst = (Reason.OUTSIDE_DOMAIN, Reason.NOT_A_SOLUTION, Reason.MISSING_SOLUTION)
    return next(reason for reason in worst if reason in reasons), tuple(evidence)


def _minus(left: RealSet, right: RealSet) -> RealSet:
    """The numbers of one set that are not in the other; some where the periods do not fit."""
    try:
        return left & ~right
    except OverBudgetError:
        if not isinstance(left, PeriodicSet):
            raise
        return RealSet.points_only([x for x in left.members() if x not in right][:1])


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
    left, right = (_shown(evaluate(side, {name: number})) for side in equation.sides)
    return (
        Reason.NOT_A_SOLUTION,
        f"{at} is not a solution: the left side is {left}, the right side {right}.",
    )


def _compare_numbers(
    solution: Solution, ask: Ask, answer: Answer
) -> tuple[Reason, tuple[str, ...]]:
    points = solution.solutions.points
    if points is None:
        if ask is not Ask.COUNT:
            return Reason.UNSUPPORTED_EQUATION, (f"There are infinitely many solutions: no {ask}.",)
        right = answer.infinitely_many
    else:
        expected = _asked_number(points, ask)
        says_none = answer.numbers is not None  # a number ask admits no other set than the empty
        right = (says_none and not points) or (
            answer.number is not None and expected is not None and answer.number == expected
        )
    if right:
        return Reason.EQUAL, solution.certificate
    return Reason.WRONG_VALUE, (f"The solution set is: {solution.text}.",)


def _asked_number(points: tuple[Real, ...], ask: Ask) -> Real | None:
    """The sum, count, ... of the distinct solutions; None for no solutions, save their count."""
    if ask is Ask.COUNT:
        return Real.of(len(points))
    if not points:
        return None
    if ask is Ask.SUM:
        return reduce(lambda total, point: total + point, points)
    if ask is Ask.PRODUCT:
        return reduce(lambda product, point: product * point, points)
    return points[-1] if ask is Ask.LARGEST else points[0]


def _shown(number: object) -> str:
    text = str(number)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
