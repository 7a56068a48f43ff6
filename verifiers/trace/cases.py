"""Equations that have not all solutions since each is one case of several."""

from __future__ import annotations

from dataclasses import replace

from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.syntax.ast import Abs, Expr, Mul, Pow
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.trace.equations import has_part, may_be_gained
from verifiers.trace.facts import Facts, Judged
from verifiers.trace.records import ClaimKind, Truth
from verifiers.trace.words import REFLECTION


def with_cases(facts: Facts, judged: list[Judged], completion: str) -> list[Judged]:
    """An equation that follows one with bars, a product or a square may be one case of it, if the
    other cases have what it lacks: what stands before a word of reflection, for a case that is
    thought of only afterwards was forgotten."""
    out = []
    splits = _splits(facts.solution.equation.sides)
    later: list[RealSet] = [EMPTY] * len(judged)
    afterwards: list[RealSet] = [EMPTY] * len(judged)
    seen = said = EMPTY
    for index in range(len(judged) - 1, -1, -1):
        if index + 1 < len(judged) and REFLECTION.search(
            completion, judged[index].statement.end, judged[index + 1].statement.start
        ):
            seen = EMPTY
        later[index], afterwards[index] = seen, said
        here = _said(facts, judged[index])
        seen, said = seen | here, said | here
    others = EMPTY  # what the cases before it have
    for index, each in enumerate(judged):
        if each.statement.kind is not ClaimKind.EQUATION:
            out.append(each)
            continue
        rest = afterwards[index] if each.numbers == EMPTY else later[index]  # a case without any
        is_case = (
            each.truth is Truth.FALSE
            and not each.sum_is_wrong
            and splits
            and each.lost != EMPTY
            and _are_impostors(facts, each.gained)
            and (each.lost & ~(rest | others)) == EMPTY
        )
        if is_case:
            others = others | _said(facts, each)
            evidence = "One case; the others have the rest."
            out.append(replace(each, truth=Truth.TRUE, evidence=evidence, gained=EMPTY, lost=EMPTY))
            continue
        out.append(each)
        if each.numbers is None or each.numbers == REALS:
            continue
        if _splits((each.statement.sides[0], each.statement.sides[-1])):
            splits, others = True, EMPTY
        else:
            others = others | _said(facts, each)
    return out


def _are_impostors(facts: Facts, gained: RealSet) -> bool:
    sides = facts.solution.equation.sides
    points = gained.points
    return points is not None and all(may_be_gained(facts, point, sides) for point in points)


def _splits(sides: tuple[Expr, Expr]) -> bool:
    return has_part(sides, (Abs, Pow)) or any(
        isinstance(part, Mul) and sum(bool(free_names(each)) for each in part.factors) > 1
        for side in sides
        for part in subexpressions(side)
    )


def _said(facts: Facts, judged: Judged) -> RealSet:
    """The problem's solutions that a line says: those of a case, or candidates."""
    said = EMPTY
    if judged.statement.kind is ClaimKind.CANDIDATE:
        said = RealSet.points_only(judged.statement.values)
    elif judged.statement.kind is ClaimKind.EQUATION and judged.numbers is not None:
        said = judged.numbers if judged.numbers.points is not None else EMPTY
    return said & facts.solutions  # no others matter, and a long text has very many
