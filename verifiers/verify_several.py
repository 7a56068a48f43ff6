"""Verdicts on systems, and on equations whose parameters have no value."""

from __future__ import annotations

from verifiers.compare_cases import compare_cases, no_answer_exists, read_case_answer
from verifiers.compare_tuples import compare_tuples, expected_tuples, read_tuple_answer
from verifiers.solve import AnySolution, CaseSolution, Parametric, System, SystemSolution
from verifiers.solve.case_text import cases_text
from verifiers.solve.equation import UndecidedError
from verifiers.tuples import Tuples
from verifiers.types import Ask, Reason, Verdict
from verifiers.verdicts import decided, undecided


def decide_several(
    read: System | Parametric, outcome: AnySolution | UndecidedError, ask: Ask, text: str
) -> Verdict:
    """Raises ``AnswerError`` and ``OverBudgetError`` for what is wrong with the answer alone."""
    if isinstance(read, System):
        solution = outcome if isinstance(outcome, SystemSolution) else None
        return _decide_system(read, solution, outcome, ask, text)
    cases = read_case_answer(text, read, ask)
    if isinstance(outcome, UndecidedError):
        return undecided(outcome.reason, str(outcome))
    assert isinstance(outcome, CaseSolution)
    missing = no_answer_exists(outcome, ask)
    if missing is not None:
        return undecided(Reason.UNSUPPORTED_EQUATION, missing)
    reason, evidence = compare_cases(outcome, ask, cases)
    return _verdict(reason, evidence, " ".join(text.split()), outcome, ask)


def expected_several(outcome: AnySolution, ask: Ask) -> str | None:
    """The right answer in canonical form; None where it has none here."""
    if isinstance(outcome, SystemSolution):
        return expected_tuples(outcome, ask)
    if not isinstance(outcome, CaseSolution):
        return None
    if ask is Ask.SOLUTIONS:
        return outcome.text
    return None if no_answer_exists(outcome, ask) else cases_text(outcome, ask)


def _decide_system(
    system: System,
    solution: SystemSolution | None,
    outcome: AnySolution | UndecidedError,
    ask: Ask,
    text: str,
) -> Verdict:
    if ask not in (Ask.SOLUTIONS, Ask.COUNT):
        message = f"The {ask} of the solutions of a system is not defined."
        return undecided(Reason.MALFORMED_PROBLEM, message)
    answer = read_tuple_answer(text, system, ask, solution)
    if isinstance(outcome, UndecidedError):
        return undecided(outcome.reason, str(outcome))
    assert solution is not None
    reason, evidence = compare_tuples(solution, answer)
    shown = answer.text() if isinstance(answer, Tuples) else answer.text(system.unknowns[0])
    return _verdict(reason, evidence, shown, solution, ask)


def _verdict(
    reason: Reason, evidence: tuple[str, ...], answer: str, outcome: AnySolution, ask: Ask
) -> Verdict:
    expected = expected_several(outcome, ask)
    return decided(reason, evidence, answer=answer, expected=expected, domain=outcome.domain_texts)
