"""One thing that a completion states."""

from __future__ import annotations

from dataclasses import dataclass

from verifiers.algebra.exact import Real
from verifiers.syntax.ast import Expr, Operator
from verifiers.trace.records import ClaimKind
from verifiers.trace.words import Mood


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``sides[0] operators[0] sides[1] ...`` as it stands at ``start:end``.

    ``values``: the numbers it is about; ``group`` is shared by candidates that are listed together.
    ``box`` is the content of a conclusion, ``name`` what a number is called: D of ``D = 9 - 8``.
    ``mood`` is never ``SUPPOSED``.
    """

    kind: ClaimKind
    start: int
    end: int
    line: int
    group: int
    mood: Mood = Mood.CLAIMED
    sides: tuple[Expr, ...] = ()
    operators: tuple[Operator, ...] = ()
    values: tuple[Real, ...] = ()
    box: str | None = None
    name: str = ""
    subject: Real | None = None  # the value that is being put back where it stands
