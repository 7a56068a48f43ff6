"""An answered tuple whose values use other unknowns: these are put in."""

from __future__ import annotations

from verifiers.read_value import AnswerError
from verifiers.syntax.ast import Expr, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, subexpressions, substitute
from verifiers.types import Reason

MAX_PUT_IN = 200  # parts of a tuple after values were put into each other


def without_unknowns(row: tuple[Expr, ...], unknowns: tuple[str, ...]) -> tuple[Expr, ...]:
    """Without unknowns that have a value in it: ``(t, 3 - t)`` for ``x = t, y = 3 - x``."""
    given = dict(zip(unknowns, row, strict=True))
    given = {name: value for name, value in given.items() if value != Sym(name)}
    for _ in range(len(row) + 1):
        used = given.keys() & frozenset().union(*map(free_names, row))
        if not used:
            return row
        row = tuple(substitute(part, given) for part in row)
        if sum(1 for part in row for _ in subexpressions(part)) > MAX_PUT_IN:
            raise OverBudgetError("values that use each other")
    raise AnswerError(Reason.WRONG_KIND, f"The answer gives {min(used)} by itself.")
