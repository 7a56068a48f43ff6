"""A product as its factors: it is 0 where one of them is."""

from __future__ import annotations

from verifiers.solve.kernels import ONE, factors_of, is_transcendental, terms_of, value_of
from verifiers.syntax.ast import Add, Expr, Mul, Pow
from verifiers.syntax.walk import free_names


def split_product(expr: Expr) -> list[Expr]:
    """Trees whose zeros, taken together, are those of ``expr`` where it is defined."""
    shared = _shared_factors(expr)
    if shared is not None:
        return shared
    parts = []
    for factor in factors_of(expr):
        if isinstance(factor, Pow) and not free_names(factor.exponent):
            value = value_of(factor.exponent)
            if value is not None and value.sign() > 0:
                parts += split_product(factor.base)
            continue
        parts.append(factor)
    return parts


def _shared_factors(expr: Expr) -> list[Expr] | None:
    """x*ln x - ln x as (x - 1) and ln x."""
    if not isinstance(expr, Add):
        return None
    terms = [factors_of(term) for term in terms_of(expr)]
    for factor in terms[0]:
        if is_transcendental(factor) and free_names(factor) and all(factor in t for t in terms):
            rest = []
            for term in terms:
                term.remove(factor)
                rest.append(Mul(tuple(term)) if len(term) > 1 else term[0] if term else ONE)
            return [factor, Add(tuple(rest))]
    return None
