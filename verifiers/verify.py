"""A problem and an answer -> a verdict with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter

from verifiers.answer import Answer, parse_answer
from verifiers.compare import compare, expected_text
from verifiers.compare_complex import compare_complex, expected_complex
from verifiers.domain_words import plain_words
from verifiers.extract import extract_answer
from verifiers.gold import GoldError, compare_with_gold, read_gold
from verifiers.grouped import readings
from verifiers.phrases import read_phrase
from verifiers.read_complex import parse_complex
from verifiers.read_value import AnswerError
from verifiers.solve import (
    AnySolution,
    ComplexSolution,
    Equation,
    Solution,
    UndecidedError,
    outcome_of,
)
from verifiers.syntax.errors import OverBudgetError
from verifiers.types import Ask, Decision, Domain, Problem, Reason, Verdict
from verifiers.verdicts import decided, undecided
from verifiers.verify_several import decide_several, expected_several


def verify(
    problem: Problem | str | None = None,
    answer: str | None = None,
    *,
    gold: str | None = None,
    unknown: str | None = None,
) -> Verdict:
    """Whether a bare answer is right; a string is a problem with that equation.

    Where only a gold answer is known: ``verify(gold=..., answer=...)``, with the ``unknown`` that
    it is about where it does not name it. Never raises for what the texts say: the model's faults
    are incorrect with a reason, problems and gold answers beyond the verifier are undecided.
    Raises ``ValueError`` where there is no answer, or not one of a problem and a gold answer.
    """
    check_call(problem, answer, gold, unknown)
    assert answer is not None
    start = perf_counter()
    return _timed(_judge(problem, gold, unknown, answer), start)


def verify_completion(
    problem: Problem | str | None = None,
    completion: str | None = None,
    *,
    gold: str | None = None,
    unknown: str | None = None,
) -> Verdict:
    """Whether the final answer of a completion is right: its last ``\\boxed{...}``.

    Called as ``verify`` is.
    """
    check_call(problem, completion, gold, unknown)
    assert completion is not None
    start = perf_counter()
    extraction = extract_answer(completion)
    if extraction.text is not None:
        return _timed(_judge(problem, gold, unknown, extraction.text), start)
    assert extraction.reason is not None
    error = AnswerError(extraction.reason, extraction.message)
    if problem is not None:
        return _timed(_incorrect(problem, error.reason, str(error)), start)
    assert gold is not None
    return _timed(_decide_by_gold(readings(gold)[0], unknown, error), start)


def check_call(
    problem: Problem | str | None, answer: str | None, gold: str | None, unknown: str | None
) -> None:
    """Raises ``ValueError`` for arguments that ``verify`` does not take."""
    if answer is None:
        raise ValueError("verify needs the answer, as a text")
    if (problem is None) == (gold is None):
        raise ValueError("verify needs one of a problem and gold")
    if problem is not None and unknown is not None:
        raise ValueError("unknown goes with gold; that of a problem stands in its Problem")


def _timed(verdict: Verdict, start: float) -> Verdict:
    return replace(verdict, elapsed_ms=(perf_counter() - start) * 1000)


def _judge(
    problem: Problem | str | None, gold: str | None, unknown: str | None, text: str
) -> Verdict:
    if problem is not None:
        return _best(_decide(problem, reading) for reading in readings(text))
    assert gold is not None
    return _best(
        _decide_by_gold(truth, unknown, reading)
        for truth in readings(gold)
        for reading in readings(text)
    )


def _best(verdicts: Iterable[Verdict]) -> Verdict:
    """The first that is correct, else the first."""
    first = None
    for verdict in verdicts:
        if verdict.verdict is Decision.CORRECT:
            return verdict
        first = first or verdict
    assert first is not None
    return first


def _decide(problem: Problem | str, text: str) -> Verdict:
    if isinstance(problem, str):
        problem = Problem(equation=problem)
    equation, outcome = outcome_of(problem)
    if equation is None:
        assert isinstance(outcome, UndecidedError)
        return undecided(outcome.reason, str(outcome))
    try:
        if not isinstance(equation, Equation):
            assert not isinstance(outcome, Solution | ComplexSolution)
            return decide_several(equation, outcome, problem.ask, text)
        text = plain_words(text, equation.unknown, problem.domain)
        if isinstance(outcome, UndecidedError):
            _read(problem, equation, text)
            return undecided(outcome.reason, str(outcome))
        if isinstance(outcome, ComplexSolution):
            parameters = equation.parameters
            reason, evidence, shown = compare_complex(outcome, problem.ask, text, parameters)
        else:
            assert isinstance(outcome, Solution)
            answer = _read(problem, equation, text)
            reason, evidence = compare(outcome, problem.ask, answer)
            shown = answer.text(equation.unknown)
    except AnswerError as error:
        return _incorrect(problem, error.reason, str(error))
    except OverBudgetError as error:
        return _incorrect(problem, Reason.OVER_BUDGET_ANSWER, f"The answer is too large: {error}.")
    if reason is Reason.UNSUPPORTED_EQUATION:
        return undecided(reason, *evidence)
    expected = _expected(outcome, problem.ask)
    return decided(reason, evidence, answer=shown, expected=expected, domain=outcome.domain_texts)


def _read(problem: Problem, equation: Equation, text: str) -> Answer:
    """The answer, empty where it is one about complex numbers; raises ``AnswerError``."""
    if problem.domain is Domain.COMPLEX and problem.ask is Ask.SOLUTIONS:
        if read_phrase(text, equation.unknown) is None:
            parse_complex(text, equation.unknown, equation.parameters)
        return Answer()
    return parse_answer(text, equation.unknown, problem.ask, equation.parameters)


def _expected(solution: AnySolution, ask: Ask) -> str | None:
    if isinstance(solution, ComplexSolution):
        return expected_complex(solution, ask)
    if isinstance(solution, Solution):
        return expected_text(solution, ask)
    return expected_several(solution, ask)


def _incorrect(problem: Problem | str, reason: Reason, message: str) -> Verdict:
    """A verdict on an answer that holds nothing to compare."""
    if isinstance(problem, str):
        problem = Problem(equation=problem)
    _, outcome = outcome_of(problem)
    if isinstance(outcome, UndecidedError):
        return decided(reason, (message,), answer=None, expected=None)
    expected = _expected(outcome, problem.ask)
    return decided(reason, (message,), answer=None, expected=expected, domain=outcome.domain_texts)


def _decide_by_gold(text: str, unknown: str | None, answer: str | AnswerError) -> Verdict:
    gold = read_gold(text, unknown)
    if isinstance(gold, GoldError):
        return undecided(Reason.MALFORMED_PROBLEM, str(gold))
    shown = None
    try:
        if isinstance(answer, AnswerError):
            raise answer
        reason, shown, evidence = compare_with_gold(gold, answer)
    except AnswerError as error:
        reason, evidence = error.reason, (str(error),)
    except OverBudgetError as error:
        reason, evidence = Reason.OVER_BUDGET_ANSWER, (f"The answer is too large: {error}.",)
    return decided(reason, evidence, answer=shown, expected=gold.text)
