"""Expression tree -> plain text that parses back to the same tree."""

from __future__ import annotations

from fractions import Fraction

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
    Relation,
    Root,
    Sym,
)

_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def to_text(expr: Expr | Relation) -> str:
    """Plain text; ``parse_expression(to_text(e)) == e`` for every tree that parsing makes."""
    if isinstance(expr, Relation):
        return f"{_text(expr.lhs, _SUM)} {expr.op} {_text(expr.rhs, _SUM)}"
    return _text(expr, _SUM)


def _text(expr: Expr, level: int) -> str:
    text, own = _unbracketed(expr)
    return f"({text})" if own < level else text


def _unbracketed(expr: Expr) -> tuple[str, int]:
    match expr:
        case Num(value):
            return _number(value)
        case Sym(name):
            return name.replace("_", "_{") + "}" if "," in name else name, _ATOM
        case Neg(arg):
            return "-" + _text(arg, _PRODUCT), _SUM
        case PlusMinus(arg):
            return "±" + _text(arg, _PRODUCT), _SUM
        case Add(terms):
            return _sum(terms), _SUM
        case Mul(factors):
            first, *others = factors
            texts = [_text(first, _PRODUCT if isinstance(first, Div) else _POWER)]
            return "*".join(texts + [_text(factor, _POWER) for factor in others]), _PRODUCT
        case Div(numerator, denominator):
            left = _text(numerator, _PRODUCT)
            return f"{left}/{_text(denominator, _POWER)}", _PRODUCT
        case Pow(base, exponent):
            return f"{_text(base, _ATOM)}^{_text(exponent, _POWER)}", _POWER
        case Root(radicand, index):
            name = {2: "sqrt", 3: "cbrt"}.get(index, f"sqrt[{index}]")
            return f"{name}({_text(radicand, _SUM)})", _ATOM
        case Abs(arg):
            return f"abs({_text(arg, _SUM)})", _ATOM
        case Const(name):
            return name, _ATOM
        case Func(name, arg):
            return f"{name}({_text(arg, _SUM)})", _ATOM
        case Log(arg, base):
            return f"{_log_name(base)}({_text(arg, _SUM)})", _ATOM


def _log_name(base: Expr | None) -> str:
    if base is None:
        return "log"
    text = _text(base, _SUM)
    if text == "e":
        return "ln"
    return f"log_{text}" if text.isdecimal() else f"log_{{{text}}}"


def _sum(terms: tuple[Expr, ...]) -> str:
    text = _text(terms[0], _PRODUCT) if isinstance(terms[0], Add) else _text(terms[0], _SUM)
    for term in terms[1:]:
        match term:
            case Neg(arg):
                text += " - " + _text(arg, _PRODUCT)
            case PlusMinus(arg):
                text += " ± " + _text(arg, _PRODUCT)
            case _:
                text += " + " + _text(term, _PRODUCT)
    return text


def _number(value: Fraction) -> tuple[str, int]:
    """A decimal where it is finite: that is how one token writes a fraction."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(value), _PRODUCT if value >= 0 else _SUM
    places = 0
    while 10**places % value.denominator:
        places += 1
    digits = str(int(abs(value) * 10**places)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return ("-" + text, _SUM) if value < 0 else (text, _ATOM)
