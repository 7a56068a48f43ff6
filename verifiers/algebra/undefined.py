"""Why an expression has no real value at a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from verifiers.syntax.ast import Expr

Cause: TypeAlias = Literal[
    "zero denominator",
    "negative radicand",
    "zero to a power that is not positive",
    "negative base",
    "logarithm of a number that is not positive",
    "no base of logarithms",
    "zero cosine",
    "zero sine",
    "arc of a number beyond 1",
]

_SENTENCES: dict[Cause, str] = {
    "zero denominator": "the denominator {} is 0",
    "negative radicand": "{}, under an even root, is negative",
    "zero to a power that is not positive": "the base {} is 0",
    "negative base": "{}, the base of a power with a variable exponent, is not positive",
    "logarithm of a number that is not positive": "{}, in a logarithm, is not positive",
    "no base of logarithms": "the base {} of a logarithm is not positive, or is 1",
    "zero cosine": "the cosine of {} is 0",
    "zero sine": "the sine of {} is 0",
    "arc of a number beyond 1": "{} is not between -1 and 1",
}


@dataclass(frozen=True, slots=True)
class Undefined:
    """``part`` (a denominator, a radicand, a base) has a value at which nothing is defined."""

    cause: Cause
    part: Expr

    def sentence(self, part: str) -> str:
        """``the denominator x is 0``, ``part`` being the text of the part."""
        return _SENTENCES[self.cause].format(part)


class UndefinedError(Exception):
    """Carries an ``Undefined`` out of a tree."""

    def __init__(self, undefined: Undefined) -> None:
        super().__init__(undefined.cause)
        self.undefined = undefined
