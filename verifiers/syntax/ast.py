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


@dataclass(frozen=True, slots=True)
class Const:
    name: Literal["pi", "e"]


@dataclass(frozen=True, slots=True)
class Log:
    """``base`` is None where the text writes none: log x."""

    arg: Expr
    base: Expr | None = None


@dataclass(frozen=True, slots=True)
class Func:
    name: FuncName
    arg: Expr


FuncName: TypeAlias = Literal[
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan"
]

Expr: TypeAlias = (
    Num | Sym | Const | Neg | Add | Mul | Div | Pow | Root | Abs | PlusMinus | Log | Func
)

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Relation:
    op: Operator
    lhs: Expr
    rhs: Expr
