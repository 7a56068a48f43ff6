"""Exact real algebraic numbers: a + b*sqrt(d), and what grows out of them by + * / and roots.

Equality is decided, never estimated. Numbers of one quadratic field are compared by integers, all
others by balls and a separation bound (see separation.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from math import gcd, isqrt
from typing import Literal

from flint import arb, ctx, fmpq

from verifiers.algebra.integers import square_part
from verifiers.algebra.quadratic import same_field, surd_text
from verifiers.algebra.separation import (
    MAX_SEPARATION_BITS,
    Key,
    approximate,
    separation_bits,
    sign_by_balls,
)

__all__ = [
    "MAX_SEPARATION_BITS",
    "Composite",
    "Key",
    "Real",
    "Surd",
    "approximate",
    "compare",
    "separation_bits",
]


class Real(ABC):
    """An exact real number. ``==`` and ``<`` are exact; they raise ``OverBudgetError`` at worst."""

    __slots__ = ()
    rank = 0
    """Of two numbers, the one of the higher rank does the arithmetic: 1 in a number field, 2 with
    transcendental constants."""

    @staticmethod
    def of(value: int | Fraction | fmpq) -> Surd:
        if isinstance(value, Fraction):
            value = fmpq(value.numerator, value.denominator)
        return Surd(fmpq(value), _ZERO, 1)

    @property
    def algebraic(self) -> bool:
        return self.rank < 2

    @property
    @abstractmethod
    def key(self) -> Key:
        """Equal keys: the same number. Equal numbers may have different keys."""

    @abstractmethod
    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        """log2 of u, log2 of a bound on L, and the index of each radical (see separation.py)."""

    @abstractmethod
    def ball(self) -> arb:
        """An enclosure at flint's working precision."""

    @abstractmethod
    def sign(self) -> int: ...

    def __add__(self, other: Real) -> Real:
        if isinstance(self, Surd) and isinstance(other, Surd):
            total = _add_surds(self, other)
            if total is not None:
                return total
        if other.rank > self.rank:
            return NotImplemented
        return Composite("+", (self, other))

    def __mul__(self, other: Real) -> Real:
        if isinstance(self, Surd) and isinstance(other, Surd):
            product = _multiply_surds(self, other)
            if product is not None:
                return product
        if other.rank > self.rank:
            return NotImplemented
        return Composite("*", (self, other))

    def __neg__(self) -> Real:
        return _MINUS_ONE * self

    def __sub__(self, other: Real) -> Real:
        return self + -other

    def __truediv__(self, other: Real) -> Real:
        """Raises ``ZeroDivisionError``."""
        if other.rank > self.rank:
            return NotImplemented
        if other.sign() == 0:
            raise ZeroDivisionError
        if isinstance(other, Surd):
            norm = other.a**2 - other.b**2 * other.d
            return self * Surd(other.a / norm, -other.b / norm, other.d)
        return Composite("/", (self, other))

    def __abs__(self) -> Real:
        return -self if self.sign() < 0 else self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Real) and compare(self, other) == 0

    def __lt__(self, other: Real) -> bool:
        return compare(self, other) < 0

    def __le__(self, other: Real) -> bool:
        return compare(self, other) <= 0

    __hash__ = None  # type: ignore[assignment]  # equal numbers need not have equal keys

    def __repr__(self) -> str:
        return f"Real({self})"

    @property
    def rational(self) -> Fraction | None:
        """The number as a fraction, or None where its form does not show that it is one."""
        if isinstance(self, Surd) and self.b == 0:
            return Fraction(int(self.a.p), int(self.a.q))
        return None


