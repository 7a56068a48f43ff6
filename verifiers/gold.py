"""An answer against a gold answer alone: one grammar reads both, and they are compared exactly.

A gold answer is a set of numbers (``3``, ``x = 1 or x = 2``, ``x >= 3``, ``no real solutions``),
one expression in parameters (``x = 2a + 1``) or, where several unknowns are declared, tuples.
What it names as its unknown, an answer may name too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from verifiers.algebra.identity import NoProofError, identical
from verifiers.algebra.sets import RealSet
from verifiers.answer import parse_answer
from verifiers.differences import without
from verifiers.gold_tuples import (
    GoldTuples,
    compare_with_tuples,
    read_gold_tuples,
    several_unknowns,
)
from verifiers.read_value import AnswerError
from verifiers.syntax.ast import Expr, PlusMinus, Sym
from verifiers.syntax.errors import MAX_CHARACTERS, OverBudgetError, ParseError
from verifiers.syntax.parser import parse_chain
from verifiers.syntax.text import to_text
from verifiers.syntax.tokens import tokenize
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.syntax.words import ENGLISH, FUNCTIONS, GREEK_NAMES
from verifiers.types import Reason

CACHE_SIZE = 4096
MAX_SHOWN = 8  # numbers in the evidence
_LEAD_IN = re.compile(r"\s*(?:the )?(?:final )?answer(?: is|\s*[:=])\s*(?=\S)", re.IGNORECASE)


Comparison: TypeAlias = tuple[Reason, str | None, tuple[str, ...]]


class GoldError(ValueError):
    """The gold answer cannot be read, so that no answer can be judged by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Gold:
    """Numbers, an expression or tuples; ``unknown`` is None where the gold answer names none."""

    unknown: str | None
    numbers: RealSet | None = None
    expression: Expr | None = None
    tuples: GoldTuples | None = None

    @property
    def text(self) -> str:
        if self.tuples is not None:
            return self.tuples.text
        if self.expression is not None:
            return to_text(self.expression)
        assert self.numbers is not None
        return self.numbers.as_answer(self.unknown or "x")


@lru_cache(maxsize=CACHE_SIZE)
def read_gold(text: str, unknown: str | None = None) -> Gold | GoldError:
    """What ``text`` says, or why that cannot be told; ``unknown`` is declared beside it."""
    try:
        if several := several_unknowns(unknown):
            return Gold(unknown, tuples=read_gold_tuples(text, several))
    except (AnswerError, OverBudgetError) as error:
        return GoldError(f"The gold answer cannot be read. {error}")
    names = _names(text)
    problem = ""
    candidates = [unknown] if unknown else [None, *names]
    for candidate in candidates:
        try:
            numbers = parse_answer(text, candidate or _unused(names)).numbers
            assert numbers is not None  # a set is asked for
            return Gold(candidate, numbers=numbers)
        except (AnswerError, OverBudgetError) as error:
            problem = problem or str(error)
    try:
        left, expr = _expression(text, unknown)
        names_in_it = free_names(expr)
        if names_in_it and all(map(_is_letter, names_in_it)) and identical(expr, expr):
            return Gold(unknown or left, expression=expr)
    except (AnswerError, ParseError, NoProofError) as error:
        problem = problem or str(error)
    return GoldError(f"The gold answer cannot be read. {problem}")


def compare_with_gold(gold: Gold, text: str) -> Comparison:
    """The reason, the canonical answer and the evidence; raises ``AnswerError``.

    Raises ``OverBudgetError`` for numbers that are too entangled.
    """
    if gold.tuples is not None:
        return compare_with_tuples(gold.tuples, text)
    if gold.expression is not None:
        return _compare_expressions(gold, gold.expression, text)
    assert gold.numbers is not None
    unknown = gold.unknown or _name_in(text)
    answered = parse_answer(text, unknown).numbers
    assert answered is not None
    shown = answered.as_answer(unknown)
    if answered == gold.numbers:
        return Reason.EQUAL, shown, (f"The answer is the gold answer: {gold.text}.",)
    evidence = [f"The gold answer is: {gold.text}."]
    missing, invented = without(gold.numbers, answered), without(answered, gold.numbers)
    evidence += [f"{number} is in it and was not answered." for number in _some(missing)]
    evidence += [f"{number} was answered and is not in it." for number in _some(invented)]
    reason = Reason.NOT_A_SOLUTION if _some(invented) else Reason.MISSING_SOLUTION
    single = gold.numbers.points is not None and len(gold.numbers.points) == 1
    return Reason.WRONG_VALUE if single else reason, shown, tuple(evidence)


