"""Quotients over a polynomial ring in names and in symbols for what is no polynomial.

A symbol has a key that says what it stands for, and a rule where a power of it is another quotient.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.syntax.ast import Add, Div, Expr, Log, Mul, Neg, Num, Pow, Sym
from verifiers.syntax.walk import free_names, subexpressions

MAX_NAMES = 6
MAX_ROOTS = 16
MAX_SYMBOLS = 32
MAX_POWER = 16
MAX_TERMS = 2_000
MAX_CONTENT_BITS = 100  # of an integer that is factored

Fractional: TypeAlias = tuple[fmpq_mpoly, fmpq_mpoly]


class NoProofError(ValueError):
    """Neither could be proved within the budgets."""


class SymbolRing:
    """One ring for some expressions, whose last variables stand for the symbols met so far."""

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
        self.context = fmpq_mpoly_ctx.get([f"n{name}" for name in names] + symbols, Ordering.lex)
        generators = self.context.gens()
        self.names = dict(zip(names, generators, strict=False))
        self.takes_logs = any(isinstance(part, Log) for part in parts)
        self._free = list(range(len(names), len(generators)))
        self.symbols: dict[tuple[str, ...], fmpq_mpoly] = {}
        self.rules: list[tuple[int, int, fmpq_mpoly, fmpq_mpoly]] = []  # s_at^power = num/den

    def reduced(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        """A multiple of it, with every power of a symbol below that of its rule."""
        for at, power, num, den in reversed(self.rules):  # inner roots come first in the rules
            most = poly.degrees()[at] // power
            lower = self.context.constant(0)
            for exponents, coefficient in poly.terms():
                times, rest = divmod(int(exponents[at]), power)
                kept = tuple(map(int, (*exponents[:at], rest, *exponents[at + 1 :])))
                lower += (
                    self.context.from_dict({kept: coefficient}) * num**times * den ** (most - times)
                )
                if len(lower) > MAX_TERMS:
                    raise NoProofError("too many terms")
            poly = lower
        return poly

    def factors(self, num: fmpq_mpoly, den: fmpq_mpoly) -> list[tuple[fmpq_mpoly, int]]:
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
                result += [(self.context.constant(int(p)), int(e) * own) for p, e in primes]
            if content < 0:
                result.append((self.context.constant(-1), 1))
        return result

    def symbol(self, *key: str) -> tuple[fmpq_mpoly, bool]:
        """The symbol with this key, and whether it is new."""
        is_new = key not in self.symbols
        if is_new:
            if not self._free:
                raise NoProofError("too many roots")
            self.symbols[key] = self.context.gens()[self._free.pop(0)]
        return self.symbols[key], is_new

    def at(self, symbol: fmpq_mpoly) -> int:
        """The place of a symbol among the variables."""
        return next(at for at, each in enumerate(self.context.gens()) if each == symbol)

    def constant(self, value: Fraction) -> fmpq_mpoly:
        return self.context.constant(fmpq(value.numerator, value.denominator))

    def scaled(self, value: Fractional, by: Fraction) -> Fractional:
        return self.times(value, (self.constant(by), self.one))

    def to_the(self, base: Fractional, power: int) -> Fractional:
        num, den = base if power >= 0 else base[::-1]
        if abs(power) > MAX_POWER**2:
            raise NoProofError("a power whose exponent is no small number")
        return self.checked(num ** abs(power), den ** abs(power))

    def plus(self, left: Fractional, right: Fractional) -> Fractional:
        (a, b), (c, d) = left, right
        return self.checked(a * d + c * b, b * d)

    def times(self, left: Fractional, right: Fractional) -> Fractional:
        return self.checked(left[0] * right[0], left[1] * right[1])

    def checked(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Fractional:
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
    def one(self) -> fmpq_mpoly:
        return self.context.constant(1)

    @property
    def zero(self) -> Fractional:
        return self.context.constant(0), self.one


def _is_symbolic(power: Pow) -> bool:
    """Whether a power is none of whole numbers in its exponent."""
    if free_names(power.exponent):
        return True
    value = evaluate(power.exponent, {})
    rational = None if isinstance(value, Undefined) else value.rational
    return rational is None or rational.denominator > 1
