"""Named functions: sin, ln, log_2, exp and the like, with or without brackets.

A bare argument is a row of factors without brackets: ``sin 2x cos x`` is sin(2x)·cos(x), and
``sin x(1 + y)`` is sin(x)·(1 + y). ``ln 2(x + 1)`` and ``sin x/2`` have two readings.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from verifiers.syntax.ast import Const, Expr, Func, FuncName, Log, Mul, Num, Pow, Sym
from verifiers.syntax.atoms import AtomParser
from verifiers.syntax.errors import ParseError
from verifiers.syntax.tokens import Token
from verifiers.syntax.walk import free_names
from verifiers.syntax.words import ENGLISH, NAMED_FUNCTIONS, TRIGONOMETRIC

_BRACKETS = frozenset({"(", "{", "[", "abs("})
_BARE_STARTS = frozenset({"number", "frac", "sqrt", "cbrt", "root4", "vulgar"})
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}


class FunctionParser(AtomParser):
    """What an expression parser has to bring: ``_group`` (brackets) and ``_power``."""

    _open_bars = 0

    def _group(self) -> Expr:
        raise NotImplementedError

    def _power(self) -> Expr:
        raise NotImplementedError

    def starts_function(self) -> bool:
        """Whether a function stands here; ``sinx`` is taken apart."""
        word = self.token.value
        if word in self._names:
            return False
        if word in NAMED_FUNCTIONS:
            return True
        for length in (2, 3, 6):
            rest = word[length:]
            if word[:length] in NAMED_FUNCTIONS and (rest == "x" or rest in self._names):
                token = self.advance()
                self._split(token, (word[:length], rest))
                return True
        return False

    def function(self) -> Expr:
        """A function with its index, its power and its argument."""
        token = self.advance()
        word, base, times = token.value, None, None
        for _ in range(2):  # log_2^2 x and log^2_2 x
            if word == "log" and base is None:
                base = self._base(token)
            if times is None:
                times = self._times()
        inverse = times == Fraction(-1) and word in _INVERSE
        if times is not None and times <= 0 and not inverse:
            raise ParseError(f"{word}^({times}) has two readings", token.start)
        arg = self._argument_of(token)
        if inverse:
            return Func(cast(FuncName, _INVERSE[word]), arg)
        value = _applied(word, base, arg)
        return value if times is None else Pow(value, Num(times))

    def _base(self, word: Token) -> Expr | None:
        token = self.token
        if token.kind == "sub":
            return Num(Fraction(self.advance().value))
        if token.kind == "number" and token.start == word.end:
            if self.tokens[self.index + 1].kind == "(" and token.value.isdecimal():
                return Num(Fraction(self.advance().value))  # log2(x)
            if self.tokens[self.index + 1].kind == "word":
                self._two_readings(word)  # log2 x
            return None
        if not self.accept("_"):
            return None
        token = self.token
        if token.kind in ("{", "("):
            return self._group()
        if token.kind == "number":
            self.advance()
            if token.value.isdecimal() and len(token.value) > 1 and not self._argument_follows():
                # TeX reads \log_23 as the logarithm of 3 to the base 2
                self.index -= 1
                digits = (token.value[:1], token.value[1:])
                self.tokens[self.index : self.index + 1] = [
                    Token("number", digit, token.start, token.end) for digit in digits
                ]
                token = self.advance()
            return Num(Fraction(token.value))
        if token.kind == "word":
            self.advance()
            if len(token.value) > 1 and token.value not in self._names:
                self._split(token, (token.value[:1], token.value[1:]))
                token = self.advance()
            is_e = token.value == "e" and "e" not in self._names
            return Const("e") if is_e else Sym(token.value)
        return self.fail("the base of the logarithm")

    def _times(self) -> Fraction | None:
        """The 2 of sin^2 x."""
        if self.token.kind == "super":
            return Fraction(int(self.advance().value))
        if not self.accept("^"):
            return None
        closing = {"{": "}", "(": ")"}.get(self.token.kind)
        if closing:
            self.advance()
        sign = -1 if self.accept("-") else 1
        if self.token.kind != "number" or not self.token.value.isdecimal():
            self.fail("a whole number")
        times = sign * Fraction(self.advance().value)
        if closing:
            self.expect(closing)
        return times

    def _argument_follows(self) -> bool:
        kind, value = self.token.kind, self.token.value
        if kind == "word":
            return value.lower() not in ENGLISH
        return kind in _BRACKETS or kind in _BARE_STARTS or (kind == "|" and not self._open_bars)

    def _argument_of(self, function: Token) -> Expr:
        if self.token.kind in _BRACKETS:
            return self._group()
        self.enter()
        factors: list[Expr] = []
        while self._argument_follows():
            if factors and self.token.kind == "number":
                self.fail("an operator between a factor and a number")
            if self.token.kind in _BRACKETS:
                if not any(map(free_names, factors)):
                    self._two_readings(function)
                break
            begins = self.token.kind == "word" and self.starts_function()
            if begins and factors:
                break
            factors.append(self._power())
            if begins:
                break
        self.leave()
        if not factors:
            self.fail(f"the argument of {function.value}")
        if self.token.kind == "/" and self.tokens[self.index + 1].kind == "number":
            self._two_readings(function)
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))

    def _two_readings(self, function: Token) -> None:
        raise ParseError(
            f"{function.value} of what? its argument needs brackets here", self.token.start
        )


def _applied(word: str, base: Expr | None, arg: Expr) -> Expr:
    if word == "exp":
        return Pow(Const("e"), arg)
    if word == "ln":
        return Log(arg, Const("e"))
    if word == "lg":
        return Log(arg, Num(Fraction(10)))
    if word == "log":
        return Log(arg, base)
    return Func(cast(FuncName, TRIGONOMETRIC[word]), arg)
