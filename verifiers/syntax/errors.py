"""What can be wrong with a text, and the budgets that are checked before anything big exists."""

from __future__ import annotations

MAX_CHARACTERS = 4_000
MAX_TOKENS = 600
MAX_DEPTH = 40
MAX_DIGITS = 200  # of one number
MAX_DIVISIONS = 40  # a/b/c/... is a tree as deep as it is long
MAX_POWER_BITS = 4_000  # of the numerator and of the denominator of a power


class ParseError(ValueError):
    """A text that is not in the grammar: ``position`` is a character offset into it."""

    def __init__(self, problem: str, position: int = 0) -> None:
        super().__init__(f"{problem} (at character {position + 1})")
        self.problem = problem
        self.position = position


class OverBudgetError(ParseError):
    """A text, or a number that it asks for, larger than anybody writes in earnest."""


class UnsupportedSyntaxError(ParseError):
    """Mathematics that the grammar knows of but does not cover, such as sin or log."""
