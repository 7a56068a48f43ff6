"""What of a trace is true: each statement against the problem's own solution set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.identity import NoProofError, identical
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.solve import Solution, UndecidedError, holds_at, solve
from verifiers.solve.equation import compared
from verifiers.syntax.ast import Abs, Expr, Mul, Operator, Pow, Root
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.trace.records import ClaimKind, Truth
from verifiers.trace.statements import Statement
from verifiers.trace.words import Mood
from verifiers.types import Ask, Decision, Problem, Verdict
from verifiers.verify import verify

_DENIES = re.compile(
    r"^[\s$)\\\],.]*(?:which |that |this )?(?:is |are )?(?:a |an )?"
    r"(?:false|not (?:true|equal|right|correct|satisfied|possible)|contradict\w*|impossible|"
    r"does(?:n['’]t| not)|no\b|wrong|incorrect|absurd|✗|✘|❌|isn['’]t)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^[\s$)\\\]]*\?")
_YES = re.compile(r"^[\s$)\\\]]*\?\s*[(\[]?(?:yes|true|right|correct|ok|✓|✔|✅)", re.IGNORECASE)
_NO = re.compile(r"^[\s$)\\\]]*\?\s*[(\[]?(?:no\b|false|wrong|not|✗|✘|❌)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A statement and what is true of it.

    ``numbers`` is the solution set of an equation; ``gained`` and ``lost`` are what it has over
    the problem's solutions on the domain, and what it lacks. ``sum_is_wrong``: a number in its
    chain is not the next one. ``differs``: a true statement that two numbers differ.
    """

    statement: Statement
    truth: Truth
    evidence: str
    numbers: RealSet | None = None
    gained: RealSet = field(default_factory=lambda: EMPTY)
    lost: RealSet = field(default_factory=lambda: EMPTY)
    sum_is_wrong: bool = False
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the problem: ``impostors`` solve it only once it is multiplied out, freed
    of roots or of bars."""

    problem: Problem
    solution: Solution
    domain: RealSet
    impostors: tuple[Real, ...]

    @property
    def solutions(self) -> RealSet:
        return self.solution.solutions


def facts_of(problem: Problem, solution: Solution) -> Facts:
    domain = solution.domain
    return Facts(
        problem=replace(problem, ask=Ask.SOLUTIONS, unknown=solution.unknown),
        solution=solution,
        domain=REALS if domain is None else domain,
        impostors=(*solution.excluded, *solution.extraneous),
    )


def judge_all(
    facts: Facts, statements: Sequence[Statement], completion: str, ask: Ask
) -> tuple[Judged, ...]:
    """Each statement judged; an equation also by those around it, since a case of several is
    right though it has not all solutions."""
    judged: list[Judged] = []
    before: tuple[Expr, Expr] = facts.solution.equation.sides
    for statement in statements:
        found = _judge(facts, statement, completion, ask, before)
        judged.append(found)
        if statement.kind is ClaimKind.EQUATION and found.numbers not in (None, REALS):
            before = (statement.sides[0], statement.sides[-1])
    return tuple(_with_cases(facts, judged))


def _judge(
    facts: Facts, statement: Statement, completion: str, ask: Ask, before: tuple[Expr, Expr]
) -> Judged:
    try:
        match statement.kind:
            case ClaimKind.EQUATION:
                return _equation(facts, statement, before)
            case ClaimKind.CANDIDATE:
                return _candidate(facts, statement)
            case ClaimKind.EXCLUSION:
                return _exclusion(facts, statement)
            case ClaimKind.CONCLUSION:
                return _conclusion(facts, statement, ask)
        return _numbers(statement, completion[statement.end : statement.end + 60])
    except (OverBudgetError, UndecidedError, ValueError) as error:
        return Judged(statement=statement, truth=Truth.UNDECIDED, evidence=str(error)[:200])


# Equations


def _equation(facts: Facts, statement: Statement, before: tuple[Expr, Expr]) -> Judged:
    numbers, sum_is_wrong = chain_set(facts, statement.sides)
    unknown = facts.solution.unknown
    if numbers is None:
        return Judged(
            statement=statement, truth=Truth.UNDECIDED, evidence="Its solutions are not decided."
        )
    if statement.mood is Mood.REJECTED:
        is_out = (numbers & facts.solutions) == EMPTY
        word = "no solution satisfies it" if is_out else "a solution satisfies it"
        return Judged(
            statement=statement, truth=_truth(is_out), evidence=f"It is rejected; {word}."
        )
    if numbers == REALS and len(statement.sides) > 1 and not sum_is_wrong:
        return Judged(
            statement=statement, truth=Truth.TRUE, evidence="Both sides are the same.",
            numbers=REALS,
        )  # fmt: skip
    gained = numbers & facts.domain & ~facts.solutions
    lost = facts.solutions & ~numbers
    if sum_is_wrong:
        evidence = "A number in it is not the next one."
        return Judged(
            statement=statement, truth=Truth.FALSE, evidence=evidence, numbers=numbers,
            gained=gained, lost=lost, sum_is_wrong=True,
        )  # fmt: skip
    if gained == EMPTY and lost == EMPTY:
        evidence = (
            f"On the domain it has the problem's solutions, {_shown(facts, facts.solutions)}."
        )
        return Judged(statement=statement, truth=Truth.TRUE, evidence=evidence, numbers=numbers)
    extra = gained.points
    if lost == EMPTY and extra and all(may_be_gained(facts, each, before) for each in extra):
        values = ", ".join(map(str, extra))
        evidence = f"It also holds at {unknown} = {values}, to be shut out later."
        return Judged(statement=statement, truth=Truth.TRUE, evidence=evidence, numbers=numbers)
    evidence = (
        f"Its solutions are {_shown(facts, numbers)}, the problem's "
        f"{_shown(facts, facts.solutions)}."
    )
    return Judged(
        statement=statement, truth=Truth.FALSE, evidence=evidence, numbers=numbers,
        gained=gained, lost=lost,
    )  # fmt: skip


def chain_set(facts: Facts, sides: Sequence[Expr]) -> tuple[RealSet | None, bool]:
    """The numbers at which every link of a chain of equal sides holds; and whether a link between
    numbers alone is false, in which case only the two ends count."""
    result: RealSet | None = REALS
    for left, right in pairwise(sides):
        if not free_names(left) | free_names(right):
            if not _holds(left, "=", right):
                return solution_set(facts, sides[0], sides[-1]), True
            continue
        numbers = solution_set(facts, left, right)
        if numbers is None or result is None:
            return None, False
        result = result & numbers
    return result, False


def solution_set(facts: Facts, left: Expr, right: Expr) -> RealSet | None:
    """None where it is not decided."""
    try:
        if identical(left, right):
            return REALS
    except (NoProofError, OverBudgetError, ValueError):
        pass
    return _solved(to_text(left), "=", to_text(right), facts.problem.unknown or "x")


@lru_cache(maxsize=8192)
def _solved(left: str, operator: Operator, right: str, unknown: str) -> RealSet | None:
    try:
        found = solve(Problem(equation=f"{left} {operator} {right}", unknown=unknown))
    except UndecidedError:
        return None
    return found.solutions if isinstance(found, Solution) else None


def may_be_gained(facts: Facts, value: Real, before: tuple[Expr, Expr]) -> bool:
    """Whether the elimination itself brings the value in, or squaring the equation before does."""
    if value in facts.impostors:
        return True
    left, right = (evaluate(side, {facts.solution.unknown: value}) for side in before)
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return True
    return left == -right and _has(before, (Root, Abs))


def _has(sides: Sequence[Expr], kinds: tuple[type, ...]) -> bool:
    return any(isinstance(part, kinds) for side in sides for part in subexpressions(side))


def _with_cases(facts: Facts, judged: list[Judged]) -> list[Judged]:
    """An equation that follows one with bars, a product or a square may be one case of it, if the
    other cases have what it lacks."""
    out = []
    splits = _splits(facts.solution.equation.sides)
    later: list[RealSet] = [EMPTY] * len(judged)
    seen = EMPTY
    for index in range(len(judged) - 1, -1, -1):
        later[index] = seen
        seen = seen | _said(judged[index])
    others = EMPTY  # what the cases before it have
    for index, each in enumerate(judged):
        if each.statement.kind is not ClaimKind.EQUATION:
            out.append(each)
            continue
        is_case = (
            each.truth is Truth.FALSE
            and not each.sum_is_wrong
            and splits
            and each.lost != EMPTY
            and _are_impostors(facts, each.gained)
            and (each.lost & ~(later[index] | others)) == EMPTY
        )
        if is_case:
            others = others | _said(each)
            evidence = "One case; the others have the rest."
            out.append(replace(each, truth=Truth.TRUE, evidence=evidence, gained=EMPTY, lost=EMPTY))
            continue
        out.append(each)
        if each.numbers is None or each.numbers == REALS:
            continue
        if _splits((each.statement.sides[0], each.statement.sides[-1])):
            splits, others = True, EMPTY
        else:
            others = others | _said(each)
    return out


def _are_impostors(facts: Facts, gained: RealSet) -> bool:
    sides = facts.solution.equation.sides
    points = gained.points
    return points is not None and all(may_be_gained(facts, point, sides) for point in points)


def _splits(sides: tuple[Expr, Expr]) -> bool:
    return _has(sides, (Abs, Pow)) or any(
        isinstance(part, Mul) and sum(bool(free_names(each)) for each in part.factors) > 1
        for side in sides
        for part in subexpressions(side)
    )


def _said(judged: Judged) -> RealSet:
    """The numbers that a later line says: a case's solutions, or candidates."""
    if judged.statement.kind is ClaimKind.CANDIDATE:
        return RealSet.points_only(judged.statement.values)
    if judged.statement.kind is ClaimKind.EQUATION and judged.numbers is not None:
        return judged.numbers if judged.numbers.points is not None else EMPTY
    return EMPTY


