"""Polynomial systems: what each unknown must solve by itself, by Gröbner bases.

A lexicographic Gröbner basis holds, for the last unknown, the polynomial that every solution's
value of it is a root of, if there are finitely many complex solutions; and it is {1} exactly if
there is none (Cox, Little, O'Shea, "Ideals, Varieties, and Algorithms", chapter 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import lcm
from typing import TypeAlias

from flint import Ordering, fmpq_mpoly, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec, fmpz_poly

from verifiers.algebra.eliminate import CannotEliminateError
from verifiers.algebra.exact import Real
from verifiers.algebra.roots import Factor

MAX_BASIS = (60, 400, 2_000)  # polynomials, terms of one, bits of a coefficient
MAX_BRANCHES = 200
MAX_DEGREE = 48  # of the polynomial of one unknown

_Choice: TypeAlias = tuple[Factor, ...]


def integral(poly: fmpq_mpoly) -> fmpz_mpoly:
    """The same zeros, integer coefficients."""
    names = poly.context().names()
    context = fmpz_mpoly_ctx.get(names, Ordering.lex)
    terms = poly.to_dict()
    scale = lcm(1, *(int(value.q) for value in terms.values()))
    return context.from_dict({key: int((value * scale).p) for key, value in terms.items()})


def groebner(polys: Sequence[fmpz_mpoly]) -> list[fmpz_mpoly]:
    """The reduced lexicographic basis; raises ``CannotEliminateError`` beyond ``MAX_BASIS``."""
    context = polys[0].context()
    basis, complete = fmpz_mpoly_vec(list(polys), context).buchberger_naive(limits=MAX_BASIS)
    if not complete:
        raise CannotEliminateError("a system too large to eliminate")
    reduced: fmpz_mpoly_vec = basis.autoreduction()  # type: ignore[attr-defined]
    return list(reduced)


def has_no_zero(basis: Sequence[fmpz_mpoly]) -> bool:
    return any(poly.is_constant() and not poly.is_zero() for poly in basis)


def eliminant(polys: Sequence[fmpz_mpoly], index: int) -> fmpz_poly | None:
    """The polynomial in unknown ``index`` that all solutions solve; None where there is none.

    A constant where the system has no solution at all.
    """
    last = polys[0].context().nvars() - 1
    for poly in groebner([_swapped(poly, index, last) for poly in polys]):
        terms = poly.to_dict()
        if all(not any(powers[:last]) for powers in terms):
            degree = max(powers[last] for powers in terms)
            if degree > MAX_DEGREE:
                raise CannotEliminateError(f"a polynomial of degree above {MAX_DEGREE}")
            coefficients = [0] * (degree + 1)
            for powers, value in terms.items():
                coefficients[powers[last]] = int(value)
            return fmpz_poly(coefficients)
    return None


def combinations(
    polys: Sequence[fmpz_mpoly], factors: Sequence[Sequence[Factor]]
) -> Iterator[_Choice]:
    """Which factors can vanish together, one for each of the first unknowns.

    ``factors[k]`` are those of unknown k's eliminant. A choice is left out only where adding it to
    the system leaves no complex solution.
    """
    budget = [MAX_BRANCHES]

    def choose(basis: Sequence[fmpz_mpoly], chosen: _Choice) -> Iterator[_Choice]:
        if len(chosen) == len(factors):
            yield chosen
            return
        for factor in factors[len(chosen)]:
            if not factor.roots:
                continue
            budget[0] -= 1
            if budget[0] < 0:
                raise CannotEliminateError(f"more than {MAX_BRANCHES} combinations of factors")
            inner = groebner([*basis, _in_unknown(factor.poly, basis[0].context(), len(chosen))])
            if not has_no_zero(inner):
                yield from choose(inner, (*chosen, factor))

    return choose(list(polys), ())


def cross(choice: _Choice) -> Iterator[tuple[Real, ...]]:
    """Every tuple of real roots, one of each factor."""
    if not choice:
        yield ()
        return
    for value in choice[0].roots:
        for rest in cross(choice[1:]):
            yield (value, *rest)


def _swapped(poly: fmpz_mpoly, index: int, last: int) -> fmpz_mpoly:
    terms = {}
    for powers, value in poly.to_dict().items():
        row = list(powers)
        row[index], row[last] = row[last], row[index]
        terms[tuple(row)] = value
    return poly.context().from_dict(terms)


def _in_unknown(poly: fmpz_poly, context: fmpz_mpoly_ctx, index: int) -> fmpz_mpoly:
    terms = {}
    for power, value in enumerate(poly.coeffs()):
        if value:
            terms[tuple(power if k == index else 0 for k in range(context.nvars()))] = value
    return context.from_dict(terms)
