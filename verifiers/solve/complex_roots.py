"""Polynomial equations over the complex numbers: as many roots as the degree says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import acb, arb, ctx, fmpq, fmpq_poly, fmpz_poly

from verifiers.algebra.complex_number import ComplexNumber
from verifiers.algebra.eliminate import CannotEliminateError, Tower, ZeroDenominatorError
from verifiers.algebra.exact import Real, Surd
from verifiers.algebra.integers import square_part
from verifiers.algebra.poly_text import poly_text
from verifiers.algebra.roots import Factor, NoExactRootsError, factor
from verifiers.domain import Condition, condition_texts
from verifiers.solve.equation import Equation, UndecidedError, equation_conditions
from verifiers.syntax.ast import Add, Expr, Neg
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.text import to_text
from verifiers.types import Reason

MAX_SIZE = 1_000  # degree times bits of the coefficients, of a factor whose roots are enclosed


@dataclass(frozen=True, slots=True, eq=False)
class ComplexRoot:
    """A root of an irreducible polynomial; ``number`` where it can be written exactly."""

    poly: fmpz_poly
    enclosure: acb
    number: ComplexNumber | None

    def __str__(self) -> str:
        if self.number is not None:
            return str(self.number)
        re, im = (part.str(5, radius=False) for part in (self.enclosure.real, self.enclosure.imag))
        sign = "-" if im.startswith("-") else "+"
        return f"root of {poly_text(self.poly, 'x')} near {re} {sign} {im.lstrip('-')}*i"


@dataclass(frozen=True, kw_only=True, eq=False)
class ComplexSolution:
    """All complex roots of a polynomial, those at which a denominator is 0 apart."""

    equation: Equation
    conditions: tuple[Condition, ...]
    factors: tuple[fmpz_poly, ...]
    excluded_factors: tuple[fmpz_poly, ...]
    roots: tuple[ComplexRoot, ...]
    certificate: tuple[str, ...]
    excluded: tuple[Real, ...] = ()
    extraneous: tuple[Real, ...] = ()

    @property
    def unknown(self) -> str:
        return self.equation.unknown

    @cached_property
    def text(self) -> str:
        """The solution set as an answer would give it."""
        return "{" + ", ".join(map(str, self.roots)) + "}" if self.roots else "no solutions"

    @cached_property
    def domain_texts(self) -> tuple[str, ...]:
        return condition_texts(self.conditions)


def solve_complex(read: Equation) -> ComplexSolution:
    """Raises ``UndecidedError`` for what is no rational equation, or beyond the budgets."""
    if read.is_inequality:
        raise UndecidedError(Reason.MALFORMED_PROBLEM, "complex numbers have no order")
    try:
        found = equation_conditions(read)
        lhs, rhs = read.sides
        poly = _polynomial(Add((lhs, Neg(rhs))), read.unknown)
        if not poly:
            raise CannotEliminateError("an identity over the complex numbers")
        denominators = [_polynomial(each.part, read.unknown) for each in found]
        factors = factor(poly)
        return _solution(read, found, factors, denominators)
    except (
        CannotEliminateError,
        NoExactRootsError,
        OverBudgetError,
        ZeroDenominatorError,
    ) as error:
        raise UndecidedError(Reason.UNSUPPORTED_EQUATION, str(error)) from error


def _solution(
    read: Equation,
    found: tuple[Condition, ...],
    factors: tuple[Factor, ...],
    denominators: list[fmpq_poly],
) -> ComplexSolution:
    kept = [each for each in factors if not _divides_one(each.poly, denominators)]
    dropped = [each for each in factors if _divides_one(each.poly, denominators)]
    name = read.unknown
    degree = sum(each.poly.degree() for each in kept)
    product = "*".join(f"({poly_text(each.poly, name)})" for each in factors) or "1"
    sentences = [
        f"Every solution of {to_text(read.relation)} solves, multiplied out, {product} = 0, up to"
        " multiplicity.",
        f"That has {degree} different complex roots where no denominator is 0: its factors are"
        " irreducible and of that degree together.",
    ]
    sentences += [
        f"Where {poly_text(each.poly, name)} = 0, a denominator is 0." for each in dropped
    ]
    return ComplexSolution(
        equation=read,
        conditions=found,
        factors=tuple(each.poly for each in kept),
        excluded_factors=tuple(each.poly for each in dropped),
        roots=tuple(root for each in kept for root in _roots(each)),
        certificate=tuple(sentences),
        excluded=tuple(root for each in dropped for root in each.roots),
    )


def _polynomial(expr: Expr, unknown: str) -> fmpq_poly:
    """The numerator of a rational expression."""
    tower = Tower(unknown)
    num = tower.quotient(expr).num
    if tower.generators:
        raise CannotEliminateError("roots and absolute values of complex numbers")
    return num.get(0, fmpq_poly([0]))


def _divides_one(poly: fmpz_poly, denominators: list[fmpq_poly]) -> bool:
    return any(not each % fmpq_poly(poly) for each in denominators)


def _roots(each: Factor) -> list[ComplexRoot]:
    poly = each.poly
    if poly.degree() <= 2:
        numbers = [ComplexNumber(real) for real in each.roots] or _conjugate_pair(poly)
        return [ComplexRoot(poly, _ball(number), number) for number in numbers]
    if poly.degree() * poly.height_bits() > MAX_SIZE:
        raise OverBudgetError("complex roots of a large polynomial")
    with ctx.workprec(64):
        pairs: list[tuple[acb, int]] = poly.complex_roots()  # type: ignore[assignment]
    real = [ComplexRoot(poly, _ball(ComplexNumber(x)), ComplexNumber(x)) for x in each.roots]
    return real + [ComplexRoot(poly, ball, None) for ball, _ in pairs if not ball.imag.is_zero()]


def _conjugate_pair(poly: fmpz_poly) -> list[ComplexNumber]:
    a, b, c = (int(poly[power]) for power in (2, 1, 0))
    s, d = square_part(4 * a * c - b * b)
    re, im = Real.of(fmpq(-b, 2 * a)), fmpq(s, 2 * a)
    size = Surd(im, fmpq(0), 1) if d == 1 else Surd(fmpq(0), im, d)
    return [ComplexNumber(re, size), ComplexNumber(re, -size)]


def _ball(number: ComplexNumber) -> acb:
    with ctx.workprec(64):
        return acb(number.re.ball(), number.im.ball() if not number.is_real else arb(0))
