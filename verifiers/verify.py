"""A problem and an answer -> a verdict with its evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from time import perf_counter

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import RealSet
from verifiers.answer import Answer, AnswerError, parse_answer
from verifiers.extract import extract_answer
from verifiers.solve import Solution, UndecidedError, holds_at, outcome_of
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Ask, Decision, Problem, Reason, Verdict


def verify(problem: Problem | str, answer: str) -> Verdict:
    """Whether a bare answer is right; a string is a problem with that equation.

    Never raises for what the texts say: the model's faults are incorrect with a reason, problems
    beyond the verifier are undecided.
    """
    start = perf_counter()
    if isinstance(problem, str):
        problem = Problem(equation=problem)
    verdict = _decide(problem, answer)
    return replace(verdict, elapsed_ms=(perf_counter() - start) * 1000)


def verify_completion(problem: Problem | str, completion: str) -> Verdict:
    """Whether the final answer of a completion is right: its last ``\\boxed{...}``."""
    start = perf_counter()
    extraction = extract_answer(completion)
    if extraction.text is not None:
        verdict = verify(problem, extraction.text)
    else:
        assert extraction.reason is not None
        verdict = _incorrect(extraction.reason, extraction.message)
    return replace(verdict, elapsed_ms=(perf_counter() - start) * 1000)


def _decide(problem: Problem, text: str) -> Verdict:
    equation, outcome = outcome_of(problem)
    if equation is None:
        assert isinstance(outcome, UndecidedError)
        return Verdict(verdict=Decision.UNDECIDED, reason=outcome.reason, evidence=(f"{outcome}.",))
    try:
        answer = parse_answer(text, equation.unknown, problem.ask, equation.parameters)
    except AnswerError as error:
        verdict = _incorrect(error.reason, str(error))
        if isinstance(outcome, Solution):
            verdict = replace(
                verdict, expected=_expected_text(outcome, problem.ask), domain=outcome.domain_texts
            )
        return verdict
    if isinstance(outcome, UndecidedError):
        return Verdict(
            verdict=Decision.UNDECIDED,
            reason=outcome.reason,
            answer=answer.text(equation.unknown),
            evidence=(f"{outcome}.",),
        )
    return _compare(outcome, problem.ask, answer)


def _incorrect(reason: Reason, *evidence: str) -> Verdict:
    return Verdict(verdict=Decision.INCORRECT, reason=reason, evidence=evidence)


def _compare(solution: Solution, ask: Ask, answer: Answer) -> Verdict:
    try:
        if ask is Ask.SOLUTIONS:
            assert answer.numbers is not None
            reason, evidence = _compare_sets(solution, answer.numbers)
        else:
            reason, evidence = _compare_numbers(solution, ask, answer)
    except OverBudgetError as error:
        reason, evidence = Reason.OVER_BUDGET_ANSWER, (f"The answer is too large: {error}.",)
    if reason is Reason.UNSUPPORTED_EQUATION:
        decision = Decision.UNDECIDED
    else:
        decision = Decision.CORRECT if reason is Reason.EQUAL else Decision.INCORRECT
    return Verdict(
        verdict=decision,
        reason=reason,
        answer=answer.text(solution.unknown),
        expected=_expected_text(solution, ask),
        domain=solution.domain_texts,
        evidence=evidence,
    )


def _compare_sets(solution: Solution, answered: RealSet) -> tuple[Reason, tuple[str, ...]]:
    if answered == solution.solutions:
        return Reason.EQUAL, solution.certificate
    invented = answered & ~solution.solutions
    missing = solution.solutions & ~answered
    reasons, evidence = [], []
    for number in _examples(invented):
        reason, sentence = _why_not(solution, number)
        reasons.append(reason)
        evidence.append(sentence)
    for number in _examples(missing):
        reasons.append(Reason.MISSING_SOLUTION)
        evidence.append(f"{solution.unknown} = {number} is a solution and is missing.")
    worst = (Reason.OUTSIDE_DOMAIN, Reason.NOT_A_SOLUTION, Reason.MISSING_SOLUTION)
    return next(reason for reason in worst if reason in reasons), tuple(evidence)


def _examples(numbers: RealSet) -> tuple[Real, ...]:
    """All members where they are few, else one."""
    if numbers.points is not None:
        return numbers.points[:8]
    return (numbers.member(),)


def _why_not(solution: Solution, number: Real) -> tuple[Reason, str]:
    """Why an answered number is no solution, by putting it into the equation as it was written."""
    name, equation = solution.unknown, solution.equation
    held = holds_at(equation, number)
    if isinstance(held, Undefined):
        part = to_text(held.part)
        cause = {
            "zero denominator": f"the denominator {part} is 0",
            "negative radicand": f"{part}, under an even root, is negative",
            "zero to a power that is not positive": f"the base {part} is 0",
        }[held.cause]
        return Reason.OUTSIDE_DOMAIN, f"{name} = {number} is outside the domain: {cause} there."
    left, right = (evaluate(side, {name: number}) for side in equation.sides)
    return (
        Reason.NOT_A_SOLUTION,
        f"{name} = {number} is not a solution: the left side is {left}, the right side {right}.",
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
    found = solution.solutions.as_answer(solution.unknown)
    return Reason.WRONG_VALUE, (f"The solution set is: {found}.",)


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


def _expected_text(solution: Solution, ask: Ask) -> str | None:
    points = solution.solutions.points
    if ask is Ask.SOLUTIONS:
        return solution.solutions.as_answer(solution.unknown)
    if points is None:
        return "infinitely many" if ask is Ask.COUNT else None
    number = _asked_number(points, ask)
    return "no real solutions" if number is None else str(number)