def _compare_expressions(gold: Gold, expected: Expr, text: str) -> Comparison:
    if not text.strip():
        raise AnswerError(Reason.NO_ANSWER, "The answer is empty.")
    if len(text) > MAX_CHARACTERS:
        raise OverBudgetError(f"{len(text)} characters; at most {MAX_CHARACTERS} are read")
    try:
        left, answered = _expression(text, gold.unknown)
    except OverBudgetError:
        raise
    except ParseError as error:
        message = f"The answer cannot be read: {error}."
        raise AnswerError(Reason.UNPARSABLE_ANSWER, message) from error
    if left is not None and gold.unknown is not None and left != gold.unknown:
        raise AnswerError(Reason.WRONG_KIND, f"The answer gives {left}, not {gold.unknown}.")
    others = sorted(free_names(answered) - free_names(expected))
    if others:
        shown = ", ".join(others)[:80]
        raise AnswerError(Reason.WRONG_KIND, f"The answer has {shown} in it.")
    try:
        if identical(expected, answered):
            evidence = "The answer and the gold answer are equal wherever both exist."
            return Reason.EQUAL, to_text(answered), (evidence,)
    except NoProofError as error:
        message = f"The answer cannot be compared with the gold answer, {gold.text}: {error}."
        raise AnswerError(Reason.OVER_BUDGET_ANSWER, message) from error
    evidence = f"The gold answer is: {gold.text}; the two differ."
    return Reason.WRONG_VALUE, to_text(answered), (evidence,)


def _expression(text: str, unknown: str | None) -> tuple[str | None, Expr]:
    """``(x, 2a + 1)`` for ``x = 2a + 1``, where ``x`` is the unknown or any name but those used.

    Of a chain, ``x = 2(a + 1) = 2a + 2``, all sides must be the same.
    """
    lead_in = _LEAD_IN.match(text)
    text = text[lead_in.end() :] if lead_in else text
    sides, operators = parse_chain(text.strip().removesuffix("."), [unknown] if unknown else [])
    if not set(operators) <= {"="}:
        raise AnswerError(Reason.WRONG_KIND, "An expression is asked for, not an inequality.")
    if any(isinstance(part, PlusMinus) for side in sides for part in subexpressions(side)):
        raise AnswerError(Reason.WRONG_KIND, "± gives two values where one is asked for.")
    left = None
    if len(sides) > 1:
        first, *sides_left = sides
        if isinstance(first, Sym) and first.name not in free_names(sides_left[-1]):
            left, sides = first.name, tuple(sides_left)
    for side in sides[1:]:
        try:
            if not identical(sides[0], side):
                raise AnswerError(Reason.WRONG_KIND, "The answer contradicts itself.")
        except NoProofError as error:
            raise AnswerError(
                Reason.OVER_BUDGET_ANSWER, f"The answer is a chain: {error}."
            ) from error
    return left, sides[0]


def _names(text: str) -> list[str]:
    """The names in a text, in order, each once; [] where it cannot be read."""
    return list(dict.fromkeys(_words(text)))


def _words(text: str) -> Iterator[str]:
    if len(text) > MAX_CHARACTERS:
        return
    try:
        tokens = tokenize(text)
    except ParseError:
        return
    before = ""
    for token, after in pairwise(tokens):
        word = token.value
        is_union = word == "U" and before in (")", "]") and after.kind in ("(", "[")
        before = token.kind
        if token.kind != "word" or is_union or word.lower() in ENGLISH or word in FUNCTIONS:
            continue
        yield from [word] if word in GREEK_NAMES or len(word) > 2 else word


def _is_letter(name: str) -> bool:
    stem = name.partition("_")[0]
    return len(stem) == 1 or stem in GREEK_NAMES


def _unused(names: list[str]) -> str:
    return next(letter for letter in "xyzuvwtsn" + "abcdefghijklmopqr" if letter not in names)


def _name_in(text: str) -> str:
    """The name of the unknown in an answer, where the gold answer has none: any one letter."""
    letters = [name for name in _names(text) if _is_letter(name)]
    return letters[0] if len(letters) == 1 else "x"


def _some(numbers: RealSet) -> list[str]:
    if numbers.points is not None:
        return [str(point)[:100] for point in numbers.points[:MAX_SHOWN]]
    return [str(numbers.member())[:100]]
