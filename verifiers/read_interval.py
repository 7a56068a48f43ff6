"""Intervals in answers: ``[2, 3)``, ``(-∞, 0) ∪ (0, ∞)``, and those that repeat.

``[π/6 + 2πk, 5π/6 + 2πk]`` and ``π/6 + 2πk <= x <= 5π/6 + 2πk`` stand for one interval for each
integer k: both ends must move alike.
"""

from __future__ import annotations

from verifiers.algebra.bands import band
from verifiers.algebra.exact import Real
from verifiers.algebra.periodic import progression
from verifiers.algebra.sets import REALS, RealSet
from verifiers.read_family import linear
from verifiers.read_value import AnswerError, ValueParser
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import ParseError
from verifiers.syntax.walk import free_names
from verifiers.types import Reason


class IntervalParser(ValueParser):
    """Intervals, on top of the grammar of values."""

    def interval(self) -> RealSet:
        """One interval, or several joined by ``∪``; a bracket stands here."""
        closed_low = self.advance().kind == "["
        low = self._end("-")
        if not (self.accept(",") or self.accept(";")):
            self.fail("','")
        high = self._end("+")
        closed_high = self.token.kind == "]"
        if not (self.accept(")") or self.accept("]")):
            self.fail("')' or ']'")
        result = self._between(low, high, (closed_low, closed_high))
        if self.accept("union") or self._accept_letter("U"):
            if self.token.kind not in ("(", "["):
                self.fail("an interval")
            return result | self.interval()
        return result

    def _accept_letter(self, letter: str) -> bool:
        """A letter that is no name here, as the U of plain text for ``∪``."""
        token = self.token
        is_there = (token.kind, token.value) == ("word", letter)
        if is_there and letter != self.unknown and letter not in self.parameters:
            self.advance()
            return True
        return False

    def repeats(self, *ends: Expr | None) -> bool:
        """Whether a letter that stands for any integer is in an end."""
        return any(end is not None and free_names(end) & self.letters for end in ends)

    def repeated(self, low: Expr, high: Expr, closed: tuple[bool, bool]) -> RealSet:
        """The numbers from ``low`` to ``high`` for some integer; the ends have its letter in them.

        Raises ``ParseError`` where they do not move alike.
        """
        letters = (free_names(low) | free_names(high)) & self.letters
        if len(letters) > 1:
            raise ParseError("two integers in one interval")
        (letter,) = letters
        if self._admit(low, letters) or self._admit(high, letters):
            raise AnswerError(Reason.WRONG_KIND, "± gives two values where one is asked for.")
        first, step = linear(low, letter, self.parameters)
        last, own_step = linear(high, letter, self.parameters)
        for number in (first, last, step, own_step):
            self.check_size(number)
        if step != own_step:
            raise ParseError(f"an interval whose ends move apart with {letter}")
        width = (last - first).sign()
        if width < 0 or (width == 0 and closed != (True, True)):
            raise AnswerError(Reason.WRONG_KIND, "The answer contradicts itself.")
        if width == 0:
            return progression(first, step)
        if step.sign() == 0:
            return _plain(first, last, closed)
        return band(first, last, closed, abs(step))

    def _between(self, low: Expr | None, high: Expr | None, closed: tuple[bool, bool]) -> RealSet:
        if self.repeats(low, high):
            if low is None or high is None:
                raise ParseError("an infinite interval with an integer in it")
            return self.repeated(low, high, closed)
        first, last = (None if end is None else self.one_value([end]) for end in (low, high))
        return _plain(first, last, closed)

    def _end(self, sign: str) -> Expr | None:
        """An end of an interval; None is the infinity of this sign."""
        mark = self.index
        written = self.advance().kind if self.token.kind in ("-", "+") else "+"
        if self.accept("infinity") or self.word_follows("oo") or self.word_follows("inf"):
            if written != sign:
                self.fail("the other infinity")
            return None
        self.index = mark
        return self.sum()

    def word_follows(self, word: str) -> bool:
        """Takes the word where it comes next."""
        if self.token.value.lower() == word or self.token.kind == word:
            self.index += 1
            return True
        return False


def _plain(low: Real | None, high: Real | None, closed: tuple[bool, bool]) -> RealSet:
    result = REALS
    if low is not None:
        result = result & RealSet.compared(">=" if closed[0] else ">", low)
    if high is not None:
        result = result & RealSet.compared("<=" if closed[1] else "<", high)
    return result
