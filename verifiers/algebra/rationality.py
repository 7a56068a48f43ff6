"""Whether a number is rational, by its form or by a theorem on transcendental numbers."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from verifiers.algebra.angles import direction
from verifiers.algebra.exact import Real, Surd
from verifiers.algebra.functions import PI_NUMBER, exponential, logarithm
from verifiers.algebra.number_field import Algebraic
from verifiers.algebra.periodic import PeriodicSet
from verifiers.algebra.sets import RealSet
from verifiers.syntax.errors import OverBudgetError

PARTS = 12  # of a period
MAX_PARTS = 3 * PARTS  # added to a member to find an algebraic number

_ZERO: Real = Real.of(0)

_PRIMES = (2, 3, 5, 7, 11, 13)


def check_rationality(number: Real) -> None:
    """Raises ``OverBudgetError`` where neither the form nor a theorem says which it is.

    Numbers of quadratic fields and roots of irreducible polynomials are rational in their form, or
    not at all. Not rational are, for algebraic
    numbers a != 0: a*pi, e^a, arcs with an algebraic sine and, for a > 0 and not 1, ln a
    (Lindemann). So is log_p q for a
    prime p and a rational q > 0 whose logarithms are not a rational multiple of each other: else a
    power of one would be a power of the other, and the form would show it.
    """
    if number.rational is not None or isinstance(number, Surd | Algebraic):
        return
    if not number.algebraic and (
        any(each.algebraic for each in _linear_forms(number)) or _has_algebraic_sine(number)
    ):
        return
    for prime in _PRIMES:
        power = _exponential(number * logarithm(Real.of(prime)))
        if power is not None and power.rational is not None:
            return
    raise OverBudgetError("a number of which no theorem here says whether it is rational")


def without_families(numbers: PeriodicSet) -> RealSet:
    """The set without its families, save for their rational members; the period is irrational.

    The period is an algebraic multiple of pi, so of numbers c + k*period with c algebraic only c
    may be rational (Lindemann), and 0 alone of algebraic multiples of pi and of arcs with an
    algebraic sine. Raises ``OverBudgetError`` where it is not found.
    """
    if not (numbers.period / PI_NUMBER).algebraic:
        raise OverBudgetError("a family of which no theorem here says what is rational")
    special = [
        member
        for residue, _ in numbers.residues
        if (member := _rational_member(residue, numbers.period)) is not None
    ]
    inside = RealSet.points_only(member for member in special if member in numbers)
    return (numbers.base & ~RealSet.points_only(special)) | inside


def _rational_member(residue: Real, period: Real) -> Real | None:
    """With ``residue + q*period`` = c algebraic, other members are c and a multiple of pi."""
    turns = (residue / period).rational
    if turns is not None:
        return _ZERO if turns.denominator == 1 else None
    if _has_algebraic_sine(residue * (PI_NUMBER + PI_NUMBER) / period):
        return None  # so have all members of which sine is taken; 0 is none of them
    for parts in sorted(range(-MAX_PARTS, MAX_PARTS + 1), key=abs):
        member = residue + period * Real.of(Fraction(parts, PARTS))
        if member.algebraic:
            return member if parts % PARTS == 0 and member.rational is not None else None
    raise OverBudgetError("a family of which no theorem here says what is rational")


def _linear_forms(number: Real) -> Iterable[Real]:
    """Numbers of which one is algebraic if the number is a*pi, e^a or ln a."""
    yield number / PI_NUMBER
    if number.sign() > 0:
        yield logarithm(number)
    power = _exponential(number)
    if power is not None:
        yield power


def _exponential(number: Real) -> Real | None:
    try:
        return exponential(number)
    except OverBudgetError:
        return None


def _has_algebraic_sine(number: Real) -> bool:
    try:
        return all(each.algebraic for each in direction(number))
    except OverBudgetError:
        return False
