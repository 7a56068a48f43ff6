"""Expressions in several names as quotients of polynomials, with a symbol for all that is none.

Symbols stand for roots, absolute values, logarithms, exponentials, functions of an angle, pi and e,
told apart by the lowest terms of what they are of. Odd roots, logarithms and exponentials are
taken apart along products, so that ``ln(2a)`` is ``ln 2 + ln a``. All rules hold at every point at
which the expression exists.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.syntax.ast import (
    Abs,
    Add,
    Const,
    Div,
    Expr,
    Func,
    Log,
    Mul,
    Neg,
    Num,
    Pow,
    Root,
    Sym,
)
from verifiers.syntax.walk import free_names, subexpressions

MAX_NAMES = 6
MAX_ROOTS = 16
MAX_SYMBOLS = 24
MAX_POWER = 16
MAX_TERMS = 2_000
MAX_CONTENT_BITS = 100  # of an integer that is factored

Fractional: TypeAlias = tuple[fmpq_mpoly, fmpq_mpoly]

_TEN = Num(Fraction(10))


class NoProofError(ValueError):
    """Neither could be proved within the budgets."""


class NormalForm:
    """Quotients over one ring, whose last variables stand for the symbols met so far."""

    def __init__(self, *exprs: Expr) -> None:
        names = sorted(frozenset().union(*map(free_names, exprs)))
        parts = [part for expr in exprs for part in subexpressions(expr)]
        self.is_rational = all(
            isinstance(part, Num | Sym | Neg | Add | Mul | Div)
            or (isinstance(part, Pow) and not _is_symbolic(part))
            for part in parts
        )
        num_roots = sum(not isinstance(part, Num | Sym | Neg | Add | Mul | Div) for part in parts)
        if len(names) > MAX_NAMES or num_roots > MAX_ROOTS:
            raise NoProofError("too many names or roots")
        symbols = [] if self.is_rational else [f"r{index}" for index in range(MAX_SYMBOLS)]
        self._context = fmpq_mpoly_ctx.get([f"n{name}" for name in names] + symbols, Ordering.lex)
        generators = self._context.gens()
        self._names = dict(zip(names, generators, strict=False))
        self._takes_logs = any(isinstance(part, Log) for part in parts)
        self._free = list(range(len(names), len(generators)))
        self._symbols: dict[tuple[str, ...], fmpq_mpoly] = {}
        self._rules: list[tuple[int, int, fmpq_mpoly, fmpq_mpoly]] = []  # s_at^power = num/den
        self._logs: dict[str, Fractional] = {}  # of symbols

    def quotient(self, expr: Expr) -> Fractional:
        """Raises ``NoProofError``, ``ZeroDivisionError`` for a denominator that is 0 everywhere."""
        one = self._one
        match expr:
            case Num(value):
                return self._constant(value), one
            case Sym(name):
                return self._names[name], one
            case Neg(arg):
                num, den = self.quotient(arg)
                return -num, den
            case Add(terms):
                total = self._zero
                for each in map(self.quotient, terms):
                    total = self._plus(total, each)
                return total
            case Mul(factors):
                product = (one, one)
                for each in map(self.quotient, factors):
                    product = self._times(product, each)
                return product
            case Div(above, below):
                num, den = self.quotient(below)
                return self._times(self.quotient(above), (den, num))
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, index):
                return self._root(index, self.quotient(radicand))
            case Abs(arg):
                num, den = self.quotient(arg)
                return self._root(2, (num**2, den**2))
            case Log(arg, base):
                log, own = self._log(self.quotient(arg)), self._log(self.quotient(base or _TEN))
                return self._times(log, own[::-1])
            case Const(name):
                return self._constant_symbol(name), one
            case Func(name, arg):
                return self._function(expr, name, arg)
        raise NoProofError("this kind of expression")

    def reduced(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        """A multiple of it, with every power of a symbol below that of its rule."""
        for at, power, num, den in reversed(self._rules):  # inner roots come first in the rules
            most = poly.degrees()[at] // power
            lower = self._context.constant(0)
            for exponents, coefficient in poly.terms():
                times, rest = divmod(int(exponents[at]), power)
                kept = tuple(map(int, (*exponents[:at], rest, *exponents[at + 1 :])))
                lower += (
                    self._context.from_dict({kept: coefficient})
                    * num**times
                    * den ** (most - times)
                )
                if len(lower) > MAX_TERMS:
                    raise NoProofError("too many terms")
            poly = lower
        return poly

    def _power(self, base: Expr, exponent: Expr) -> Fractional:
        if free_names(exponent):
            return self._exponential(self.quotient(base), self.quotient(exponent))
        value = evaluate(exponent, {})
        number = None if isinstance(value, Undefined) else value.rational
        if number is None:
            return self._exponential(self.quotient(base), self.quotient(exponent))
        if abs(number.numerator) > MAX_POWER or number.denominator > MAX_POWER:
            raise NoProofError("a power whose exponent is no small number")
        below = self.quotient(base)
        if number.denominator > 1:
            below = self._root(number.denominator, below)
        return self._to_the(below, number.numerator)

    def _root(self, index: int, radicand: Fractional) -> Fractional:
        num, den = self._checked(*radicand)
        if index % 2 == 0:
            return self._rooted(index, num, den), self._one
        result = (self._one, self._one)
        for poly, power in self._factors(num, den):
            sized = self._rooted(index, poly, self._one)
            result = self._times(result, self._to_the((sized, self._one), power))
        return result

    def _rooted(self, index: int, num: fmpq_mpoly, den: fmpq_mpoly) -> fmpq_mpoly:
        if num == den or (num == -den and index % 2):
            return num / den
        symbol, is_new = self._symbol("root", str(index), f"{num} | {den}")
        if is_new:
            self._rules.append((self._at(symbol), index, num, den))
            if self._takes_logs:
                self._logs[str(symbol)] = self._scaled(self._log((num, den)), Fraction(1, index))
        return symbol

    def _log(self, arg: Fractional) -> Fractional:
        """The sum of the logarithms of the sizes of all factors; ``arg`` is positive."""
        total = self._zero
        for poly, power in self._factors(*self._checked(*arg)):
            if str(poly) not in ("1", "-1"):
                own = self._logs.get(str(poly))
                own = own or (self._symbol("ln", str(poly))[0], self._one)
                total = self._plus(total, self._scaled(own, Fraction(power)))
        return total

    def _exponential(self, base: Fractional, exponent: Fractional) -> Fractional:
        """``base^exponent`` for a positive base; that of a number is taken apart into primes."""
        base = self._checked(*base)
        num, den = self._checked(*exponent)
        units = [(base, 1)]
        if base[0].is_constant() and base[1].is_constant():
            units = [((prime, self._one), power) for prime, power in self._factors(*base)]
        result = (self._one, self._one)
        for unit, power in units:
            for powers, coefficient in num.terms():
                term = self._context.from_dict({tuple(map(int, powers)): fmpq(1)})
                rate = Fraction(int(coefficient.p), int(coefficient.q)) * power
                result = self._times(result, self._one_exponential(unit, (term, den), rate))
        return result

    def _one_exponential(self, base: Fractional, term: Fractional, rate: Fraction) -> Fractional:
        """``base^(rate*term)``."""
        if abs(rate.numerator) > MAX_POWER or rate.denominator > MAX_POWER:
            raise NoProofError("a power whose exponent is no small number")
        whole = base
        if term[0] != term[1]:
            symbol, is_new = self._symbol("exp", str(base), str(term))
            whole = (symbol, self._one)
            if is_new and self._takes_logs:
                self._logs[str(symbol)] = self._times(term, self._log(base))
        if rate.denominator > 1:
            whole = (self._rooted(rate.denominator, *whole), self._one)
        return self._to_the(whole, rate.numerator)

    def _function(self, expr: Func, name: str, arg: Expr) -> Fractional:
        value = None if free_names(expr) else evaluate(expr, {})
        if isinstance(value, Real) and value.rational is not None:
            return self._constant(value.rational), self._one
        num, den = self._checked(*self.quotient(arg))
        if name.startswith("arc"):
            return self._symbol(name, f"{num} | {den}")[0], self._one
        sign = -1 if num and num.leading_coefficient() < 0 else 1
        key = f"{num * sign} | {den}"
        cosine, _ = self._symbol("cos", key)
        sine, is_new = self._symbol("sin", key)
        if is_new:
            self._rules.append((self._at(sine), 2, 1 - cosine**2, self._one))
        over = {"sin": (sine * sign, self._one), "cos": (cosine, self._one),
                "tan": (sine * sign, cosine), "cot": (cosine * sign, sine),
                "sec": (self._one, cosine), "csc": (self._one * sign, sine)}  # fmt: skip
        return over[name]

    def _constant_symbol(self, name: str) -> fmpq_mpoly:
        symbol, is_new = self._symbol(name)
        if is_new and name == "e":
            self._logs[str(symbol)] = (self._one, self._one)
        return symbol

    def _factors(self, num: fmpq_mpoly, den: fmpq_mpoly) -> list[tuple[fmpq_mpoly, int]]:
        """Irreducible polynomials, primes and -1, with their powers in the quotient."""
        result = []
        for poly, sign in ((num, 1), (den, -1)):
            if not poly:
                return [(poly, 1)]
            content, factors = poly.factor()
            result += [(part, int(power) * sign) for part, power in factors]
            above, below = abs(int(content.p)), int(content.q)
            if max(above, below).bit_length() > MAX_CONTENT_BITS:
                raise NoProofError("a large number under a root or logarithm")
            for number, own in ((above, sign), (below, -sign)):
                primes = fmpz(number).factor()
                result += [(self._context.constant(int(p)), int(e) * own) for p, e in primes]
            if content < 0:
                result.append((self._context.constant(-1), 1))
        return result

    def _symbol(self, *key: str) -> tuple[fmpq_mpoly, bool]:
        """The symbol with this key, and whether it is new."""
        is_new = key not in self._symbols
        if is_new:
            if not self._free:
                raise NoProofError("too many roots")
            self._symbols[key] = self._context.gens()[self._free.pop(0)]
        return self._symbols[key], is_new

    def _at(self, symbol: fmpq_mpoly) -> int:
        return next(at for at, each in enumerate(self._context.gens()) if each == symbol)

    def _constant(self, value: Fraction) -> fmpq_mpoly:
        return self._context.constant(fmpq(value.numerator, value.denominator))

    def _scaled(self, value: Fractional, by: Fraction) -> Fractional:
        return self._times(value, (self._constant(by), self._one))

    def _to_the(self, base: Fractional, power: int) -> Fractional:
        num, den = base if power >= 0 else base[::-1]
        if abs(power) > MAX_POWER**2:
            raise NoProofError("a power whose exponent is no small number")
        return self._checked(num ** abs(power), den ** abs(power))

    def _plus(self, left: Fractional, right: Fractional) -> Fractional:
        (a, b), (c, d) = left, right
        return self._checked(a * d + c * b, b * d)

    def _times(self, left: Fractional, right: Fractional) -> Fractional:
        return self._checked(left[0] * right[0], left[1] * right[1])

    def _checked(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Fractional:
        """In lowest terms, with a leading coefficient of 1 below."""
        if not den:
            raise ZeroDivisionError
        common = num.gcd(den)
        num, den = num / common, den / common
        if len(num) + len(den) > MAX_TERMS:
            raise NoProofError("too many terms")
        lead = den.leading_coefficient()
        return num / lead, den / lead

    @property
    def _one(self) -> fmpq_mpoly:
        return self._context.constant(1)

    @property
    def _zero(self) -> Fractional:
        return self._context.constant(0), self._one


def _is_symbolic(power: Pow) -> bool:
    """Whether a power is none of whole numbers in its exponent."""
    if free_names(power.exponent):
        return True
    value = evaluate(power.exponent, {})
    rational = None if isinstance(value, Undefined) else value.rational
    return rational is None or rational.denominator > 1
