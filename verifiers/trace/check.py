"""A problem and a completion -> a checked trace."""

from __future__ import annotations

from verifiers.habits import NONE
from verifiers.solve import Solution, UndecidedError, outcome_of
from verifiers.syntax.errors import OverBudgetError
from verifiers.trace.errors import first_error
from verifiers.trace.facts import Judged, facts_of
from verifiers.trace.habits import trace_habits
from verifiers.trace.records import Claim, Trace, Truth
from verifiers.trace.statement import Statement
from verifiers.trace.statements import read_statements
from verifiers.trace.truth import judge_all
from verifiers.trace.turns import answers_of, turns
from verifiers.trace.values import truth_of
from verifiers.trace.words import REFLECTION
from verifiers.types import Ask, Problem, Verdict
from verifiers.verify import verify, verify_completion


def check_steps(problem: Problem | str, completion: str) -> Trace:
    """What a completion claims, step by step, and what of it is true.

    Never raises for what the texts say: a problem that is not one equation in one unknown, or
    cannot be decided, gives claims that are undecided. Offsets are into ``completion`` as given.
    """
    if isinstance(problem, str):
        problem = Problem(equation=problem)
    verdict = verify_completion(problem, completion)
    has_keyword = REFLECTION.search(completion) is not None
    equation, solution = outcome_of(problem)
    if equation is None or isinstance(solution, UndecidedError) or not isinstance(
        solution, Solution
    ):  # fmt: skip
        return _unchecked(problem, completion, verdict, has_keyword)
    try:
        return _checked(problem, completion, verdict, solution)
    except OverBudgetError:  # solutions that repeat, compared with sets that do not
        return _unchecked(problem, completion, verdict, has_keyword)


def _checked(problem: Problem, completion: str, verdict: Verdict, solution: Solution) -> Trace:
    facts = facts_of(problem, solution)
    statements = read_statements(completion, solution.unknown, solution.equation.parameters)
    judged = judge_all(facts, statements, completion, problem.ask)
    answers = answers_of(facts, judged, completion)
    transition, correction = turns(facts, judged, answers)
    return Trace(
        claims=tuple(_claim(each) for each in judged),
        first_error=first_error(facts, judged, answers, completion, problem.ask),
        habits=trace_habits(facts, problem, judged, completion, verdict),
        transition=transition,
        correction=correction,
        keyword_aha=REFLECTION.search(completion) is not None,
        verdict=verdict,
        had_right=any(answer.is_right for answer in answers),
    )


def _unchecked(problem: Problem, completion: str, verdict: Verdict, has_keyword: bool) -> Trace:
    """Of a problem beyond this analysis: the conclusions alone are judged."""
    unknown = problem.unknown or "x"
    claims = []
    for statement in read_statements(completion, unknown.split(",")[0]):
        truth, evidence = Truth.UNDECIDED, "The problem is beyond the checking of steps."
        if statement.box is not None and problem.ask is Ask.SOLUTIONS:
            found = verify(problem, statement.box)
            truth, evidence = truth_of(found), " ".join(found.evidence)[:300]
        claims.append(_claim(Judged(statement=statement, truth=truth, evidence=evidence)))
    return Trace(
        claims=tuple(claims),
        first_error=None,
        habits=NONE,
        transition=None,
        correction=None,
        keyword_aha=has_keyword,
        verdict=verdict,
    )


def _claim(judged: Judged) -> Claim:
    statement: Statement = judged.statement
    return Claim(
        kind=statement.kind,
        start=statement.start,
        end=statement.end,
        line=statement.line,
        truth=judged.truth,
        values=tuple(map(str, statement.values)),
        evidence=judged.evidence,
    )
