"""Exact real numbers in Q(alpha), alpha a real root of an irreducible polynomial of any degree.

As a + b*sqrt(d) is in one quadratic field: a number is a polynomial in alpha of lower degree than
that of alpha, so numbers of one field are equal where these polynomials are, and none but the
constant ones is rational. Beside other numbers (algebra/exact.py) the bound there is used, with
U = the number times its denominator and the leading coefficient of alpha's polynomial often enough.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz_poly

from verifiers.algebra.exact import MAX_SEPARATION_BITS, Composite, Key, Real, Surd
from verifiers.algebra.integers import square_part
from verifiers.algebra.isolate import isolate
from verifiers.algebra.root_text import root_text
from verifiers.syntax.errors import OverBudgetError

_X = fmpq_poly([0, 1])


class Field:
    """alpha: the ``index``-th real root, ascending, of an irreducible polynomial."""

    __slots__ = ("_ball", "index", "key", "modulus", "poly")

    def __init__(self, poly: fmpz_poly, index: int, low: fmpq, high: fmpq) -> None:
        self.poly = poly
        self.modulus = fmpq_poly(poly)
        self.index = index
        self.key: Key = (*(int(c) for c in poly.coeffs()), index)
        self._ball = _narrowed(poly, low, high)

    def root(self) -> arb:
        """An enclosure of alpha at flint's working precision, by interval Newton steps."""
        wanted = ctx.prec
        ball = self._ball
        slope = self.poly.derivative()
        spare = 16 + self.poly.degree() + self.poly.height_bits()
        while (accuracy := ball.rel_accuracy_bits()) < wanted:
            with ctx.workprec(min(2 * max(accuracy, 8), wanted) + spare):
                middle = arb(ball.mid())
                newer = (middle - self.poly(middle) / slope(ball)).intersection(ball)
            if newer.rel_accuracy_bits() <= accuracy:
                spare *= 2
            ball = newer
        self._ball = ball
        return ball


class Algebraic(Real):
    """``value(alpha)``; ``value`` is not constant and of lower degree than alpha."""

    __slots__ = ("_sign", "_simple", "_text", "field", "value")
    rank = 1

    def __init__(self, field: Field, value: fmpq_poly) -> None:
        self.field = field
        self.value = value
        self._sign = 0
        self._simple: tuple[fmpz_poly, int] | Surd | None = None
        self._text: str | None = None

    @property
    def is_root(self) -> bool:
        """Whether it is alpha itself."""
        return bool(self.value == _X)

    @property
    def key(self) -> Key:
        return ("field", self.field.key, *((int(c.p), int(c.q)) for c in self.value.coeffs()))

    def bounds(self) -> tuple[int, int, dict[Key, int]]:
        poly, degree = self.field.poly, self.value.degree()
        lead = abs(int(poly[poly.degree()]))
        size = lead + max(abs(int(c)) for c in poly.coeffs())  # of lead * alpha and its conjugates
        above = self.value.numer()
        upper = sum(
            abs(int(c)) * lead ** (degree - k) * size**k for k, c in enumerate(above.coeffs())
        )
        lower = int(self.value.denom()) * lead**degree
        return upper.bit_length(), lower.bit_length(), {self.field.key: poly.degree()}

    def ball(self) -> arb:
        if self.is_root:
            return self.field.root()
        return self.value.numer()(self.field.root()) / arb(self.value.denom())

    def sign(self) -> int:
        """Never 0: an irrational number is none."""
        precision = 64
        while not self._sign:
            with ctx.workprec(precision):
                ball = self.ball()
            self._sign = (ball > 0) - (ball < 0)
            precision *= 2
            if precision > 4 * MAX_SEPARATION_BITS:
                raise OverBudgetError("a number too close to 0")
        return self._sign

    def __add__(self, other: Real) -> Real:
        if other.rank > self.rank:
            return NotImplemented
        value = self._in_field(other)
        return Composite("+", (self, other)) if value is None else self._made(self.value + value)

    def __mul__(self, other: Real) -> Real:
        if other.rank > self.rank:
            return NotImplemented
        value = self._in_field(other)
        return Composite("*", (self, other)) if value is None else self._made(self.value * value)

    def __truediv__(self, other: Real) -> Real:
        if other.rank > self.rank:
            return NotImplemented
        if other.sign() == 0:
            raise ZeroDivisionError
        value = self._in_field(other)
        if value is None:
            return Composite("/", (self, other))
        return self._made(self.value * self._inverse(value))

    def __radd__(self, other: Real) -> Real:
        return self + other

    def __rmul__(self, other: Real) -> Real:
        return self * other

    def __rtruediv__(self, other: Real) -> Real:
        value = self._in_field(other)
        if value is None:
            return Composite("/", (other, self))
        return self._made(value * self._inverse(self.value))

    def _in_field(self, other: Real) -> fmpq_poly | None:
        """``other`` as a polynomial in alpha, where its form shows that it is one."""
        if isinstance(other, Surd) and not other.b:
            return fmpq_poly([other.a])
        if isinstance(other, Algebraic) and other.field.key == self.field.key:
            return other.value
        return None

    def _inverse(self, value: fmpq_poly) -> fmpq_poly:
        gcd, factor, _ = value.xgcd(self.field.modulus)
        return factor / gcd[0]

    def _made(self, value: fmpq_poly) -> Real:
        value = value % self.field.modulus
        return Algebraic(self.field, value) if value.degree() > 0 else Real.of(value[0])

    def minimal(self) -> tuple[fmpz_poly, int] | Surd:
        """Its minimal polynomial and which real root of that it is; a surd where it is one."""
        if self._simple is None:
            self._simple = _minimal(self)
        return self._simple

    def __str__(self) -> str:
        """``root of x^3 - x - 1 in (1, 2), about 1.3247``."""
        if self._text is None:
            minimal = self.minimal()
            self._text = str(minimal) if isinstance(minimal, Surd) else root_text(self, *minimal)
        return self._text


