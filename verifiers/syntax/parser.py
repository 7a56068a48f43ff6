"""Tokens -> expression tree, by recursive descent; no evaluation, no simplification.

    sum      = [sign] product { sign product }          sign = "+" | "-" | "±"
    product  = unary { "*" unary | "/" unary | power }   a power side by side is a factor
    unary    = "-" unary | "+" unary | power
    power    = atom [ "^" unary | superscript ]          to the right: 2^3^2 = 2^9
    atom     = number | name | "(" sum ")" | "|" sum "|" | "\\frac" atom atom | "sqrt" atom | ...

A text with two usual readings is refused, not guessed: ``1/xy``, ``2 3``, ``±a ± b``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NoReturn, cast

from verifiers.syntax.ast import (
    Abs,
    Add,
    Div,
    Expr,
    Mul,
    Neg,
    Num,
    Operator,
    PlusMinus,
    Pow,
    Relation,
    Root,
    Sym,
)
from verifiers.syntax.errors import (
    MAX_DEPTH,
    MAX_DIVISIONS,
    OverBudgetError,
    ParseError,
    UnsupportedSyntaxError,
)
from verifiers.syntax.tokens import Token, tokenize
from verifiers.syntax.words import (
    ENGLISH,
    FUNCTIONS,
    GREEK_NAMES,
    UNSUPPORTED_FUNCTIONS,
    VULGAR_FRACTIONS,
)

RELATIONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_CLOSING = {"(": ")", "{": "}", "[": "]", "abs(": ")abs"}
_OPERAND_STARTS = frozenset({"(", "{", "[", "abs(", "frac", "sqrt", "cbrt", "root4", "vulgar"})
_SIGNS = frozenset({"+", "-", "±"})
_NO_MIXED_NUMBER_AFTER = frozenset({"^", "/", "sqrt", "cbrt", "root4"})


def parse_expression(text: str, names: Iterable[str] = ()) -> Expr:
    """The expression that ``text`` writes; raises ``ParseError``.

    ``names`` are multi-letter names to be read whole. Other words of one or two letters are
    products of one-letter names; longer ones are names.
    """
    parser = Parser(text, names)
    expr = parser.sum()
    parser.expect_end("an operator or the end")
    return expr


def parse_relation(text: str, names: Iterable[str] = ()) -> Relation:
    """The one relation that ``text`` writes; raises ``ParseError`` for none or several."""
    sides, operators = parse_chain(text, names)
    if len(operators) != 1:
        raise ParseError(f"{len(operators)} relations, expected exactly one")
    return Relation(operators[0], sides[0], sides[1])


def parse_chain(
    text: str, names: Iterable[str] = ()
) -> tuple[tuple[Expr, ...], tuple[Operator, ...]]:
    """The sides and relation signs of ``3 = 1 + 2 < 4``; a lone expression has no sign."""
    parser = Parser(text, names)
    sides, operators = parser.chain()
    parser.expect_end("an operator, a relation or the end")
    return sides, operators


class Parser:
    """The expressions of one token stream; other grammars are built on its methods."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        self.tokens = tokenize(text)
        self.index = 0
        self._names = frozenset(names)
        self._depth = 0
        self._open_bars = 0
        self._divisions = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.tokens[self.index]
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

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise OverBudgetError(f"more than {MAX_DEPTH} levels deep", self.token.start)

    def chain(self) -> tuple[tuple[Expr, ...], tuple[Operator, ...]]:
        sides, operators = [self.sum()], []
        while self.token.kind in RELATIONS:
            operators.append(cast(Operator, self.advance().kind))
            sides.append(self.sum())
        return tuple(sides), tuple(operators)

    def sum(self) -> Expr:
        self._enter()
        terms: list[Expr] = []
        while not terms or self.token.kind in _SIGNS:
            sign = self.advance().kind if self.token.kind in _SIGNS else "+"
            term = self._product()
            terms.append(Neg(term) if sign == "-" else PlusMinus(term) if sign == "±" else term)
        self._depth -= 1
        return terms[0] if len(terms) == 1 else Add(tuple(terms))

    def _product(self) -> Expr:
        factors = [self._unary()]
        while True:
            if self.accept("*"):
                factors.append(self._unary())
            elif self.accept("/"):
                self._divisions += 1
                if self._divisions > MAX_DIVISIONS:
                    raise OverBudgetError(f"more than {MAX_DIVISIONS} divisions", self.token.start)
                denominator = self._unary()
                if not isinstance(denominator, Num) and self._operand_follows():
                    raise ParseError("a/bc has two readings: write (a/b)*c or a/(b*c)",
                                     self.token.start)  # fmt: skip
                factors = [Div(_product_of(factors), denominator)]
            elif self._operand_follows():
                factors.append(self._power())
            else:
                return _product_of(factors)

    def _operand_follows(self) -> bool:
        token = self.token
        if token.kind == "number":
            self.fail("an operator between a factor and a number")
        if token.kind == "word":
            return token.value.lower() not in ENGLISH
        return token.kind in _OPERAND_STARTS or (token.kind == "|" and not self._open_bars)

    def _unary(self) -> Expr:
        if self.token.kind in ("-", "+"):
            sign = self.advance().kind
            self._enter()
            arg = self._unary()
            self._depth -= 1
            return Neg(arg) if sign == "-" else arg
        return self._power()

    def _power(self) -> Expr:
        base = self._atom()
        if self.token.kind == "super":
            exponent = int(self.advance().value)
            return Pow(base, Num(Fraction(exponent)) if exponent >= 0 else
                       Neg(Num(Fraction(-exponent))))  # fmt: skip
        if self.accept("^"):
            self._enter()
            base = Pow(base, self._unary())
            self._depth -= 1
        return base

    def _atom(self) -> Expr:
        token = self.token
        match token.kind:
            case "number":
                return self._number()
            case "vulgar":
                self.advance()
                return Div(*(Num(Fraction(part)) for part in VULGAR_FRACTIONS[token.value]))
            case "word":
                return self._word()
            case "(" | "{" | "[" | "abs(":
                return self._group()
            case "|":
                self.advance()
                self._open_bars += 1
                arg = self.sum()
                self._open_bars -= 1
                self.expect("|")
                return Abs(arg)
            case "frac":
                self.advance()
                return Div(self._argument(), self._argument())
            case "sqrt" | "cbrt" | "root4":
                return self._root()
            case _:
                self.fail("a number, a name or an opening bracket")
        return None

    def _group(self) -> Expr:
        opening = self.advance().kind
        bars, self._open_bars = self._open_bars, 0
        arg = self.sum()
        self._open_bars = bars
        self.expect(_CLOSING[opening])
        return Abs(arg) if opening == "abs(" else arg

    def _argument(self) -> Expr:
        """An argument of \\frac: a group, or one digit or name."""
        if self.token.kind == "{":
            return self._group()
        if self.token.kind in ("number", "word") and len(self.token.value) == 1:
            return self._atom()
        return self.fail("'{'")

    def _root(self) -> Expr:
        kind = self.advance().kind
        index = {"sqrt": 2, "cbrt": 3, "root4": 4}[kind]
        if kind == "sqrt" and self.token.kind == "[":
            self.advance()
            degree = self.advance()
            if degree.kind != "number" or not degree.value.isdecimal() or len(degree.value) > 3:
                raise ParseError("expected the index of the root", degree.start)
            index = int(degree.value)
            if index < 2:
                raise ParseError("the index of a root is at least 2", degree.start)
            self.expect("]")
        bare = self.token.kind not in _CLOSING
        self._enter()
        radicand = self._atom()
        self._depth -= 1
        if bare and self.token.kind in ("^", "super"):
            raise ParseError("√a^b has two readings: write √(a^b) or (√a)^b", self.token.start)
        return Root(radicand, index)

    def _number(self) -> Expr:
        token = self.advance()
        text = token.value
        if len(text) > 1 and text[0] == "0" and text[1] != ".":
            raise ParseError("a number with leading zeros", token.start)  # 1,000 is no list
        number = Num(Fraction(int(text)) if text.isdecimal() else Fraction(text))
        before = self.tokens[self.index - 2].kind if self.index > 1 else ""
        if not text.isdecimal() or before in _NO_MIXED_NUMBER_AFTER:
            return number
        fraction = self._mixed_fraction()
        return Add((number, fraction)) if fraction else number

    def _mixed_fraction(self) -> Div | None:
        """The ``1/2`` of ``3 1/2`` (also ``3\\frac{1}{2}`` and ``3½``), or None."""
        token, following = self.token, self.tokens[self.index : self.index + 7]
        kinds = [each.kind for each in following]
        values = [each.value for each in following]
        if token.kind == "vulgar":
            parts = list(VULGAR_FRACTIONS[token.value])
            width = 1
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
        if self.token.kind in ("^", "super") or (kinds[1:2] == ["/"] and self._operand_follows()):
            raise ParseError("a mixed number next to a factor has two readings", self.token.start)
        return Div(Num(Fraction(parts[0])), Num(Fraction(parts[1])))

    def _word(self) -> Expr:
        token = self.advance()
        word = token.value
        if word in self._names or word in GREEK_NAMES:
            return Sym(word + self._subscript(token))
        if word in FUNCTIONS:
            return self._function(token)
        if word.lower() in ENGLISH:
            self.index -= 1
            self.fail("a number, a name or an opening bracket")
        if word in UNSUPPORTED_FUNCTIONS:
            raise UnsupportedSyntaxError(f"{word} is not supported", token.start)
        if len(word) > 1 and (len(word) == 2 or all(letter in self._names for letter in word)):
            self.index -= 1
            self.tokens[self.index : self.index + 1] = [
                Token("word", letter, token.start + offset, token.start + offset + 1)
                for offset, letter in enumerate(word)
            ]
            token = self.advance()
        elif len(word) > 2 and self.token.kind == "(":
            raise ParseError(f"the function {word[:20]} is not in the grammar", token.start)
        return Sym(token.value + self._subscript(token))

    def _function(self, token: Token) -> Expr:
        if token.value == "abs":
            if self.token.kind != "(":
                self.fail("'('")
            return Abs(self._group())
        self.index -= 1
        self.tokens[self.index] = token._replace(kind=token.value)
        return self._root()

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
        if self.token.kind not in ("number", "word") or not self.token.value.isalnum():
            self.fail("a subscript")
        subscript = self.advance().value
        while braced and self.accept(","):
            subscript += "," + self.advance().value
        if braced:
            self.expect("}")
        return "_" + subscript


def _product_of(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _integers(*texts: str) -> list[int]:
    return [int(text) for text in texts] if all(text.isdecimal() for text in texts) else []
