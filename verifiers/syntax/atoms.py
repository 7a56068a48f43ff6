"""Numbers and names: the parts of an expression that have no expression in them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from verifiers.syntax.ast import Add, Const, Div, Expr, Num, Sym
from verifiers.syntax.errors import ParseError, UnsupportedSyntaxError
from verifiers.syntax.stream import TokenStream
from verifiers.syntax.tokens import Token
from verifiers.syntax.words import ENGLISH, GREEK_NAMES, UNSUPPORTED_FUNCTIONS, VULGAR_FRACTIONS

_NO_MIXED_NUMBER_AFTER = frozenset({"^", "/", "sqrt", "cbrt", "root4"})


class AtomParser(TokenStream):
    """``names`` are multi-letter names that are read whole."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        super().__init__(text)
        self._names = frozenset(names)

    def number(self) -> Expr:
        """A number, or a mixed one as the sum it is: 3 1/2, 3\\frac{1}{2}, 3½."""
        token = self.advance()
        text = token.value
        if len(text) > 1 and text[0] == "0" and text[1] != ".":
            raise ParseError("a number with leading zeros", token.start)  # 1,000 is no list
        number = Num(Fraction(int(text)) if text.isdecimal() else Fraction(text))
        before = self.tokens[self.index - 2].kind if self.index > 1 else ""
        if not text.isdecimal() or before in _NO_MIXED_NUMBER_AFTER:
            return self._percent(number)
        fraction = self._mixed_fraction()
        return self._percent(Add((number, fraction)) if fraction else number)

    def _percent(self, number: Expr) -> Expr:
        return Div(number, Num(Fraction(100))) if self.accept("%") else number

    def vulgar_fraction(self) -> Div:
        """½ and the like."""
        above, below = VULGAR_FRACTIONS[self.advance().value]
        return Div(Num(Fraction(above)), Num(Fraction(below)))

    def name(self) -> Expr:
        """A name with its subscript; a word of several names is split, and its first is taken."""
        token = self.advance()
        word = token.value
        if word not in self._names and len(word) == 3 and (cut := _cut_at_pi(word)):
            self._split(token, (word[:cut], word[cut:]))  # 2pik is 2 pi k
            token = self.advance()
            word = token.value
        if word == "pi" and word not in self._names:
            return Const("pi")
        if word in self._names or word in GREEK_NAMES:
            return Sym(word + self._subscript(token))
        if word.lower() in ENGLISH:
            self.index -= 1
            self.fail("a number, a name or an opening bracket")
        if word in UNSUPPORTED_FUNCTIONS:
            raise UnsupportedSyntaxError(f"{word} is not supported", token.start)
        if len(word) > 1 and (len(word) == 2 or all(letter in self._names for letter in word)):
            self._split(token, word)
            token = self.advance()
        elif len(word) > 2 and self.token.kind == "(":
            raise ParseError(f"the function {word[:20]} is not in the grammar", token.start)
        subscript = self._subscript(token)
        if token.value == "e" and not subscript and "e" not in self._names:
            return Const("e")
        return Sym(token.value + subscript)

    def _split(self, token: Token, parts: Iterable[str]) -> None:
        """Put words in the place of the one just read."""
        self.index -= 1
        tokens, start = [], token.start
        for part in parts:
            tokens.append(Token("word", part, start, start + len(part)))
            start += len(part)
        self.tokens[self.index : self.index + 1] = tokens

    def _mixed_fraction(self) -> Div | None:
        """The ``1/2`` of ``3 1/2`` (also ``3\\frac{1}{2}`` and ``3½``), or None."""
        token, following = self.token, self.tokens[self.index : self.index + 7]
        kinds = [each.kind for each in following]
        values = [each.value for each in following]
        if token.kind == "vulgar":
            parts, width = list(VULGAR_FRACTIONS[token.value]), 1
        elif kinds[:3] == ["number", "/", "number"]:
            parts, width = _integers(values[0], values[2]), 3
        elif kinds[:3] == ["frac", "number", "number"]:
            parts, width = _integers(values[1], values[2]), 3
        elif kinds == ["frac", "{", "number", "}", "{", "number", "}"]:
            parts, width = _integers(values[2], values[5]), 7
        else:
            return None
        if not parts:
            return None
        if parts[0] >= parts[1]:
            raise ParseError("a mixed number has a fraction below 1", token.start)
        self.index += width
        if self.token.kind in ("^", "super"):
            raise ParseError("a power of a mixed number has two readings", self.token.start)
        if kinds[1:2] == ["/"] and self.token.kind == "word" and self.token.value not in ENGLISH:
            raise ParseError("a mixed number next to a name has two readings", self.token.start)
        return Div(Num(Fraction(parts[0])), Num(Fraction(parts[1])))

    def _subscript(self, name: Token) -> str:
        """``_1`` after x_1, x_{1}, x₁ or x1, ``_1,2`` after x_{1,2}, else nothing."""
        if self.token.kind == "sub" or (
            self.token.kind == "number"
            and self.token.start == name.end
            and self.token.value.isdecimal()
        ):
            return "_" + self.advance().value
        if not self.accept("_"):
            return ""
        braced = self.accept("{")
        subscript = self._subscript_part()
        while braced and self.accept(","):
            subscript += "," + self._subscript_part()
        if braced:
            self.expect("}")
        return "_" + subscript

    def _subscript_part(self) -> str:
        if self.token.kind not in ("number", "word") or not self.token.value.isalnum():
            self.fail("a subscript")
        return self.advance().value


def _cut_at_pi(word: str) -> int:
    """Where a word of pi and one letter falls in two, else 0."""
    return 2 if word.startswith("pi") else 1 if word.endswith("pi") else 0


def _integers(*texts: str) -> list[int]:
    return [int(text) for text in texts] if all(text.isdecimal() for text in texts) else []
