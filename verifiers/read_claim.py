"""What an answer by cases claims: values with parameters in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from verifiers.algebra.exact import Real
from verifiers.read_value import AnswerError, ValueParser
from verifiers.syntax.ast import Expr, PlusMinus, Sym
from verifiers.syntax.errors import ParseError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, plus_minus_choices, subexpressions
from verifiers.types import Reason


@dataclass(frozen=True, slots=True)
class Claim:
    """``values`` are answered, or all real numbers but them; ``infinite``: infinitely many."""

    values: tuple[Expr, ...] = ()
    all_but: bool = False
    infinite: bool = False


class ClaimParser(ValueParser):
    """Values with parameters in them: ``x = b/a``, ``{a, 2}``, ``x != a``, ``x in ℝ``."""

    def __init__(
        self, text: str, unknown: str, names: tuple[str, ...], values: Mapping[str, Real]
    ) -> None:
        super().__init__(text, unknown, values)
        self._names = self._names.union(names)
        self._allowed = {*names, *values}
        self._found: list[Expr] = []
        self._excluded = False

    def claim(self) -> Claim:
        self._item()
        while self.accept(",") or self.accept(";") or self._word_follows("or", "and"):
            self._word_follows("and", "or")
            self._item()
        self.accept(".")
        self.expect_end("',', 'or' or the end")
        return Claim(tuple(self._found), all_but=self._excluded)

    def _word_follows(self, *words: str) -> bool:
        if self.token.value.lower() in words or self.token.kind in words:
            self.index += 1
            return True
        return False

    def _item(self) -> None:
        if self.token.kind == "\\{" or (self.token.kind == "{" and self._is_list()):
            return self._braces()
        if self.token.kind == "reals":
            return self._set()
        if self.accept("empty"):
            return None
        left = self.sum()
        if self._word_follows("in"):
            self.check_assigned(left)
            return self._set()
        if self.accept("!="):
            self.check_assigned(left)
            if self._found and not self._excluded:
                self.fail("a value")
            self._excluded = True
            return self._add(self.sum())
        sides = [left]
        while self.accept("="):
            sides.append(self.sum())
        if len(sides) == 2 and self.is_unknown(sides[1]) and not self.is_unknown(left):
            sides = sides[::-1]
        if len(sides) > 2:
            raise ParseError("a chain of equations, expected one value")
        if len(sides) > 1:
            self.check_assigned(sides[0])
        return self._add(sides[-1])

    def _is_list(self) -> bool:
        """Whether the ``{`` here closes the whole item."""
        depth = 0
        for token, after in pairwise(self.tokens[self.index :]):
            depth += (token.kind == "{") - (token.kind == "}")
            if depth == 0:
                return after.kind in ("end", ",", ";", ".", "or") or after.value == "or"
        return False

    def _set(self) -> None:
        if self.accept("reals"):
            self._excluded = True
            if not (self.accept("setminus") or self.token.kind == "\\{"):
                return
        self._braces()

    def _braces(self) -> None:
        if not (self.accept("\\{") or self.accept("{")):
            self.fail("a set")
        while self.token.kind not in ("\\}", "}"):
            self._add(self.sum())
            if not self.accept(","):
                break
        if not (self.accept("\\}") or self.accept("}")):
            self.fail("'}'")

    def _add(self, expr: Expr) -> None:
        if others := free_names(expr) - self._allowed:
            shown = ", ".join(sorted(others))
            raise AnswerError(Reason.WRONG_KIND, f"The answer is not solved: it has {shown} in it.")
        if sum(isinstance(part, PlusMinus) for part in subexpressions(expr)) > 1:
            raise ParseError("several ± in one value have two readings")
        self._num_values += 1
        self._found += plus_minus_choices(expr)
        assert not isinstance(expr, Sym) or to_text(expr) != self.unknown
