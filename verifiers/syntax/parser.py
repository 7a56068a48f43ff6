"""Tokens -> expression tree, by recursive descent; no evaluation, no simplification.

    sum      = [sign] product { sign product }          sign = "+" | "-" | "±"
    product  = unary { "*" unary | "/" unary | power }   a power side by side is a factor
    unary    = "-" unary | "+" unary | power
    power    = atom [ "^" unary | superscript ]          to the right: 2^3^2 = 2^9
    atom     = number | name | "(" sum ")" | "|" sum "|" | "\\frac" atom atom | "sqrt" atom | ...
             | function [ "^" number ] ( "(" sum ")" | power { power } )     sin 2x, ln^2 x

A text with two usual readings is refused, not guessed: ``1/xy``, ``2 3``, ``±a ± b``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

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
)
from verifiers.syntax.errors import MAX_DIVISIONS, OverBudgetError, ParseError
from verifiers.syntax.functions import FunctionParser
from verifiers.syntax.words import ENGLISH, FUNCTIONS

RELATIONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_CLOSING = {"(": ")", "{": "}", "[": "]", "abs(": ")abs"}
_OPERAND_STARTS = frozenset({"(", "{", "[", "abs(", "frac", "sqrt", "cbrt", "root4", "vulgar"})
_SIGNS = frozenset({"+", "-", "±"})


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


class Parser(FunctionParser):
    """The expressions of one token stream; other grammars are built on its methods."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        super().__init__(text, names)
        self._divisions = 0

    def chain(self) -> tuple[tuple[Expr, ...], tuple[Operator, ...]]:
        sides, operators = [self.sum()], []
        while self.token.kind in RELATIONS:
            operators.append(cast(Operator, self.advance().kind))
            sides.append(self.sum())
        return tuple(sides), tuple(operators)

    def sum(self) -> Expr:
        self.enter()
        terms: list[Expr] = []
        while not terms or self.token.kind in _SIGNS:
            sign = self.advance().kind if self.token.kind in _SIGNS else "+"
            term = self._product()
            terms.append(Neg(term) if sign == "-" else PlusMinus(term) if sign == "±" else term)
        self.leave()
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
            self.enter()
            arg = self._unary()
            self.leave()
            return Neg(arg) if sign == "-" else arg
        return self._power()

    def _power(self) -> Expr:
        base = self._atom()
        if self.token.kind == "super":
            exponent = int(self.advance().value)
            return Pow(base, Num(Fraction(exponent)) if exponent >= 0 else
                       Neg(Num(Fraction(-exponent))))  # fmt: skip
        if self.accept("^"):
            self.enter()
            base = Pow(base, self._unary())
            self.leave()
        return base

    def _atom(self) -> Expr:
        token = self.token
        match token.kind:
            case "number":
                return self.number()
            case "vulgar":
                return self.vulgar_fraction()
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
        return self.fail("a number, a name or an opening bracket")

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
        self.enter()
        radicand = self._atom()
        self.leave()
        if bare and self.token.kind in ("^", "super"):
            raise ParseError("√a^b has two readings: write √(a^b) or (√a)^b", self.token.start)
        return Root(radicand, index)

    def _word(self) -> Expr:
        token = self.token
        if token.value not in FUNCTIONS:
            if self.starts_function():
                return self.function()
            return self.name()
        if token.value == "abs":
            self.advance()
            if self.token.kind != "(":
                self.fail("'('")
            return Abs(self._group())
        self.tokens[self.index] = token._replace(kind=token.value)
        return self._root()


def _product_of(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))
