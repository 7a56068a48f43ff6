"""Values put back into the problem's equation, where the words do not say so formally.

"Check: √9 = 3 and 9 - 6 = 3" computes both sides at 9; whose value that is, mathematics decides:
the numbers must be those of the problem's own sides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.solve.kernels import number_expr
from verifiers.syntax.ast import Abs, Expr, Neg, Num, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, substitute
from verifiers.trace.arithmetic import judge_numbers
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.records import ClaimKind, Truth
from verifiers.trace.statement import Statement
from verifiers.trace.words import CHECKING

MAX_GAP = 120  # characters between the two sides
MAX_VALUES = 4  # the last candidates that a check may be about
_NOT_NUMBER = re.compile(
    r"[\s$.,)\\\]]*(?:(?:that|this|it|which)(?:['’]s| is| does)|but|and|is)?\s*"
    r"(?:not?|isn['’]t|instead of|rather than|(?:it |we |this )?(?:should (?:be|equal|have been)|"
    r"need(?:s|ed)?))\s*(?:equal(?: to)?)?\s*\$?(?P<number>[-−]?\d+(?:\.\d+|/\d+)?)",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"\b(?:then|there|here|in (?:that|this) case|at (?:that|this) (?:value|point))[\s,:$]*$",
    re.IGNORECASE,
)
_DIFFER = re.compile(
    r"≠|\\neq?\b|!=|✗|✘|❌|\b(?:differ\w*|not (?:equal|the same|match\w*|work|satisf\w*)|"
    r"(?:is|are|do|does)n['’]t|unequal|mismatch|no match|fails?|extraneous|spurious|reject\w*|"
    r"discard\w*|impossible|contradict\w*|wrong|mistake|invalid|not \$?[-−]?\d)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Sides:
    """The problem's sides at a value, and which of them have been said since."""

    value: Real
    left: Real
    right: Real
    has_left: bool = False
    has_right: bool = False
    said: int = 0  # statements
    at: int = -(10**9)  # where the last was said


def with_put_back(facts: Facts, judged: Sequence[Judged], completion: str) -> list[Judged]:
    """Marks the statements at which both sides of the problem at a value have truly been said:
    ``checked`` is the value, ``differs`` whether they differ and the text says so."""
    out: list[Judged] = []
    recent: list[Real] = []
    said_at = 0  # where the last candidate ends
    is_checking = False
    open_: dict[str, _Sides | None] = {}
    for each in judged:
        statement = each.statement
        if statement.kind in (ClaimKind.CANDIDATE, ClaimKind.EXCLUSION) and statement.values:
            recent = [*statement.values, *(v for v in recent if v not in statement.values)]
            recent, said_at, is_checking = recent[:MAX_VALUES], statement.end, False
        is_number = statement.kind in (ClaimKind.ARITHMETIC, ClaimKind.SUBSTITUTION)
        is_relation = statement.kind in (ClaimKind.EQUATION, ClaimKind.EXCLUSION)
        subject = statement.subject
        if subject is None and recent and _THERE.search(completion, said_at, statement.start):
            subject = recent[0]
        is_checking = is_checking or bool(CHECKING.search(completion, said_at, statement.start))
        if is_number and statement.values:
            subject, values = statement.values[0], [statement.values[0]]
        elif subject is not None:
            values = [subject]
        else:
            values = recent if is_checking else []
        if is_relation and subject is not None and not statement.values:
            each = _put_in(facts, each, subject)
            is_number = each.statement.kind is ClaimKind.SUBSTITUTION
        if is_number and each.truth is Truth.TRUE and not statement.name:
            for value in values:
                if str(value) not in open_:
                    open_[str(value)] = _sides_at(facts, value)
                sides = open_[str(value)]
                if sides is not None and (
                    found := _checked(facts, each, sides, completion, said_at)
                ):
                    each = found
                    break
        out.append(each)
    return out


