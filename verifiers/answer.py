"""Answer text -> what it answers: a set of numbers, or one number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verifiers.algebra.exact import Real
from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.guard import guarded
from verifiers.phrases import read_phrase
from verifiers.read_set import SetParser, parse_set
from verifiers.read_value import AnswerError
from verifiers.syntax.ast import Sym
from verifiers.types import Ask, Reason

_LABELS = {
    Ask.SUM: "sum|total",
    Ask.PRODUCT: "product",
    Ask.COUNT: "number|count",
    Ask.LARGEST: "largest|greatest|maximum|biggest",
    Ask.SMALLEST: "smallest|least|minimum",
}
_COUNTED = re.compile(r"(\S+)(?: distinct)?(?: real)? (?:solutions?|roots?)")
_COUNT_WORDS = ("zero", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """``numbers`` where a set was answered, ``number`` where one number; both for one value."""

    numbers: RealSet | None = None
    number: Real | None = None
    infinitely_many: bool = False

    def text(self, unknown: str) -> str:
        if self.number is not None:
            return str(self.number)
        return self.numbers.as_answer(unknown) if self.numbers is not None else "infinitely many"


def parse_answer(
    text: str, unknown: str, ask: Ask = Ask.SOLUTIONS, parameters: Mapping[str, Real] | None = None
) -> Answer:
    """What ``text`` answers to ``ask``; raises ``AnswerError``."""
    given = parameters or {}
    if ask is Ask.SOLUTIONS:
        return guarded(text, lambda: Answer(numbers=parse_set(text, unknown, given)))
    return guarded(text, lambda: _parse_number(text, unknown, ask, given))


def _parse_number(text: str, unknown: str, ask: Ask, parameters: Mapping[str, Real]) -> Answer:
    phrase = read_phrase(text, unknown)
    if phrase is not None:
        if phrase.kind == "no solution":
            return Answer(numbers=EMPTY)
        return Answer(infinitely_many=True)
    if ask is Ask.COUNT:
        counted = _COUNTED.fullmatch(text.strip().rstrip(".").lower())
        text = counted[1] if counted else text
        word = text.strip().lower()
        text = str(_COUNT_WORDS.index(word)) if word in _COUNT_WORDS else text
    label = re.match(
        rf"\s*(?:the )?(?:{_LABELS[ask]})(?: (?:real )?(?:solutions?|roots?|values?))?"
        r"(?: of (?:the |all )?(?:distinct )?(?:real )?(?:solutions|roots|values))?\s*(?:=|:|is\b)",
        text,
        re.IGNORECASE,
    )
    text = text[label.end() :] if label else text
    parser = SetParser(text, unknown, parameters)
    if parser.set_stands_here():
        numbers = parser.set()
        parser.expect_end("the end")
        if numbers.points == ():
            return Answer(numbers=EMPTY)
        raise AnswerError(Reason.WRONG_KIND, f"One number is asked for ({ask}), not a set.")
    sides, operators = parser.chain()
    parser.accept(".")
    if parser.token.kind in (",", ";") or parser.token.value in ("and", "or"):
        raise AnswerError(Reason.WRONG_KIND, f"One number is asked for ({ask}), not several.")
    parser.expect_end("the end")
    if set(operators) > {"="} or (operators and set(operators) != {"="}):
        raise AnswerError(Reason.WRONG_KIND, "An inequality is no number.")
    if operators and sides[0] == Sym(unknown) and ask in (Ask.LARGEST, Ask.SMALLEST):
        sides = sides[1:]
    return Answer(number=parser.one_value(sides))
