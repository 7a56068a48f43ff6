"""Answer text -> a list of complex numbers: ``x = 1 ± 2i``, ``{2, -1 + √3 i}``, ``±i``."""

from __future__ import annotations

from collections.abc import Mapping

from verifiers.algebra.complex_number import (
    UNIT,
    ComplexNumber,
    NoValueError,
    evaluate_complex,
)
from verifiers.algebra.exact import Real
from verifiers.phrases import read_phrase
from verifiers.read_set import LEAD_IN
from verifiers.read_value import MAX_BITS, AnswerError, ValueParser
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import MAX_CHARACTERS, OverBudgetError, ParseError
from verifiers.syntax.walk import plus_minus_choices
from verifiers.types import Reason


def parse_complex(
    text: str, unknown: str, parameters: Mapping[str, Real]
) -> tuple[ComplexNumber, ...]:
    """The answered numbers, each once; raises ``AnswerError``."""
    if not text.strip():
        raise AnswerError(Reason.NO_ANSWER, "The answer is empty.")
    try:
        if len(text) > MAX_CHARACTERS:
            raise OverBudgetError(f"{len(text)} characters; at most {MAX_CHARACTERS} are read")
        phrase = read_phrase(text, unknown)
        if phrase is not None:
            if phrase.kind == "no solution":
                return ()
            raise AnswerError(Reason.WRONG_KIND, "The solutions are single numbers.")
        lead_in = LEAD_IN.match(text)
        parser = ComplexParser(text[lead_in.end() :] if lead_in else text, unknown, parameters)
        return parser.numbers()
    except OverBudgetError as error:
        raise AnswerError(
            Reason.OVER_BUDGET_ANSWER, f"The answer is too large: {error}."
        ) from error
    except ParseError as error:
        raise AnswerError(
            Reason.UNPARSABLE_ANSWER, f"The answer cannot be read: {error}."
        ) from error


class ComplexParser(ValueParser):
    """Values with ``i`` in them, between commas, "or" and "and", perhaps in braces."""

    def __init__(self, text: str, unknown: str, parameters: Mapping[str, Real]) -> None:
        if unknown == UNIT or UNIT in parameters:
            raise AnswerError(Reason.WRONG_KIND, f"{UNIT} is the imaginary unit here.")
        super().__init__(text, unknown, {**parameters, UNIT: Real.of(0)})
        self._values = parameters

    def numbers(self) -> tuple[ComplexNumber, ...]:
        found: list[ComplexNumber] = []
        while True:
            for number in self._item():
                if not any(number == other for other in found):
                    found.append(number)
            if not (
                self.accept(",")
                or self.accept(";")
                or self._word_follows("and")
                or self._word_follows("or")
            ):
                break
            _ = self._word_follows("and") or self._word_follows("or")
        self.accept(".")
        self.expect_end("'or', ',' or the end")
        return tuple(found)

    def _item(self) -> list[ComplexNumber]:
        if self._braces_stand_here():
            return self._braces()
        sides = [self.sum()]
        while self.accept("=") or self._word_follows("in"):
            if self._braces_stand_here():
                self.check_assigned(sides[0])
                return self._braces()
            sides.append(self.sum())
        if len(sides) > 1:
            if self.is_unknown(sides[-1]) and not self.is_unknown(sides[0]):
                sides = sides[::-1]
            self.check_assigned(sides[0])
            sides = sides[1:]
        values = [self._choices(side) for side in sides]
        if any(not _same(other, values[0]) for other in values[1:]):
            raise AnswerError(Reason.WRONG_KIND, "The answer contradicts itself.")
        return values[0]

    def _braces(self) -> list[ComplexNumber]:
        self.advance()
        found: list[ComplexNumber] = []
        while self.token.kind not in ("\\}", "}"):
            found += self._item()
            if not (self.accept(",") or self.accept(";")):
                break
        if not (self.accept("\\}") or self.accept("}")):
            self.fail("'}'")
        return found

    def _braces_stand_here(self) -> bool:
        return self.token.kind in ("\\{", "{")

    def _word_follows(self, word: str) -> bool:
        if self.token.value.lower() == word or self.token.kind == word:
            self.index += 1
            return True
        return False

    def _choices(self, expr: Expr) -> list[ComplexNumber]:
        self._admit(expr)
        return [self._number(choice) for choice in plus_minus_choices(expr)]

    def _number(self, expr: Expr) -> ComplexNumber:
        try:
            number = evaluate_complex(expr, self._values)
        except NoValueError as error:
            raise AnswerError(Reason.WRONG_KIND, f"The answer has {error} in it.") from error
        if max(*number.re.bounds()[:2], *number.im.bounds()[:2]) > MAX_BITS:
            raise OverBudgetError(f"a number of more than {MAX_BITS} bits")
        return number


def _same(left: list[ComplexNumber], right: list[ComplexNumber]) -> bool:
    return len(left) == len(right) and all(any(x == y for y in right) for x in left)
