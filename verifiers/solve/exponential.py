"""Zeros of sums of polynomials times exponentials.

One power u = a^x can be taken for all exponentials: a polynomial in u > 0. Otherwise zeros are
looked for among small fractions, and a bound on their number says whether these are all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import arb, ctx

from verifiers.algebra.exact import Real
from verifiers.algebra.exp_poly import (
    ExpPoly,
    add_terms,
    common_factor,
    divided,
    in_one_power,
    multiply_terms,
    order_of_zero,
    zero_bound,
)
from verifiers.algebra.functions import exponential, logarithm
from verifiers.algebra.real_poly import ONE, RealPoly, add, real_roots, scale
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.solve.kernels import value_of
from verifiers.syntax.ast import Add, Div, Expr, Mul, Neg, Num, Pow, Sym
from verifiers.syntax.walk import free_names

MAX_POWER = 16
_MINUS_ONE = Num(Fraction(-1))
_Quotient: TypeAlias = tuple[ExpPoly, ExpPoly]
_UNIT: ExpPoly = (((), (ONE,)),)
SMALL_FRACTIONS = tuple(
    Real.of(x)
    for x in sorted(
        {Fraction(p, q) for q in (1, 2, 3, 4) for p in range(-40, 41)}, key=lambda x: (abs(x), x)
    )
)


def exp_quotient(expr: Expr, unknown: str) -> tuple[ExpPoly, ExpPoly] | None:
    """The tree as a quotient of two such sums, or None where it is none."""
    if not free_names(expr):
        constant = value_of(expr)
        if constant is None:
            return None
        return ((((), (constant,)),) if constant.sign() else ()), _UNIT
    match expr:
        case Sym(name) if name == unknown:
            return (((), (Real.of(0), ONE)),), _UNIT
        case Neg(arg):
            return exp_quotient(Mul((_MINUS_ONE, arg)), unknown)
        case Add(terms):
            return _folded(terms, unknown, _sum)
        case Mul(factors):
            return _folded(factors, unknown, _product)
        case Div(above, below):
            parts = exp_quotient(above, unknown), exp_quotient(below, unknown)
            if parts[0] is None or parts[1] is None or not parts[1][0]:
                return None
            return _product(parts[0], (parts[1][1], parts[1][0]))
        case Pow(base, exponent):
            return _power(base, exponent, unknown)
    return None


def exponential_zeros(
    terms: ExpPoly, unknown: str, tried: Sequence[Real] = SMALL_FRACTIONS
) -> tuple[RealSet, str]:
    """The zeros and why they are all; raises ``NoExactRootsError`` where that is not proved.

    ``tried`` are the numbers that may be taken for zeros where no method finds them.
    """
    if not terms:
        return REALS, "The two sides are the same."
    if len(terms) == 1:
        roots = real_roots(terms[0][1])
        return RealSet.points_only(roots), "A power of a positive number is never 0."
    factor = common_factor(terms)
    if factor is not None:
        rest, why = exponential_zeros(divided(terms, factor), unknown, tried)
        return rest | RealSet.points_only(real_roots(factor)), why
    power = in_one_power(terms)
    return _in_power(*power, unknown) if power is not None else _by_bound(terms, tried)


def _in_power(psi: RealPoly, coefficients: dict[int, Real], unknown: str) -> tuple[RealSet, str]:
    poly = tuple(coefficients.get(n, Real.of(0)) for n in range(max(coefficients) + 1))
    powers = real_roots(poly)
    positive = [power for power in powers if power.sign() > 0]
    solutions = EMPTY
    for power in positive:
        roots = real_roots(add(psi, scale((logarithm(power),), -ONE)))
        solutions = solutions | RealSet.points_only(roots)
    shown = ", ".join(map(str, powers)) or "no real number"
    base = f"e^({poly_shown(psi, unknown)})"
    return solutions, f"It is a polynomial in u = {base}, 0 only at u = {shown}; u is positive."


def _by_bound(terms: ExpPoly, candidates: Sequence[Real]) -> tuple[RealSet, str]:
    bound = zero_bound(terms)
    if bound is None:
        raise NoExactRootsError("no bound on the number of solutions is known")
    found: list[Real] = []
    count = 0
    for number in candidates:
        if count == bound:
            break
        if not _near_zero(terms, number):
            continue
        order = order_of_zero(terms, number)
        if order:
            found.append(number)
            count += order
    if count != bound:
        raise NoExactRootsError(f"{count} solutions are found where there may be {bound}")
    why = (
        f"There are at most {bound} solutions, counted with multiplicity (signs of the "
        "coefficients in the order of the exponents, and Rolle's theorem), and these are found."
    )
    return RealSet.points_only(found), why


def _near_zero(terms: ExpPoly, number: Real) -> bool:
    """A quick no, by balls."""
    with ctx.workprec(96):
        x = number.ball()
        total = arb(0)
        for exponent, poly in terms:
            parts = [arb(0), arb(0)]
            for index, each in enumerate((exponent, poly)):
                for coefficient in reversed(each):
                    parts[index] = parts[index] * x + coefficient.ball()
            total = total + parts[1] * parts[0].exp()
        return bool(total.contains(0))


def poly_shown(poly: RealPoly, unknown: str) -> str:
    terms = []
    for power, coefficient in enumerate(poly):
        if coefficient.sign():
            text = str(coefficient)
            text = f"({text})" if " " in text else text
            name = unknown if power == 1 else f"{unknown}^{power}"
            terms.append(text if not power else name if text == "1" else f"{text}*{name}")
    return " + ".join(terms) or "0"


def _folded(
    parts: Sequence[Expr], unknown: str, join: Callable[[_Quotient, _Quotient], _Quotient]
) -> _Quotient | None:
    result: _Quotient | None = None
    for part in parts:
        each = exp_quotient(part, unknown)
        if each is None:
            return None
        result = each if result is None else join(result, each)
    return result


def _sum(left: _Quotient, right: _Quotient) -> _Quotient:
    if left[1] == right[1]:
        return add_terms(left[0], right[0]), left[1]
    return (
        add_terms(multiply_terms(left[0], right[1]), multiply_terms(right[0], left[1])),
        multiply_terms(left[1], right[1]),
    )


def _product(left: _Quotient, right: _Quotient) -> _Quotient:
    return multiply_terms(left[0], right[0]), multiply_terms(left[1], right[1])


def _power(base: Expr, exponent: Expr, unknown: str) -> _Quotient | None:
    if free_names(exponent):
        below, above = (
            value_of(base) if not free_names(base) else None,
            exp_quotient(exponent, unknown),
        )
        if below is None or above is None or below.sign() <= 0:
            return None
        return _exponential(below, above)
    inner, times = exp_quotient(base, unknown), value_of(exponent)
    rational = None if times is None else times.rational
    if inner is None or rational is None:
        return None
    if rational.denominator > 1 or not 0 < abs(rational) <= MAX_POWER:
        return _single_power(inner, rational)
    result = inner
    for _ in range(abs(rational.numerator) - 1):
        result = _product(result, inner)
    if rational < 0:
        return (result[1], result[0]) if result[0] else None
    return result


def _single_power(inner: _Quotient, times: Fraction) -> _Quotient | None:
    """A root of one exponential, as sqrt(2^x)."""
    if inner[1] != _UNIT or len(inner[0]) != 1 or len(inner[0][0][1]) != 1:
        return None
    exponent, (coefficient,) = inner[0][0]
    if coefficient != ONE:
        return None
    return ((scale(exponent, Real.of(times)), (ONE,)),), _UNIT


def _exponential(base: Real, exponent: _Quotient) -> _Quotient | None:
    above, below = exponent
    if len(below) != 1 or below[0][0] or len(below[0][1]) != 1:
        return None
    if any(phi for phi, _ in above):
        return None
    poly = scale(above[0][1], logarithm(base) / below[0][1][0]) if above else ()
    constant = exponential(poly[0]) if poly else ONE
    phi = (Real.of(0), *poly[1:]) if len(poly) > 1 else ()
    return ((phi, (constant,)),), _UNIT
