"""What equations with parameters are evaluated in: at one point, the real numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from flint import fmpq_mpoly

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.radicals import root
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError

MAX_BITS = 8_000  # of a numerator or denominator

T = TypeVar("T")


class NoValueError(ValueError):
    """A denominator is 0, or a radicand negative, all over the region."""


class BeyondFieldError(ValueError):
    """A function that is no rational combination of square roots of polynomials here."""


class Field(ABC, Generic[T]):
    """What equations and answers are evaluated in."""

    @abstractmethod
    def constant(self, value: Fraction) -> T: ...

    @abstractmethod
    def polynomial(self, poly: fmpq_mpoly) -> T: ...

    @abstractmethod
    def add(self, left: T, right: T) -> T: ...

    @abstractmethod
    def multiply(self, left: T, right: T) -> T: ...

    @abstractmethod
    def inverse(self, value: T) -> T:
        """Raises ``NoValueError`` for zero."""

    @abstractmethod
    def square_root(self, value: T) -> T:
        """Raises ``NoValueError`` for what is negative."""

    @abstractmethod
    def sign(self, value: T) -> int: ...

    @abstractmethod
    def is_zero(self, value: T) -> bool:
        """Zero everywhere; where not, nowhere zero."""

    def negative(self, value: T) -> T:
        return self.multiply(self.constant(Fraction(-1)), value)

    def subtract(self, left: T, right: T) -> T:
        return self.add(left, self.negative(right))

    def same(self, left: T, right: T) -> bool:
        return self.is_zero(self.subtract(left, right))

    @abstractmethod
    def value(self, expr: Expr) -> T:
        """Raises ``NoValueError``, ``BeyondFieldError``, ``OverBudgetError``."""


@dataclass(slots=True)
class PointField(Field[Real]):
    """The real numbers, each parameter having a value."""

    values: Mapping[str, Real]
    names: tuple[str, ...] = ()  # of the polynomials' unknowns

    def constant(self, value: Fraction) -> Real:
        return Real.of(value)

    def polynomial(self, poly: fmpq_mpoly) -> Real:
        total: Real = Real.of(0)
        for powers, coefficient in poly.to_dict().items():
            term: Real = Real.of(coefficient)
            for name, power in zip(self.names, powers, strict=False):
                for _ in range(power):
                    term = term * self.values[name]
            total = total + term
        return total

    def value(self, expr: Expr) -> Real:
        number = evaluate(expr, self.values)
        if isinstance(number, Undefined):
            raise NoValueError(number.cause)
        if max(number.bounds()[:2]) > MAX_BITS:
            raise OverBudgetError(f"a number of more than {MAX_BITS} bits")
        return number

    def add(self, left: Real, right: Real) -> Real:
        return left + right

    def multiply(self, left: Real, right: Real) -> Real:
        return left * right

    def inverse(self, value: Real) -> Real:
        if value.sign() == 0:
            raise NoValueError("a denominator is 0")
        return Real.of(1) / value

    def square_root(self, value: Real) -> Real:
        if value.sign() < 0:
            raise NoValueError("a radicand is negative")
        return root(value, 2)

    def sign(self, value: Real) -> int:
        return value.sign()

    def is_zero(self, value: Real) -> bool:
        return value.sign() == 0