def algebraic_roots(poly: fmpz_poly) -> tuple[Real, ...]:
    """The real roots, ascending, of an irreducible polynomial of degree 3 or more.

    Raises ``OverBudgetError``.
    """
    return tuple(
        Algebraic(Field(poly, index, low, high), _X)
        for index, (low, high) in enumerate(isolate(poly))
    )


def _narrowed(poly: fmpz_poly, low: fmpq, high: fmpq) -> arb:
    """The isolating interval bisected until the polynomial is monotonic on it."""
    slope = poly.derivative()
    rising = poly(high) > 0
    precision = 64 + poly.height_bits()
    while True:
        with ctx.workprec(precision):
            ball = arb((low + high) / 2, (high - low) / 2)
            if not (slope(ball).contains(0) or ball.contains(0)):
                return ball
        precision += 4  # each bisection asks for a bit more
        middle = (low + high) / 2
        if (poly(middle) > 0) == rising:
            high = middle
        else:
            low = middle


def _minimal(number: Algebraic) -> tuple[fmpz_poly, int] | Surd:
    field = number.field
    if number.is_root:
        return field.poly, field.index
    degree = field.poly.degree()
    rows: list[fmpq] = []
    for power in range(degree):  # the matrix of multiplication with the number
        row = (number.value * _X**power) % field.modulus
        rows += [row[k] for k in range(degree)]
    characteristic = fmpq_mat(degree, degree, rows).charpoly().numer()  # a power of the minimal one
    poly = characteristic.factor()[1][0][0]
    if poly[poly.degree()] < 0:
        poly = -poly
    if poly.degree() == 2:
        return _surd(number, poly)
    intervals = isolate(poly)
    precision = 64
    while True:
        with ctx.workprec(precision):
            ball = number.ball()
        near = [k for k, (low, high) in enumerate(intervals) if not (ball < low or ball > high)]
        if len(near) == 1:
            return poly, near[0]
        precision *= 2


def _surd(number: Algebraic, poly: fmpz_poly) -> Surd:
    a, b, c = (int(poly[power]) for power in (2, 1, 0))
    s, d = square_part(b * b - 4 * a * c)
    above = (number - Real.of(Fraction(-b, 2 * a))).sign() > 0
    return Surd(fmpq(-b, 2 * a), fmpq(s if above else -s, 2 * a), d)
