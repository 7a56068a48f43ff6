"""The faults that every reader of answers shares, as reasons of an incorrect verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from verifiers.read_value import AnswerError
from verifiers.syntax.errors import MAX_CHARACTERS, OverBudgetError, ParseError
from verifiers.types import Reason

_T = TypeVar("_T")


def guarded(text: str, read: Callable[[], _T]) -> _T:
    """What ``read`` returns; raises ``AnswerError`` for an empty, too long or unreadable text."""
    if not text.strip():
        raise AnswerError(Reason.NO_ANSWER, "The answer is empty.")
    try:
        if len(text) > MAX_CHARACTERS:
            raise OverBudgetError(f"{len(text)} characters; at most {MAX_CHARACTERS} are read")
        return read()
    except OverBudgetError as error:
        raise AnswerError(
            Reason.OVER_BUDGET_ANSWER, f"The answer is too large: {error}."
        ) from error
    except ParseError as error:
        raise AnswerError(
            Reason.UNPARSABLE_ANSWER, f"The answer cannot be read: {error}."
        ) from error
