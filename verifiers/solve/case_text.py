"""The solutions by cases, as an answer would give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import lcm

from flint import fmpq_mpoly

from verifiers.algebra.exact import Real
from verifiers.algebra.fields import Field, NoValueError
from verifiers.algebra.function_field import Element, FunctionField
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.solve.by_cases import CaseSolution, field_on, refine
from verifiers.solve.on_region import Found, asked_on
from verifiers.solve.regions import Interval, Point, Region, SignRegion
from verifiers.types import Ask

_VARIABLE = re.compile(r"v(\d+)")


@lru_cache(maxsize=1024)
def cases_text(solution: CaseSolution, ask: Ask = Ask.SOLUTIONS) -> str:
    """``{1/a} if a != 0; no real solutions if a = 0``, or the asked number by cases."""

    def question(found: Found, own: Field[object]) -> Found:
        if ask is Ask.SOLUTIONS or found.nowhere or found.all_but:
            return found
        number = asked_on(found, ask, own)
        return Found(() if number is None else (number,))

    found = refine(solution.regions, solution, question)
    found = [(region, each) for region, each in found if not each.nowhere]
    if len(solution.read.names) == 1:
        parts = _on_line(solution, found)
    else:
        parts = _by_signs(solution, found)
    if ask is not Ask.SOLUTIONS:
        parts = [(_number_text(text), where) for text, where in parts]
    if len(parts) == 1 and not parts[0][1]:
        return parts[0][0]
    return "; ".join(f"{text} if {where}" for text, where in parts)


def _number_text(text: str) -> str:
    return "infinitely many" if text.startswith("all") else text.strip("{}")


def _on_line(
    solution: CaseSolution, found: Sequence[tuple[Region, Found]]
) -> list[tuple[str, str]]:
    """Points are joined to the formula of an interval that holds at them too."""
    formulas: dict[str, tuple[RealSet, Region, Found]] = {}
    for region, each in found:
        if isinstance(region, Interval):
            text = _found_text(each, field_on(region, solution), solution)
            where = formulas[text][0] if text in formulas else EMPTY
            formulas[text] = (where | _cells(region), region, each)
    alone: dict[str, RealSet] = {}
    for region, each in found:
        if isinstance(region, Point):
            here = RealSet.points_only([region.value])
            for text, (where, sample, formula) in formulas.items():
                if _holds_at(solution, region, sample, formula, each):
                    formulas[text] = (where | here, sample, formula)
                    break
            else:
                text = _found_text(each, field_on(region, solution), solution)
                alone[text] = alone.get(text, EMPTY) | here
    name = solution.read.names[0]
    parts = [(text, where) for text, (where, _, _) in formulas.items()]
    parts += list(alone.items())
    return [(text, "" if where == REALS else where.describe(name)) for text, where in parts]


def _cells(region: Interval) -> RealSet:
    result = REALS
    if region.low is not None:
        result = result & RealSet.compared(">", region.low)
    if region.high is not None:
        result = result & RealSet.compared("<", region.high)
    return result


def _holds_at(
    solution: CaseSolution, point: Point, sample: Region, formula: Found, each: Found
) -> bool:
    """Whether the formula of an interval gives the solutions at a point."""
    if formula.all_but != each.all_but:
        return False
    over, own = field_on(sample, solution), field_on(point, solution)
    assert isinstance(over, FunctionField)
    try:
        values = [_at(value, over, own) for value in formula.values]  # type: ignore[arg-type]
    except NoValueError:
        return False
    known: list[Real] = list(each.values)  # type: ignore[arg-type]
    return RealSet.points_only(values) == RealSet.points_only(known)


def _at(value: Element, over: FunctionField, own: Field[object]) -> Real:
    total = own.polynomial(over.context.constant(0))
    for key, (num, den) in value.items():
        term = own.multiply(own.polynomial(num), own.inverse(own.polynomial(den)))
        for each in key:
            term = own.multiply(term, own.square_root(own.polynomial(over.squares[each])))
        total = own.add(total, term)
    assert isinstance(total, Real)
    return total


def _by_signs(
    solution: CaseSolution, found: Sequence[tuple[Region, Found]]
) -> list[tuple[str, str]]:
    """Sign conditions; two that differ in one sign only, with equal formulas, become a ``!=``."""
    rows: list[tuple[str, dict[str, str]]] = []
    for region, each in found:
        assert isinstance(region, SignRegion)
        if region.witness is None:
            continue
        text = _found_text(each, field_on(region, solution), solution)
        signs = {_poly_text(poly, solution): "<=>"[sign + 1] for poly, sign in region.constraints}
        rows.append((text, signs))
    merged = True
    while merged:
        merged = False
        for first in rows:
            other = next((row for row in rows if _differ_in_sign(first, row)), None)
            if other is not None:
                key = next(name for name in first[1] if first[1][name] != other[1][name])
                rows.remove(other)
                first[1][key] = "!="
                merged = True
                break
    return [
        (text, " and ".join(f"{name} {sign} 0" for name, sign in signs.items()))
        for text, signs in rows
    ]


def _differ_in_sign(one: tuple[str, dict[str, str]], two: tuple[str, dict[str, str]]) -> bool:
    if one[0] != two[0] or one[1].keys() != two[1].keys():
        return False
    pairs = [(one[1][key], two[1][key]) for key in one[1] if one[1][key] != two[1][key]]
    return len(pairs) == 1 and set(pairs[0]) == {"<", ">"}


def _found_text(found: Found, own: Field[object], solution: CaseSolution) -> str:
    texts = [_value_text(value, own, solution) for value in found.values]
    if found.all_but:
        return f"all real numbers except {', '.join(texts)}" if texts else "all real numbers"
    return f"{{{', '.join(texts)}}}" if texts else "no real solutions"


def _value_text(value: object, own: Field[object], solution: CaseSolution) -> str:
    if isinstance(value, Real):
        return str(value)
    assert isinstance(value, dict)
    assert isinstance(own, FunctionField)
    if not value:
        return "0"
    below = own.context.constant(1)
    for _, den in value.values():
        below = below * den / below.gcd(den)
    scale = lcm(*(int(c.q) for num, den in value.values() for c in (num * (below / den)).coeffs()))
    text = ""
    for key in sorted(value, key=len):
        num, den = value[key]
        above = num * (below / den) * scale
        term = _term_text(above, sorted(key), own, solution)
        text = (
            f"{text} - {term[1:]}"
            if text and term[0] == "-"
            else f"{text} + {term}"
            if text
            else term
        )
    bottom = _poly_text(below * scale, solution)
    if bottom == "1":
        return text
    return f"{_bracketed(text)}/{_bracketed(bottom)}"


def _term_text(
    above: fmpq_mpoly, roots: list[str], own: FunctionField, solution: CaseSolution
) -> str:
    text = _poly_text(above, solution)
    if not roots:
        return text
    under = above.context().constant(1)
    for each in roots:
        under = under * own.squares[each]
    root = f"sqrt({_poly_text(under, solution)})"
    if text in ("1", "-1"):
        return text[:-1] + root
    return f"{_bracketed(text) if len(above) > 1 else text}*{root}"


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def _poly_text(poly: fmpq_mpoly, solution: CaseSolution) -> str:
    names = solution.read.variables
    return _VARIABLE.sub(lambda match: names[int(match[1])], str(poly))
