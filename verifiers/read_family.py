"""Families in answers: ``π/6 + 2πk, k ∈ ℤ``, with any letter, also ``(-1)^k π/6 + πk``.

The declaration of the letter is taken out of the text first; k, n and m need none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.periodic import progression
from verifiers.algebra.sets import EMPTY, RealSet
from verifiers.phrases import unwrapped
from verifiers.syntax.ast import Add, Div, Expr, Mul, Neg, Num, Pow, Sym
from verifiers.syntax.errors import ParseError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import (
    children,
    free_names,
    plus_minus_choices,
    rebuild,
    subexpressions,
    substitute,
)

UNDECLARED = frozenset("knm")
"""Letters that stand for any integer without being declared."""

_SIGNAL = re.compile(r"ℤ|\bZ\b|mathbb|nteger|⋃|\\bigcup")
_NAMES = r"(?P<names{0}>[A-Za-z](?: ?(?:,|and) ?[A-Za-z]){{,4}})"
_WHOLE = r"(?:ℤ|Z|\\mathbb ?\{? ?Z ?\}?|\\mathbf ?\{? ?Z ?\}?|the (?:set of )?integers)"
_IN = r" ?(?:∈|\\in\b|\bin\b) ?"
_ANY = r"(?:any|all|every|each|some|an)"
_LINK = r"(?:[,;|:(] ?|\\mid\b ?|\\vert\b ?|\b(?:where|with|for|such that|and)\b ?){1,4}"
# A list of letters follows a link: the first k of "2π k, k ∈ ℤ" declares nothing.
_DECLARATION = re.compile(
    rf"(?: ?{_LINK}(?:{_ANY} )?(?:integers? )?{_NAMES.format(1)}{_IN}{_WHOLE}"
    rf"| (?P<names4>[A-Za-z]){_IN}{_WHOLE}"
    rf"| ?{_LINK}{_NAMES.format(2)} (?:(?:is|are|being|{_ANY}|arbitrary) ){{,4}}integers?"
    rf"| ?{_LINK}{_ANY} integers? (?:values? of )?{_NAMES.format(3)}"
    r")(?: number)?\)?(?= ?(?:$|[,;.)}]|\\\}|or\b|and\b))"
)
_BUILDER = re.compile(
    r"^(\\?\{) ?[A-Za-z](?: ?(?:∈|\\in) ?(?:ℝ|\\mathbb ?\{? ?R ?\}?))? ?(?:\||:|\\mid)"
)
# ⋃ over all integers k, of intervals or families that have the letter in them.
_INFINITY = r"(?:∞|\\infty)"
_UNION = re.compile(
    r"(?:^|(?P<before>∈|\\in\b|\bin\b|=|∪|\\cup\b|\bor\b)) ?(?:⋃|\\bigcup(?: ?\\limits)?|∪) ?_ ?(?:"
    rf"\{{ ?(?P<name1>[A-Za-z]){_IN}{_WHOLE} ?\}}|(?P<name2>[A-Za-z])∈ℤ"
    rf"|\{{ ?(?P<name3>[A-Za-z]) ?= ?[-−] ?{_INFINITY} ?\}} ?\^ ?\{{? ?\+? ?{_INFINITY} ?\}}?"
    r") ?(?=\\?[\[({])"
)
_SPACE = re.compile(r"(?:\s|~|\$|\\[,;:! ()\[\]]|\\quad|\\qquad|\\left|\\right(?!arrow))+")


def without_declarations(text: str, unknown: str) -> tuple[str, frozenset[str]]:
    """The text without "k ∈ ℤ" and its like, and the letters that stand for integers in it."""
    letters = UNDECLARED - {unknown}
    if not _SIGNAL.search(text):
        return text, letters
    plain = _SPACE.sub(" ", unwrapped(text)).strip()
    declared: set[str] = set()

    def take(match: re.Match[str]) -> str:
        groups = match.groupdict()
        kept = groups.pop("before", None) or ""
        names = next(filter(None, groups.values()))
        found = set(re.findall(r"[A-Za-z]", names.replace("and", ",")))
        if unknown in found:
            return match.group()
        declared.update(found)
        return f" {kept} "

    bare = _DECLARATION.sub(take, _UNION.sub(take, plain))
    if not declared:
        return text, letters
    return _BUILDER.sub(r"\1", bare.strip()), letters | declared


def family(expr: Expr, letter: str, parameters: Mapping[str, Real]) -> RealSet:
    """The values of ``expr`` for all integers that ``letter`` stands for.

    Raises ``ParseError`` where it is not linear in the letter, but for signs (-1)^k.
    """
    result = EMPTY
    for choice in plus_minus_choices(expr):
        if not _has_sign(choice, letter):
            start, step = linear(choice, letter, parameters)
            result = result | progression(start, step)
            continue
        for parity in (0, 1):  # with k = 2j + parity
            half = Add((Mul((Num(Fraction(2)), Sym(letter))), Num(Fraction(parity))))
            chosen = substitute(_signed(choice, letter, parity, parameters), {letter: half})
            start, step = linear(chosen, letter, parameters)
            result = result | progression(start, step)
    return result


def _has_sign(expr: Expr, letter: str) -> bool:
    parts = subexpressions(expr)
    return any(isinstance(part, Pow) and letter in free_names(part.exponent) for part in parts)


def _signed(expr: Expr, letter: str, parity: int, parameters: Mapping[str, Real]) -> Expr:
    """``expr`` with (-1)^(a + b*k) replaced by the sign it has for this parity of k."""
    if isinstance(expr, Pow) and letter in free_names(expr.exponent):
        start, step = linear(expr.exponent, letter, parameters)
        numbers = start.rational, step.rational
        if evaluate(expr.base, parameters) != Real.of(-1) or any(
            number is None or number.denominator > 1 for number in numbers
        ):
            raise ParseError(f"{to_text(expr)[:40]} is no sign such as (-1)^{letter}")
        odd = int(numbers[0] or 0) + int(numbers[1] or 0) * parity
        return Num(Fraction(-1 if odd % 2 else 1))
    if not children(expr):
        return expr
    parts = (_signed(child, letter, parity, parameters) for child in children(expr))
    return rebuild(expr, tuple(parts))


def linear(expr: Expr, letter: str, parameters: Mapping[str, Real]) -> tuple[Real, Real]:
    """``a, b`` with ``expr = a + b*letter``; raises ``ParseError``."""
    if letter not in free_names(expr):
        value = evaluate(expr, parameters)
        if isinstance(value, Undefined):
            raise ParseError(f"{to_text(expr)[:40]} is no real number")
        return value, Real.of(0)
    match expr:
        case Sym():
            return Real.of(0), Real.of(1)
        case Neg(arg):
            start, step = linear(arg, letter, parameters)
            return -start, -step
        case Add(terms):
            start, step = Real.of(0), Real.of(0)
            for term in terms:
                each = linear(term, letter, parameters)
                start, step = start + each[0], step + each[1]
            return start, step
        case Mul(factors):
            start, step = Real.of(1), Real.of(0)
            for factor in factors:
                a, b = linear(factor, letter, parameters)
                if step.sign() and b.sign():
                    break
                start, step = start * a, start * b + step * a
            else:
                return start, step
        case Div(numerator, denominator) if letter not in free_names(denominator):
            start, step = linear(numerator, letter, parameters)
            below, _ = linear(denominator, letter, parameters)
            if below.sign():
                return start / below, step / below
    raise ParseError(f"{to_text(expr)[:40]} is not linear in {letter}")