# Values


def _candidate(facts: Facts, statement: Statement) -> Judged:
    wrong_sum = len(statement.sides) > 2 and not all(
        _holds(left, "=", right)
        for left, right in pairwise(statement.sides[1:])
        if not free_names(left) | free_names(right)
    )
    if not statement.values:
        is_right = facts.solutions == EMPTY
        shown = _shown(facts, facts.solutions)
        return Judged(statement=statement, truth=_truth(is_right), evidence=f"There are: {shown}."
                      if not is_right else "There is none.")  # fmt: skip
    wrong = [value for value in statement.values if value not in facts.solutions]
    evidence = " ".join(_why_wrong(facts, value) for value in wrong) or (
        f"{facts.solution.unknown} = {', '.join(map(str, statement.values))} solves the problem."
    )
    return Judged(
        statement=statement, truth=_truth(not wrong), evidence=evidence, sum_is_wrong=wrong_sum
    )


def _why_wrong(facts: Facts, value: Real) -> str:
    name = facts.solution.unknown
    if value not in facts.domain:
        return f"{name} = {value} is outside the domain."
    holds = holds_at(facts.solution.equation, value)
    if isinstance(holds, Undefined):
        return f"{name} = {value} is outside the domain."
    return f"{name} = {value} makes the two sides different."


