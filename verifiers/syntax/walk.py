"""Small questions about an expression tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifiers.syntax.ast import (
    Abs,
    Add,
    Const,
    Div,
    Expr,
    Func,
    Log,
    Mul,
    Neg,
    Num,
    PlusMinus,
    Pow,
    Root,
    Sym,
)


def children(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Num() | Sym() | Const():
            return ()
        case Add(terms):
            return terms
        case Mul(factors):
            return factors
        case Div(numerator, denominator):
            return (numerator, denominator)
        case Pow(base, exponent):
            return (base, exponent)
        case Neg(arg) | Abs(arg) | PlusMinus(arg):
            return (arg,)
        case Root(radicand):
            return (radicand,)
        case Func(_, arg):
            return (arg,)
        case Log(arg, base):
            return (arg,) if base is None else (arg, base)


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """``expr`` with other children."""
    match expr:
        case Add():
            return Add(parts)
        case Mul():
            return Mul(parts)
        case Div():
            return Div(*parts)
        case Pow():
            return Pow(*parts)
        case Neg():
            return Neg(*parts)
        case Abs():
            return Abs(*parts)
        case PlusMinus():
            return PlusMinus(*parts)
        case Root():
            return Root(parts[0], expr.index)
        case Func():
            return Func(expr.name, *parts)
        case Log():
            return Log(*parts)
    return expr


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """The expression and everything in it, parents first."""
    pending = [expr]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(reversed(children(part)))


def free_names(expr: Expr) -> frozenset[str]:
    return frozenset(part.name for part in subexpressions(expr) if isinstance(part, Sym))


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """``expr`` with names replaced by expressions; nothing is evaluated."""
    if isinstance(expr, Sym):
        return values.get(expr.name, expr)
    if isinstance(expr, Num | Const):
        return expr
    return rebuild(expr, tuple(substitute(child, values) for child in children(expr)))


def plus_minus_choices(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that one ``±`` stands for, plus first; ``(expr,)`` where there is none."""
    if not any(isinstance(part, PlusMinus) for part in subexpressions(expr)):
        return (expr,)
    return _choose(expr, plus=True), _choose(expr, plus=False)


def _choose(expr: Expr, *, plus: bool) -> Expr:
    if isinstance(expr, Num | Sym | Const):
        return expr
    parts = tuple(_choose(child, plus=plus) for child in children(expr))
    if isinstance(expr, PlusMinus):
        return parts[0] if plus else Neg(parts[0])
    return rebuild(expr, parts)
