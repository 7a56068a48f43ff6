"""Whether two expressions in several names are the same function, by proof.

Both become quotients of polynomials over the rationals, in the names and in one symbol for each
root and absolute value, told apart by the lowest terms of what is under it. A difference that is 0
proves them equal wherever both exist. Without roots, another difference proves them different;
with roots a point does at which both exist and differ, by exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, subexpressions

MAX_NAMES = 6
MAX_ROOTS = 8
MAX_POWER = 16
MAX_TERMS = 2_000
_POINTS = 24


class NoProofError(ValueError):
    """Neither could be proved within the budgets."""


def identical(left: Expr, right: Expr) -> bool:
    """Whether the two are equal wherever both exist; raises ``NoProofError``."""
    form = _NormalForm(left, right)
    try:
        (a, b), (c, d) = form.quotient(left), form.quotient(right)
    except ZeroDivisionError as error:
        raise NoProofError("a denominator is 0 everywhere") from error
    if not form.has_rules:
        return bool(a == c and b == d)
    points = list(_points(free_names(left) | free_names(right)))
    answers = [_agree(left, right, point) for point in points]
    if False in answers:
        return False
    if True in answers and not form.reduced(a * d - b * c):
        return True
    raise NoProofError("equal at every point that was tried, but not by a rule known here")


def _points(names: frozenset[str]) -> Iterator[dict[str, Real]]:
    """Points in general position: roots and denominators of usual expressions exist at some."""
    for index in range(_POINTS):
        yield {
            name: Real.of(Fraction((-1) ** (index // 6) * (7 * index + 3 * at + 2), 1 + index % 6))
            for at, name in enumerate(sorted(names))
        }


def _agree(left: Expr, right: Expr, point: dict[str, Real]) -> bool | None:
    """Whether they are equal at a point; None where one does not exist or is too large there."""
    try:
        values = evaluate(left, point), evaluate(right, point)
        if isinstance(values[0], Undefined) or isinstance(values[1], Undefined):
            return None
        return values[0] == values[1]
    except OverBudgetError:
        return None


class _NormalForm:
    """Quotients over one ring, whose last variables stand for the roots met so far."""

    def __init__(self, *exprs: Expr) -> None:
        names = sorted(frozenset().union(*map(free_names, exprs)))
        parts = [part for expr in exprs for part in subexpressions(expr)]
        num_roots = sum(not isinstance(part, Num | Sym | Neg | Add | Mul | Div) for part in parts)
        if len(names) > MAX_NAMES or num_roots > MAX_ROOTS:
            raise NoProofError("too many names or roots")
        symbols = [f"r{index}" for index in range(num_roots)]
        self._context = fmpq_mpoly_ctx.get([f"n{name}" for name in names] + symbols, Ordering.lex)
        generators = self._context.gens()
        self._names = dict(zip(names, generators, strict=False))
        self._free = list(range(len(names), len(generators)))
        self._symbols: dict[tuple[int, str], fmpq_mpoly] = {}
        self._rules: list[tuple[int, int, fmpq_mpoly, fmpq_mpoly]] = []  # s_at^power = num/den

    @property
    def has_rules(self) -> bool:
        return bool(self._rules)

    def quotient(self, expr: Expr) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        one = self._context.constant(1)
        match expr:
            case Num(value):
                return self._context.constant(fmpq(value.numerator, value.denominator)), one
            case Sym(name):
                return self._names[name], one
            case Neg(arg):
                num, den = self.quotient(arg)
                return -num, den
            case Add(terms):
                total = (self._context.constant(0), one)
                for num, den in map(self.quotient, terms):
                    total = self._checked(total[0] * den + num * total[1], total[1] * den)
                return total
            case Mul(factors):
                product = (one, one)
                for num, den in map(self.quotient, factors):
                    product = self._checked(product[0] * num, product[1] * den)
                return product
            case Div(above, below):
                (num, den), (num2, den2) = self.quotient(above), self.quotient(below)
                return self._checked(num * den2, den * num2)
            case Pow(base, exponent):
                return self._power(self.quotient(base), exponent)
            case Root(radicand, index):
                return self._symbol(index, *self.quotient(radicand)), one
            case Abs(arg):
                num, den = self.quotient(arg)
                return self._symbol(2, num**2, den**2), one
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

    def _power(
        self, base: tuple[fmpq_mpoly, fmpq_mpoly], exponent: Expr
    ) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        value = None if free_names(exponent) else evaluate(exponent, {})
        number = None if value is None or isinstance(value, Undefined) else value.rational
        if number is None or abs(number.numerator) > MAX_POWER or number.denominator > MAX_POWER:
            raise NoProofError("a power whose exponent is no small number")
        if number.denominator > 1:
            base = (self._symbol(number.denominator, *base), self._context.constant(1))
        num, den = base if number >= 0 else base[::-1]
        times = abs(number.numerator)
        return self._checked(num**times, den**times)

    def _symbol(self, index: int, num: fmpq_mpoly, den: fmpq_mpoly) -> fmpq_mpoly:
        """The symbol that stands for a root of num/den."""
        num, den = self._checked(num, den)
        key = (index, f"{num} | {den}")
        if key not in self._symbols:
            at = self._free.pop(0)
            self._symbols[key] = self._context.gens()[at]
            self._rules.append((at, index, num, den))
        return self._symbols[key]

    def _checked(self, num: fmpq_mpoly, den: fmpq_mpoly) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """In lowest terms, with a leading coefficient of 1 below."""
        if not den:
            raise ZeroDivisionError
        common = num.gcd(den)
        num, den = num / common, den / common
        if len(num) + len(den) > MAX_TERMS:
            raise NoProofError("too many terms")
        lead = den.leading_coefficient()
        return num / lead, den / lead
