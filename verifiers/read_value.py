"""The numbers in an answer: closed expressions, under budgets, worth one exact value each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifiers.algebra.evaluate import BARE_LOG, Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import RealSet
from verifiers.read_family import family
from verifiers.syntax.ast import Expr, Num, PlusMinus, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError
from verifiers.syntax.parser import Parser
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, plus_minus_choices, subexpressions
from verifiers.types import Reason

MAX_VALUES = 64
MAX_POWERS = 40  # roots and powers in one text: what makes exact comparison expensive
MAX_BITS = 8_000  # of a numerator or denominator
_NONE: frozenset[str] = frozenset()
_SHOWN = 80  # characters of an expression in a message


class AnswerError(ValueError):
    """The answer is wrong whatever the solutions are; ``reason`` says in which way."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ValueParser(Parser):
    """Reads expressions and gives their values; parameters stand for theirs."""

    def __init__(self, text: str, unknown: str, parameters: Mapping[str, Real]) -> None:
        super().__init__(text, {unknown, *parameters} - {BARE_LOG})
        self.unknown = unknown
        self.parameters = parameters
        self.letters: frozenset[str] = frozenset()  # that stand for any integer
        self._num_values = 0
        self._num_powers = 0

    def values(self, expr: Expr, operator: str) -> RealSet:
        """The numbers x with ``x operator expr``; a ``±`` in it gives two values."""
        letters = _NONE if isinstance(expr, Num) else free_names(expr) & self.letters
        choices = self._admit(expr, letters)
        if letters:
            return self._family(expr, letters, operator)
        if choices == 0:
            return RealSet.compared(operator, self._value(expr))
        if operator not in ("=", "!="):
            raise ParseError("an inequality with ±")
        plus, minus = (
            RealSet.compared(operator, self._value(choice)) for choice in plus_minus_choices(expr)
        )
        return plus | minus if operator == "=" else plus & minus

    def comma_in_bracket(self) -> bool:
        """Whether the bracket that opens here has a comma of its own: a tuple, set or interval."""
        depth = 0
        for token in self.tokens[self.index :]:
            depth += (token.kind in ("(", "[", "{")) - (token.kind in (")", "]", "}"))
            if depth == 0:
                return False
            if depth == 1 and token.kind in (",", ";"):
                return True
        return False

    def _family(self, expr: Expr, letters: frozenset[str], operator: str) -> RealSet:
        if len(letters) > 1:
            raise ParseError("two integers in one value")
        if operator not in ("=", "!="):
            raise ParseError("an inequality with an integer in it")
        (letter,) = letters
        found = family(expr, letter, self.parameters)
        return found if operator == "=" else ~found

    def one_value(self, sides: Sequence[Expr]) -> Real:
        """The value that all sides of an = chain have."""
        if sum(self._admit(side) for side in sides):
            raise AnswerError(Reason.WRONG_KIND, "± gives two values where one is asked for.")
        values = [self._value(side) for side in sides]
        if any(value != values[0] for value in values[1:]):
            chain = " = ".join(map(str, values))[:_SHOWN]
            raise AnswerError(Reason.WRONG_KIND, f"The answer contradicts itself: {chain}.")
        return values[0]

    def is_unknown(self, expr: Expr) -> bool:
        """Whether this is the unknown, or one of ``x_1``, ``x_2``, ... where it is ``x``."""
        return isinstance(expr, Sym) and (
            expr.name == self.unknown or expr.name.startswith(self.unknown + "_")
        )

    def check_assigned(self, left: Expr) -> None:
        """Only the unknown may be given a value."""
        if self.is_unknown(left):
            return
        shown = to_text(left)[:_SHOWN]
        if isinstance(left, Sym):
            raise AnswerError(Reason.WRONG_KIND, f"The answer gives {shown}, not {self.unknown}.")
        raise AnswerError(Reason.WRONG_KIND, f"The answer is not solved: its left side is {shown}.")

    def _admit(self, expr: Expr, letters: frozenset[str] = frozenset()) -> int:
        """The number of ± in a value, once its names and its size are found to be in order."""
        parts = [type(part) for part in subexpressions(expr)]
        self._num_values += 1
        self._num_powers += parts.count(Root) + parts.count(Pow)
        if self._num_values > MAX_VALUES or self._num_powers > MAX_POWERS:
            raise OverBudgetError(
                f"more than {MAX_VALUES} values, or than {MAX_POWERS} roots and powers"
            )
        if Sym in parts and (names := free_names(expr) - self.parameters.keys() - letters):
            shown = ", ".join(sorted(names))[:_SHOWN]
            raise AnswerError(Reason.WRONG_KIND, f"The answer is no number: it has {shown} in it.")
        if (choices := parts.count(PlusMinus)) > 1:
            raise ParseError("several ± in one value have two readings")
        return choices

    def _value(self, expr: Expr) -> Real:
        value = evaluate(expr, self.parameters)
        if isinstance(value, Undefined):
            shown = to_text(expr)[:_SHOWN]
            raise AnswerError(Reason.WRONG_KIND, f"{shown} is no real number: {value.cause}.")
        self.check_size(value)
        return value

    @staticmethod
    def check_size(value: Real) -> None:
        if max(value.bounds()[:2]) > MAX_BITS:
            raise OverBudgetError(f"a number of more than {MAX_BITS} bits")