def _sides_at(facts: Facts, value: Real) -> _Sides | None:
    found = []
    for side in facts.solution.equation.sides:
        try:
            number = evaluate(side, {facts.solution.unknown: value})
        except (ValueError, OverBudgetError):
            return None
        if isinstance(number, Undefined):
            return None
        found.append(number)
    return _Sides(value, found[0], found[1])


def _checked(
    facts: Facts, judged: Judged, sides: _Sides, completion: str, since: int
) -> Judged | None:
    statement = judged.statement
    if statement.start - sides.at > MAX_GAP:
        sides.has_left, sides.has_right, sides.said = False, False, 0
    numbers = [number for side in statement.sides if (number := _number(side)) is not None]
    after = _NOT_NUMBER.match(completion, statement.end, statement.end + 60)
    said_not = [after["number"].replace("−", "-")] if after else []
    is_left = any(sides.left == number for number in numbers)
    is_right = any(sides.right == number for number in numbers) or str(sides.right) in said_not
    if not (is_left or is_right):
        return None
    sides.has_left, sides.has_right = sides.has_left or is_left, sides.has_right or is_right
    sides.said, sides.at = sides.said + 1, statement.end
    differs = sides.left != sides.right
    if (
        differs
        and not (sides.has_left and sides.has_right)
        and not _below_zero(facts, judged, sides)
    ):
        return None
    about = replace(statement, kind=ClaimKind.SUBSTITUTION, values=(sides.value,))
    if not differs:
        is_half = sides.said == 1 and _is_half(facts, statement)
        return None if is_half else replace(judged, statement=about, checked=sides.value)
    is_denied = sides.left in numbers and sides.right in numbers and "!=" not in statement.operators
    if is_denied:  # "3 = -3 is false", judged as it stands
        return None
    here = completion[max(since, statement.start - 100) : statement.end + 80]
    refuted = sides.value if _DIFFER.search(here) else None
    return replace(judged, statement=about, checked=sides.value, refuted=refuted)


def _is_half(facts: Facts, statement: Statement) -> bool:
    """``√16 = 4`` alone says nothing of ``x - 1``; it does of ``4``, and ``4 = 4`` of both."""
    if any(isinstance(side, Sym) or not free_names(side) for side in facts.solution.equation.sides):
        return False
    return not _is_plain(statement.sides[0]) and _is_plain(statement.sides[-1])


def _is_plain(side: Expr) -> bool:
    return isinstance(side.arg if isinstance(side, Neg) else side, Num)


def _below_zero(facts: Facts, judged: Judged, sides: _Sides) -> bool:
    """``2x = -6 < 0`` where the other side is a root or stands in bars."""
    if judged.statement.operators[-1:] != ("<",):
        return False
    left, right = facts.solution.equation.sides
    return (sides.has_right and sides.right.sign() < 0 and isinstance(left, Root | Abs)) or (
        sides.has_left and sides.left.sign() < 0 and isinstance(right, Root | Abs)
    )


def _put_in(facts: Facts, judged: Judged, subject: Real) -> Judged:
    """``x + 2 = -4`` while -6 is put back is no equation but its right side there."""
    statement, unknown = judged.statement, facts.solution.unknown
    with_unknown = [side for side in statement.sides if free_names(side)]
    if len(with_unknown) != 1 or not any(
        with_unknown[0] == side for side in facts.solution.equation.sides
    ):
        return judged
    sides = tuple(substitute(side, {unknown: number_expr(subject)}) for side in statement.sides)
    about = replace(statement, kind=ClaimKind.SUBSTITUTION, sides=sides, values=(subject,))
    try:
        found = judge_numbers(about, "")
    except (ValueError, OverBudgetError):
        return judged
    return found if found.truth is Truth.TRUE else judged


def _number(expr: Expr) -> Real | None:
    try:
        if free_names(expr):
            return None
        value = evaluate(expr, {})
    except (ValueError, OverBudgetError):
        return None
    return None if isinstance(value, Undefined) else value
