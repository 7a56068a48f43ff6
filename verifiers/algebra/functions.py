"""Exponentials and logarithms of exact real numbers, in the normal form of transcendental.py."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpz

from verifiers.algebra.atoms import PI, Atom, E
from verifiers.algebra.exact import Composite, Real, Surd
from verifiers.algebra.integers import SMALL_PRIMES
from verifiers.algebra.radicals import power, root
from verifiers.algebra.terms import UNIT
from verifiers.algebra.transcendental import (
    Transcendental,
    make,
    surd_parts,
    term,
)
from verifiers.algebra.transcendental_powers import transcendental_power
from verifiers.syntax.errors import OverBudgetError

MAX_FACTORED_BITS = 100  # of what trial division leaves of an integer
MAX_EXPONENT_BITS = 128
_MAX_UNDER_ROOT = 64

_ONE = Real.of(1)
PI_NUMBER = term(_ONE, {PI: Fraction(1)})
E_NUMBER = term(_ONE, {E: Fraction(1)})


def real_power(base: Real, exponent: Real) -> Real:
    """``base ** exponent``; the base is positive where the exponent is not rational."""
    rational = exponent.rational
    if rational is None:
        return exponential(exponent * logarithm(base))
    if isinstance(base, Transcendental):
        if base.sign() == 0:
            return power(Real.of(0), rational)
        return transcendental_power(base, rational)
    return power(base, rational)


def exponential(number: Real) -> Real:
    """e to the ``number``: e^(2 ln 3 + 1/2) is 9*e^(1/2)."""
    if not isinstance(number, Transcendental):
        return _exponential_of_algebraic(number)
    if number.den is not UNIT:
        return term(_ONE, {Atom("exp", f"exp({number})", number): Fraction(1)})
    result: Real = _ONE
    radicals: dict[int, Fraction] = {}  # by index, what stands under one root
    for monomial, coefficient in number.num.items():
        if not monomial:
            result = result * _exponential_of_algebraic(coefficient)
            continue
        arg = monomial[0][0].arg if len(monomial) == 1 else None
        is_log = arg is not None and monomial[0][0].kind == "ln" and monomial[0][1] == 1
        for basis, q in surd_parts(coefficient) or [(coefficient, Fraction(1))]:
            _check_exponent(q)
            if is_log and basis.rational is not None:
                assert arg is not None
                whole = arg.rational
                if whole is None or abs(q.numerator) > _MAX_UNDER_ROOT:
                    result = result * real_power(arg, Real.of(q))
                else:
                    under = radicals.get(q.denominator, Fraction(1))
                    radicals[q.denominator] = under * whole**q.numerator
            else:
                unit = make({monomial: basis})
                result = result * term(_ONE, {Atom("exp", f"exp({unit})", unit): q})
    for index, under in radicals.items():
        result = result * real_power(Real.of(under), Real.of(Fraction(1, index)))
    return result


def _exponential_of_algebraic(number: Real) -> Real:
    if number.sign() == 0:
        return _ONE
    result: Real = _ONE
    for basis, q in surd_parts(number) or [(number, Fraction(1))]:
        _check_exponent(q)
        atom = E if basis.rational is not None else Atom("exp", f"exp({basis})", basis)
        result = result * term(_ONE, {atom: q})
    return result


def _check_exponent(q: Fraction) -> None:
    if max(abs(q.numerator), q.denominator).bit_length() > MAX_EXPONENT_BITS:
        raise OverBudgetError(f"an exponent of more than {MAX_EXPONENT_BITS} bits")


def logarithm(number: Real) -> Real:
    """The natural logarithm of a positive number: of a rational one over primes."""
    if isinstance(number, Transcendental):
        return _log_of_transcendental(number)
    return _log_of_size(number)


def _log_of_size(number: Real) -> Real:
    """``ln|number|`` of an algebraic number that is not 0."""
    if isinstance(number, Composite):
        if number.op == "root":
            return _log_of_size(number.args[0]) * Real.of(Fraction(1, number.index))
        if number.op in "*/":
            left, right = map(_log_of_size, number.args)
            return left + right if number.op == "*" else left - right
    number = abs(number)
    if isinstance(number, Surd):
        return _log_of_surd(number) if number.b else _log_of_rational(number.a)
    return _log_atom(number)


def _log_of_rational(value: fmpq) -> Real:
    total: Real = Real.of(0)
    for integer, sign in ((value.p, 1), (value.q, -1)):
        for prime, times in _factors(int(integer)):
            atom = Atom("ln", f"ln({prime})", Real.of(prime))
            total = total + term(Real.of(sign * times), {atom: Fraction(1)})
    return total


def _factors(integer: int) -> list[tuple[int, int]]:
    found = []
    for prime in SMALL_PRIMES:
        times = 0
        while integer % prime == 0:
            integer //= prime
            times += 1
        if times:
            found.append((prime, times))
    if integer.bit_length() > MAX_FACTORED_BITS:
        raise OverBudgetError("a logarithm of a number with large prime factors")
    if integer > 1:
        found += [(int(prime), times) for prime, times in fmpz(integer).factor()]
    return found


def _log_of_surd(number: Surd) -> Real:
    """c * beta^(1/2^m), where beta has norm 1 or -1 and is above 1, and no square root here."""
    if not number.a:
        square = number.b**2 * number.d
        return _log_of_rational(square) * Real.of(Fraction(1, 2))
    norm = number.a**2 - number.b**2 * number.d
    size = abs(norm)
    beta = number * number / Real.of(size)  # ln number = (ln |norm| + ln beta)/2
    assert isinstance(beta, Surd)
    factor = Fraction(1, 2)
    if beta < _ONE:
        inverse = _ONE / beta
        assert isinstance(inverse, Surd)
        beta, factor = inverse, -factor
    while isinstance(half := root(beta, 2), Surd) and half.b and half.a:
        beta, factor = half, factor * 2
    return _log_of_rational(size) * Real.of(Fraction(1, 2)) + _log_atom(beta) * Real.of(factor)


def _log_atom(number: Real) -> Real:
    """A log that stays one, of a number above 1."""
    sign = (number - _ONE).sign()
    if sign == 0:
        return Real.of(0)
    if sign < 0:
        return -_log_atom(_ONE / number)
    return term(_ONE, {Atom("ln", f"ln({number})", number): Fraction(1)})


def _log_of_transcendental(number: Transcendental) -> Real:
    single = number.monomial
    if single is None or not all(atom.positive for atom, _ in single[0]):
        return _log_atom(number)
    total = logarithm(single[1])
    for atom, q in single[0]:
        part = atom.arg if atom.kind == "exp" else _log_atom(term(_ONE, {atom: Fraction(1)}))
        total = total + part * Real.of(q)
    return total
