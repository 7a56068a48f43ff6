"""A row of tokens that is read from left to right."""

from __future__ import annotations

from typing import NoReturn

from verifiers.syntax.errors import MAX_DEPTH, OverBudgetError, ParseError
from verifiers.syntax.tokens import Token, tokenize


class TokenStream:
    """Where the reading stands, and how deep in brackets."""

    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.index = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The next token; after the last one that of kind ``"end"``."""
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.tokens[self.index]
        if token.kind != "end":
            self.index += 1
        return token

    def accept(self, kind: str) -> bool:
        if self.tokens[self.index].kind == kind:
            self.index += 1
            return True
        return False

    def fail(self, expected: str) -> NoReturn:
        found = "the end" if self.token.kind == "end" else ascii(self.token.value[:20])
        raise ParseError(f"expected {expected}, found {found}", self.token.start)

    def expect(self, kind: str) -> None:
        if not self.accept(kind):
            self.fail(f"'{kind}'")

    def expect_end(self, expected: str) -> None:
        if self.token.kind != "end":
            self.fail(expected)

    def enter(self) -> None:
        """One level deeper; ``leave`` goes back."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise OverBudgetError(f"more than {MAX_DEPTH} levels deep", self.token.start)

    def leave(self) -> None:
        self._depth -= 1
