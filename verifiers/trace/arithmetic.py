"""Whether numbers are related as a text says, or denies."""

from __future__ import annotations

import re
from itertools import pairwise

from verifiers.syntax.ast import Operator
from verifiers.syntax.text import to_text
from verifiers.trace.facts import Judged, truth_if
from verifiers.trace.numbers import holds
from verifiers.trace.records import Truth
from verifiers.trace.statement import Statement

_DENIES = re.compile(
    r"^[\s$)\\\],.]*(?:which |that |this )?(?:is |are )?(?:a |an )?"
    r"(?:false|not (?:true|equal|right|correct|satisfied|possible)|contradict\w*|impossible|"
    r"does(?:n['’]t| not)|wrong|incorrect|absurd|isn['’]t)",
    re.IGNORECASE,
)
# Of a true relation these deny the value that was tried ("12, no"); only a false one is denied.
_DENIES_IF_FALSE = re.compile(r"^[\s$)\\\],.]*(?:no\b|nope\b|✗|✘|❌|×(?:\s|$))", re.IGNORECASE)
_ASKS = re.compile(r"^[\s$)\\\]]*\?")
_YES = re.compile(r"^[\s$)\\\]]*\?\s*[(\[]?(?:yes|true|right|correct|ok|✓|✔|✅)", re.IGNORECASE)
_NO = re.compile(r"^[\s$)\\\]]*\?\s*[(\[]?(?:no\b|false|wrong|not|✗|✘|❌)", re.IGNORECASE)


def judge_numbers(statement: Statement, after: str) -> Judged:
    links = list(zip(pairwise(statement.sides), statement.operators, strict=True))
    is_so = all(holds(left, operator, right) for (left, right), operator in links)
    if _ASKS.match(after) and not (_YES.match(after) or _NO.match(after)):
        evidence = "A question, not a claim."
        return Judged(statement=statement, truth=Truth.UNDECIDED, evidence=evidence)
    is_over = is_so and after.lstrip(" $)\\]").startswith(".")  # "9 - 1 = 8. Not equal": both sides
    is_denied = bool((_DENIES.match(after) and not is_over) or _NO.match(after))
    if not is_so and "!=" not in statement.operators:
        is_denied = is_denied or _DENIES_IF_FALSE.match(after) is not None
    way_is_so = all(holds(left, operator, right) for (left, right), operator in links[:-1])
    is_true = is_so != is_denied and (is_so or way_is_so)  # "√4 = 3 = -2, no": wrong before the end
    differs = is_true and (is_denied or statement.operators[-1] == "!=")
    shown = ", ".join(
        f"{to_text(left)} {operator if holds(left, operator, right) else _not(operator)} "
        f"{to_text(right)}"
        for (left, right), operator in links
    )
    return Judged(
        statement=statement, truth=truth_if(is_true), evidence=f"{shown}.",
        sum_is_wrong=not is_true, differs=differs,
    )  # fmt: skip


def _not(operator: Operator) -> str:
    return {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]