class Surd(Real):
    """``a + b*sqrt(d)``: rational ``a`` and ``b``, integer ``d`` > 1 no square; d = 1 if b = 0."""

    __slots__ = ("a", "b", "d")

    def __init__(self, a: fmpq, b: fmpq, d: int) -> None:
        self.a = a
        self.b = b
        self.d = d if b else 1

    @property
    def key(self) -> Key:
        return (self.a, self.b, self.d)

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        p, q, r, s = (abs(int(part)) for part in (self.a.p, self.a.q, self.b.p, self.b.q))
        common = q * s // gcd(q, s)
        size = p * (common // q) + r * (common // s) * (isqrt(self.d) + 1)
        return size.bit_length(), common.bit_length(), {(self.d,): 2} if self.b else {}

    def ball(self) -> arb:
        return arb(self.a) + arb(self.b) * arb(self.d).sqrt() if self.b else arb(self.a)

    def sign(self) -> int:
        a = _sign(self.a)
        if not self.b:
            return a
        b = _sign(self.b)
        return a or b if a * b >= 0 else a * _sign(self.a**2 - self.b**2 * self.d)

    def __str__(self) -> str:
        """``(1 + sqrt(5))/2``: text of our grammar."""
        return surd_text(self.a, self.b, self.d)


class Composite(Real):
    """A sum, product, quotient or root whose value is in no single known quadratic field."""

    __slots__ = ("_ball", "_bounds", "args", "index", "op")

    def __init__(
        self, op: Literal["+", "*", "/", "root"], args: tuple[Real, ...], index: int = 1
    ) -> None:
        self.op = op
        self.args = args
        self.index = index
        self._bounds = self._compute_bounds()
        self._ball: tuple[int, arb] | None = None

    @property
    def key(self) -> Key:
        return (self.op, self.index, *(arg.key for arg in self.args))

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        return self._bounds

    def _compute_bounds(self) -> tuple[int, int, dict[Key, int]]:
        upper, lower, radicals = self.args[0].bounds()
        if self.op == "root":
            # the k-th root of U/L is the k-th root of U*L^(k-1), over L: no new root below the line
            k = self.index
            return -(-(upper + (k - 1) * lower) // k), lower, {**radicals, self.key: k}
        upper2, lower2, radicals2 = self.args[1].bounds()
        radicals = {**radicals, **radicals2}
        if self.op == "+":
            return max(upper + lower2, upper2 + lower) + 1, lower + lower2, radicals
        if self.op == "*":
            return upper + upper2, lower + lower2, radicals
        return upper + lower2, lower + upper2, radicals

    def ball(self) -> arb:
        if self._ball is None or self._ball[0] != ctx.prec:
            self._ball = (ctx.prec, self._compute_ball())
        return self._ball[1]

    def _compute_ball(self) -> arb:
        first = self.args[0].ball()
        if self.op == "root":
            return first.sqrt() if self.index == 2 else first.root(self.index)
        second = self.args[1].ball()
        if self.op == "+":
            return first + second
        return first * second if self.op == "*" else first / second

    def sign(self) -> int:
        if self.op == "root":
            return self.args[0].sign()
        if self.op in "*/":
            return self.args[0].sign() * self.args[1].sign()
        return sign_by_balls(self)

    def __str__(self) -> str:
        texts = [_bracketed(str(arg)) for arg in self.args]
        if self.op == "root":
            name = {2: "sqrt", 3: "cbrt"}.get(self.index, f"sqrt[{self.index}]")
            return f"{name}({texts[0]})"
        if self.op == "+":
            return f"{texts[0]} + {texts[1]}".replace("+ -", "- ")
        if self.op == "*" and self.args[0].rational == -1:
            plain = isinstance(self.args[1], Composite) and self.args[1].op == "root"
            return f"-{texts[1]}" if plain else f"-({texts[1]})"
        return self.op.join(f"({text})" for text in texts)


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("root of ") else text  # words, with a comma in them


def compare(x: Real, y: Real) -> int:
    """The sign of ``x - y``."""
    if isinstance(x, Surd) and isinstance(y, Surd) and not (x.b or y.b):
        return (x.a > y.a) - (x.a < y.a)
    if x is y or x.key == y.key:
        return 0
    return (x - y).sign()


def _sign(value: fmpq) -> int:
    return (value > 0) - (value < 0)


def _add_surds(x: Surd, y: Surd) -> Surd | None:
    if not (x.b or y.b):
        return Surd(x.a + y.a, _ZERO, 1)
    common = same_field(x.b, x.d, y.b, y.d)
    return Surd(x.a + y.a, x.b + common[0], common[1]) if common else None


def _multiply_surds(x: Surd, y: Surd) -> Surd | None:
    if not (x.b or y.b):
        return Surd(x.a * y.a, _ZERO, 1)
    common = same_field(x.b, x.d, y.b, y.d)
    if common:
        b, d = common
        return Surd(x.a * y.a + x.b * b * d, x.a * b + x.b * y.a, d)
    if not (x.a or y.a):
        s, d = square_part(x.d * y.d)
        return Surd(_ZERO, x.b * y.b * s, d)
    return None


_ZERO = fmpq(0)
_MINUS_ONE = Real.of(-1)
