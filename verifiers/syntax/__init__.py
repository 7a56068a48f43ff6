"""Text (LaTeX, plain, unicode) -> our own small expression tree, under budgets; never eval."""

from verifiers.syntax.errors import OverBudgetError, ParseError, UnsupportedSyntaxError
from verifiers.syntax.parser import parse_chain, parse_expression, parse_relation
from verifiers.syntax.text import to_text

__all__ = [
    "OverBudgetError",
    "ParseError",
    "UnsupportedSyntaxError",
    "parse_chain",
    "parse_expression",
    "parse_relation",
    "to_text",
]
