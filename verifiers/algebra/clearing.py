"""Trees in several unknowns -> polynomials that vanish wherever the trees do.

Every root and absolute value becomes an unknown s of its own with an equation for it: s^n = A for
a root, s^2 = A^2 for |A|. A tree is then a quotient of polynomials. A solution of the trees gives
one of the polynomials (s being the root's value), so none is lost; some may be gained, which is
why each is put back into the trees.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from verifiers.algebra.eliminate import CannotEliminateError, ZeroDenominatorError
from verifiers.algebra.evaluate import rational_value
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names, subexpressions

MAX_TOTAL_DEGREE = 24
MAX_TERM_PAIRS = 20_000  # of two polynomials that are multiplied
MAX_GENERATORS = 6

Fractional: TypeAlias = tuple[fmpq_mpoly, fmpq_mpoly]
"""A numerator and a denominator without common factor."""


class Clearing:
    """Polynomials in ``names``, then in one unknown for each root and absolute value."""

    def __init__(self, names: Iterable[str], trees: Iterable[Expr] = ()) -> None:
        self.names = tuple(names)
        roots = (part for tree in trees for part in subexpressions(tree))
        slots = sum(isinstance(part, Root | Abs | Pow) for part in roots)
        self._slots = min(slots, MAX_GENERATORS)
        self.context = ring(len(self.names) + self._slots)
        self.relations: list[fmpq_mpoly] = []
        self._generators: dict[tuple[Expr, int], fmpq_mpoly] = {}
        self._one = self.context.constant(1)
        gens = self.context.gens()
        self._values = dict(zip(self.names, gens, strict=False))
        self._free = list(gens[len(self.names) :])

    def quotient(self, expr: Expr) -> Fractional:
        """Raises ``CannotEliminateError``, ``ZeroDenominatorError``, ``OverBudgetError``."""
        if not free_names(expr) and (number := rational_value(expr)) is not None:
            constant = fmpq(number.numerator, number.denominator)
            return self.context.constant(constant), self._one
        match expr:
            case Sym(name) if name in self._values:
                return self._values[name], self._one
            case Neg(arg):
                num, den = self.quotient(arg)
                return -num, den
            case Add(terms):
                total = self.quotient(terms[0])
                for term in terms[1:]:
                    total = self._sum(total, self.quotient(term))
                return total
            case Mul(factors):
                result = self.quotient(factors[0])
                for part in factors[1:]:
                    result = self._product(result, self.quotient(part))
                return result
            case Div(numerator, denominator):
                return self._product(self.quotient(numerator), self._inverse(denominator))
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, index):
                return self._generator(radicand, index), self._one
            case Abs(arg):
                return self._generator(arg, 0), self._one
        raise CannotEliminateError(f"{type(expr).__name__} is not covered")

    def _inverse(self, expr: Expr) -> Fractional:
        num, den = self.quotient(expr)
        if num.is_zero():
            raise ZeroDenominatorError("a denominator is zero everywhere")
        return den, num

    def _sum(self, left: Fractional, right: Fractional) -> Fractional:
        if left[1] == right[1]:
            return self._reduced(left[0] + right[0], left[1])
        above = _times(left[0], right[1]) + _times(right[0], left[1])
        return self._reduced(above, _times(left[1], right[1]))

    def _product(self, left: Fractional, right: Fractional) -> Fractional:
        return self._reduced(_times(left[0], right[0]), _times(left[1], right[1]))

    def _reduced(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Fractional:
        if den.is_one():
            return num, den
        common = num.gcd(den)
        num, den = num / common, den / common
        return (num / den.leading_coefficient(), self._one) if den.is_constant() else (num, den)

    def _power(self, base: Expr, exponent: Expr) -> Fractional:
        rational = None if free_names(exponent) else rational_value(exponent)
        if rational is None:
            raise CannotEliminateError("an exponent that is not rational")
        if rational.denominator > 1:
            base = Root(base, rational.denominator)
        times = abs(rational.numerator)
        if times > MAX_TOTAL_DEGREE:
            raise OverBudgetError(f"an exponent above {MAX_TOTAL_DEGREE}")
        value = self._inverse(base) if rational < 0 else self.quotient(base)
        result = (self._one, self._one)
        for _ in range(times):
            result = self._product(result, value)
        return result

    def _generator(self, arg: Expr, index: int) -> fmpq_mpoly:
        """The unknown for a root of this index, or for an absolute value (index 0)."""
        if (arg, index) not in self._generators:
            num, den = self.quotient(arg)
            if not self._free:
                raise CannotEliminateError(f"more than {self._slots} roots and absolute values")
            unknown = self._free.pop(0)
            power = self.context.constant(1)
            for _ in range(index or 2):
                power = _times(power, unknown)
            if not index:
                num, den = _times(num, num), _times(den, den)
            self.relations.append(_times(power, den) - num)
            self._generators[arg, index] = unknown
        return self._generators[arg, index]


def ring(num_unknowns: int) -> fmpq_mpoly_ctx:
    """Polynomials over the rationals in so many unknowns, ordered lexicographically."""
    names = tuple(f"v{index}" for index in range(num_unknowns))
    return fmpq_mpoly_ctx.get(names, Ordering.lex)


def _times(left: fmpq_mpoly, right: fmpq_mpoly) -> fmpq_mpoly:
    if len(left) * len(right) > MAX_TERM_PAIRS:
        raise OverBudgetError(f"a product of more than {MAX_TERM_PAIRS} terms")
    result = left * right
    if result.total_degree() > MAX_TOTAL_DEGREE:
        raise OverBudgetError(f"a polynomial of degree above {MAX_TOTAL_DEGREE}")
    return result
