"""Exact real algebraic numbers: a + b*sqrt(d), and what grows out of them by + * / and roots.

Equality is decided, never estimated. Numbers of one quadratic field are compared by integers. All
others are enclosed in balls of rising precision until the sign shows, or until the ball is smaller
than every non-zero number of that shape can be. The bound (Burnikel, Fleischer, Mehlhorn, Schirra,
"A strong and easily computable separation bound for arithmetic expressions involving radicals",
2000): write the number as U/L with algebraic integers U and L of a field of degree at most D, the
product of the indices of its radicals; if every conjugate of U is at most u in size, then U = 0 or
|U| >= u^(1-D), because the norm of U is a non-zero integer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from functools import lru_cache
from math import gcd, isqrt
from typing import Literal, TypeAlias

from flint import arb, ctx, fmpq

from verifiers.syntax.errors import MAX_POWER_BITS, OverBudgetError

MAX_SEPARATION_BITS = 200_000

Key: TypeAlias = tuple[object, ...]


class Real(ABC):
    """An exact real number. ``==`` and ``<`` are exact; they raise ``OverBudgetError`` at worst."""

    __slots__ = ()

    @staticmethod
    def of(value: int | Fraction | fmpq) -> Surd:
        if isinstance(value, Fraction):
            value = fmpq(value.numerator, value.denominator)
        return Surd(fmpq(value), _ZERO, 1)

    @property
    @abstractmethod
    def key(self) -> Key:
        """Equal keys: the same number. Equal numbers may have different keys."""

    @abstractmethod
    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        """log2 of u, log2 of a bound on L, and the index of each radical (see the module)."""

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
        return Composite("+", (self, other))

    def __mul__(self, other: Real) -> Real:
        if isinstance(self, Surd) and isinstance(other, Surd):
            product = _multiply_surds(self, other)
            if product is not None:
                return product
        return Composite("*", (self, other))

    def __neg__(self) -> Real:
        return _MINUS_ONE * self

    def __sub__(self, other: Real) -> Real:
        return self + -other

    def __truediv__(self, other: Real) -> Real:
        """Raises ``ZeroDivisionError``."""
        if other.sign() == 0:
            raise ZeroDivisionError
        if isinstance(other, Surd):
            norm = other.a**2 - other.b**2 * other.d
            return self * Surd(other.a / norm, -other.b / norm, other.d)
        return Composite("/", (self, other))

    def __abs__(self) -> Real:
        return -self if self.sign() < 0 else self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Real) and (self - other).sign() == 0

    def __lt__(self, other: Real) -> bool:
        return (self - other).sign() < 0

    def __le__(self, other: Real) -> bool:
        return (self - other).sign() <= 0

    __hash__ = None  # type: ignore[assignment]  # equal numbers need not have equal keys

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
        self.d = d if b != 0 else 1

    @property
    def key(self) -> Key:
        return (self.a, self.b, self.d)

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        p, q, r, s = (abs(int(part)) for part in (self.a.p, self.a.q, self.b.p, self.b.q))
        common = q * s // gcd(q, s)
        size = p * (common // q) + r * (common // s) * (isqrt(self.d) + 1)
        return size.bit_length(), common.bit_length(), {} if self.b == 0 else {(self.d,): 2}

    def ball(self) -> arb:
        return arb(self.a) if self.b == 0 else arb(self.a) + arb(self.b) * arb(self.d).sqrt()

    def sign(self) -> int:
        a, b = _sign(self.a), _sign(self.b)
        if a * b >= 0:
            return a or b
        return a * _sign(self.a**2 - self.b**2 * self.d)

    def __repr__(self) -> str:
        return f"Real({self})"

    def __str__(self) -> str:
        """``(1 + sqrt(5))/2``: text of our grammar."""
        if self.b == 0:
            return str(self.a)
        common = int(self.a.q) * int(self.b.q) // gcd(int(self.a.q), int(self.b.q))
        p, q = int(self.a * common), int(self.b * common)
        root = f"sqrt({self.d})" if abs(q) == 1 else f"{abs(q)}*sqrt({self.d})"
        if p == 0:
            text = ("-" if q < 0 else "") + root
        else:
            text = f"{p} {'-' if q < 0 else '+'} {root}"
            text = f"({text})" if common > 1 else text
        return text if common == 1 else f"{text}/{common}"


class Composite(Real):
    """A sum, product, quotient or root whose value is in no single known quadratic field."""

    __slots__ = ("_bounds", "args", "index", "op")

    def __init__(
        self, op: Literal["+", "*", "/", "root"], args: tuple[Real, ...], index: int = 1
    ) -> None:
        self.op = op
        self.args = args
        self.index = index
        self._bounds = self._compute_bounds()

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
        return _sign_by_balls(self)

    def __repr__(self) -> str:
        return f"Real({self})"

    def __str__(self) -> str:
        texts = [str(arg) for arg in self.args]
        if self.op == "root":
            return f"sqrt({texts[0]})" if self.index == 2 else f"sqrt[{self.index}]({texts[0]})"
        if self.op == "+":
            return f"{texts[0]} + {texts[1]}".replace("+ -", "- ")
        if self.op == "*" and self.args[0].rational == -1:
            return f"-({texts[1]})" if " " in texts[1] else f"-{texts[1]}"
        return self.op.join(f"({text})" for text in texts)


def _sign(value: fmpq) -> int:
    return int(value > 0) - int(value < 0)


def _sign_by_balls(number: Real) -> int:
    upper, lower, radicals = number.bounds()
    degree = 1
    for index in radicals.values():
        degree *= index
    separation = (degree - 1) * upper + lower + 1  # a non-zero number exceeds 2^-separation
    precision = 64
    while True:
        with ctx.workprec(precision):
            ball = number.ball()
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            if ball.is_finite() and abs(ball) < arb(2) ** -separation:
                return 0
        if precision > MAX_SEPARATION_BITS:
            raise OverBudgetError("a number too entangled to compare exactly")
        precision *= 2


def _same_field(x: Surd, y: Surd) -> tuple[fmpq, int] | None:
    """y's coefficient and radicand rewritten over x's radicand, where the fields are the same."""
    if x.d == y.d or y.b == 0:
        return y.b, x.d
    if x.b == 0:
        return y.b, y.d
    root = isqrt(x.d * y.d)
    return (y.b * fmpq(root, x.d), x.d) if root * root == x.d * y.d else None


def _add_surds(x: Surd, y: Surd) -> Surd | None:
    common = _same_field(x, y)
    return Surd(x.a + y.a, x.b + common[0], common[1]) if common else None


def _multiply_surds(x: Surd, y: Surd) -> Surd | None:
    common = _same_field(x, y)
    if common:
        b, d = common
        return Surd(x.a * y.a + x.b * b * d, x.a * b + x.b * y.a, d)
    if x.a == 0 and y.a == 0:
        root = _sqrt_rational(fmpq(x.d * y.d))
        return Surd(root.a * x.b * y.b, root.b * x.b * y.b, root.d)
    return None


def root(number: Real, index: int) -> Real:
    """The real ``index``-th root; raises ``ValueError`` for an even root of a negative number."""
    sign = number.sign()
    if sign < 0:
        if index % 2 == 0:
            raise ValueError("an even root of a negative number")
        return -root(-number, index)
    if sign == 0:
        return Real.of(0)
    if isinstance(number, Surd):
        if index == 2:
            simple = _sqrt_surd(number)
            if simple is not None:
                return simple
        elif number.b == 0:
            if index % 2 == 0:
                return root(root(number, 2), index // 2)
            p, q = (_exact_root(int(part), index) for part in (number.a.p, number.a.q))
            if p and q:
                return Real.of(fmpq(p, q))
    return Composite("root", (number,), index)


def power(base: Real, exponent: Fraction) -> Real:
    """``base ** exponent``; raises ``ValueError``, ``ZeroDivisionError``, ``OverBudgetError``.

    A fractional exponent with odd denominator is the real root: (-8)^(1/3) = -2.
    """
    if exponent.denominator > 1:
        if exponent.denominator > 64:
            raise OverBudgetError("a root of an index above 64")
        base = root(base, exponent.denominator)
    times = abs(exponent.numerator)
    if exponent <= 0 and base.sign() == 0:
        raise ZeroDivisionError
    upper, lower, _ = base.bounds()
    if base.rational not in (0, 1, -1) and times * max(upper, lower, 1) > MAX_POWER_BITS:
        raise OverBudgetError(f"a power of more than {MAX_POWER_BITS} bits")
    if base.rational == -1:
        times %= 2
    elif base.rational in (0, 1):
        times = min(times, 1)
    result, square = Real.of(1), base
    while times:
        if times & 1:
            result = result * square  # type: ignore[assignment]
        square, times = square * square if times > 1 else square, times >> 1
    return Real.of(1) / result if exponent < 0 else result


def approximate(number: Real, precision: int = 53) -> arb:
    with ctx.workprec(precision):
        return number.ball()


def rational_between(low: Real | None, high: Real | None) -> Fraction:
    """A fraction strictly between two different numbers; None is infinity on its side."""
    if low is None and high is None:
        return Fraction(0)
    if low is None:
        assert high is not None
        return Fraction(_whole(approximate(high).lower().floor()) - 1)
    if high is None:
        return Fraction(_whole(approximate(low).upper().ceil()) + 1)
    precision = 64
    while True:
        left, right = approximate(low, precision), approximate(high, precision)
        if left < right:
            middle = ((left.upper() + right.lower()) / 2).mid().fmpq()
            if left < arb(middle) < right:
                return Fraction(int(middle.p), int(middle.q))
        precision *= 2


def _whole(exact: arb) -> int:
    integer = exact.unique_fmpz()
    assert integer is not None
    return int(integer)


@lru_cache(maxsize=4096)
def square_part(n: int) -> tuple[int, int]:
    """``n = s*s*d`` as (s, d), n > 0; d is no square and has no square of a small prime in it."""
    s, d = 1, n
    for prime in _SMALL_PRIMES:
        if prime * prime > d:
            break
        while d % (prime * prime) == 0:
            d //= prime * prime
            s *= prime
    whole = isqrt(d)
    return (s * whole, 1) if whole * whole == d else (s, d)


def _sqrt_rational(value: fmpq) -> Surd:
    p, q = int(value.p), int(value.q)
    s, d = square_part(p * q)
    return Surd(fmpq(s, q), _ZERO, 1) if d == 1 else Surd(_ZERO, fmpq(s, q), d)


def _sqrt_surd(x: Surd) -> Surd | None:
    """sqrt(a + b sqrt d) = u + v sqrt d where there are such rational u and v."""
    if x.b == 0:
        return _sqrt_rational(x.a)
    norm = _rational_sqrt(x.a**2 - x.b**2 * x.d)
    if norm is None:
        return None
    for u_squared in ((x.a + norm) / 2, (x.a - norm) / 2):
        u = _rational_sqrt(u_squared)
        if u:
            candidate = Surd(u, x.b / (2 * u), x.d)
            return candidate if candidate.sign() >= 0 else Surd(-candidate.a, -candidate.b, x.d)
    return None


def _rational_sqrt(value: fmpq) -> fmpq | None:
    if value < 0:
        return None
    p, q = _exact_root(int(value.p), 2), _exact_root(int(value.q), 2)
    return None if p is None or q is None else fmpq(p, q)


def _exact_root(n: int, index: int) -> int | None:
    """The integer whose ``index``-th power is ``n`` >= 0, if there is one."""
    guess = isqrt(n) if index == 2 else _integer_root(n, index)
    return guess if guess**index == n else None


def _integer_root(n: int, index: int) -> int:
    """The floor of the ``index``-th root, by Newton's iteration from above."""
    if n < 2:
        return n
    guess = 1 << -(-n.bit_length() // index)
    while True:
        better = ((index - 1) * guess + n // guess ** (index - 1)) // index
        if better >= guess:
            return guess
        guess = better


_ZERO = fmpq(0)
_MINUS_ONE = Real.of(-1)
_SMALL_PRIMES = [n for n in range(2, 1000) if all(n % k for k in range(2, isqrt(n) + 1))]