def _exclusion(facts: Facts, statement: Statement) -> Judged:
    if statement.values:
        kept = [value for value in statement.values if value in facts.solutions]
        evidence = (
            f"{facts.solution.unknown} = {kept[0]} is a solution."
            if kept
            else " ".join(_why_wrong(facts, value) for value in statement.values)
        )
        return Judged(statement=statement, truth=_truth(not kept), evidence=evidence)
    allowed = REALS
    for (left, right), operator in zip(pairwise(statement.sides), statement.operators, strict=True):
        numbers = _solved(to_text(left), operator, to_text(right), facts.problem.unknown or "x")
        if numbers is None:
            return Judged(statement=statement, truth=Truth.UNDECIDED,
                          evidence="Where it holds is not decided.")  # fmt: skip
        allowed = allowed & numbers
    if (facts.domain & ~allowed) == EMPTY:
        evidence = "It holds on the whole domain."
        return Judged(statement=statement, truth=Truth.TRUE, evidence=evidence, numbers=allowed)
    is_true = (facts.solutions & ~allowed) == EMPTY
    evidence = "No solution breaks it." if is_true else "A solution breaks it."
    return Judged(statement=statement, truth=_truth(is_true), evidence=evidence, numbers=allowed)


def _conclusion(facts: Facts, statement: Statement, ask: Ask) -> Judged:
    assert statement.box is not None
    verdict = verify(replace(facts.problem, ask=ask), statement.box)
    return Judged(
        statement=statement, truth=truth_of(verdict), evidence=" ".join(verdict.evidence)[:300]
    )


def truth_of(verdict: Verdict) -> Truth:
    return {
        Decision.CORRECT: Truth.TRUE,
        Decision.INCORRECT: Truth.FALSE,
        Decision.UNDECIDED: Truth.UNDECIDED,
    }[verdict.verdict]


# Numbers


def _numbers(statement: Statement, after: str) -> Judged:
    links = list(zip(pairwise(statement.sides), statement.operators, strict=True))
    holds = all(_holds(left, operator, right) for (left, right), operator in links)
    if _ASKS.match(after) and not (_YES.match(after) or _NO.match(after)):
        evidence = "A question, not a claim."
        return Judged(statement=statement, truth=Truth.UNDECIDED, evidence=evidence)
    is_denied = bool(_DENIES.match(after) or _NO.match(after))
    is_true = holds != is_denied
    differs = is_true and (is_denied or statement.operators[-1] == "!=")
    shown = ", ".join(
        f"{to_text(left)} {operator if _holds(left, operator, right) else _not(operator)} "
        f"{to_text(right)}"
        for (left, right), operator in links
    )
    return Judged(
        statement=statement, truth=_truth(is_true), evidence=f"{shown}.",
        sum_is_wrong=not is_true, differs=differs,
    )  # fmt: skip


def _not(operator: Operator) -> str:
    return {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]


def _holds(left: Expr, operator: Operator, right: Expr) -> bool:
    values = evaluate(left, {}), evaluate(right, {})
    if isinstance(values[0], Undefined) or isinstance(values[1], Undefined):
        return False
    return compared(values[0], operator, values[1])


def _truth(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


def _shown(facts: Facts, numbers: RealSet) -> str:
    return numbers.as_answer(facts.solution.unknown)[:120]
