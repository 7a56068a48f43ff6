"""Our own small expression tree: built without evaluation, so the domain can be read off it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Num:
    """An exact rational; a decimal in the text is the fraction it denotes."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Sym:
    name: str


@dataclass(frozen=True, slots=True)
class Neg:
    arg: Expr


@dataclass(frozen=True, slots=True)
class Add:
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Div:
    numerator: Expr
    denominator: Expr


@dataclass(frozen=True, slots=True)
class Pow:
    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Root:
    radicand: Expr
    index: int = 2


@dataclass(frozen=True, slots=True)
class Abs:
    arg: Expr


@dataclass(frozen=True, slots=True)
class PlusMinus:
    """``±arg``, or ``left ± arg`` as ``Add((left, PlusMinus(arg)))``."""

    arg: Expr


Expr: TypeAlias = Num | Sym | Neg | Add | Mul | Div | Pow | Root | Abs | PlusMinus

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Relation:
    op: Operator
    lhs: Expr
    rhs: Expr
