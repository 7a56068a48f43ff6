"""A gold answer about several declared unknowns: tuples, or a line or plane of them."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from verifiers.compare_tuples import affine_rows, shown_point
from verifiers.guard import guarded
from verifiers.read_tuples import parse_tuples
from verifiers.read_value import AnswerError
from verifiers.solve.equation import UndecidedError, canonical_name
from verifiers.solve.system import declared_names
from verifiers.solve.system_solution import Point
from verifiers.tuples import Family, Tuples
from verifiers.types import Reason

MAX_SHOWN = 8  # tuples in the evidence


@dataclass(frozen=True, slots=True, eq=False)
class GoldTuples:
    """``tuples`` of values in the order of ``unknowns``."""

    unknowns: tuple[str, ...]
    tuples: Tuples

    @property
    def text(self) -> str:
        return self.tuples.text()


def several_unknowns(unknown: str | None) -> tuple[str, ...]:
    """The names in a declaration such as ``x,y``; () where it declares one, or none.

    Raises ``AnswerError`` for what is no name, or stands there twice.
    """
    names = declared_names(unknown or "")
    if len(names) < 2:
        return ()
    try:
        unknowns = tuple(map(canonical_name, names))
    except UndecidedError as error:
        raise AnswerError(Reason.MALFORMED_PROBLEM, str(error)) from error
    if len(set(unknowns)) < len(unknowns):
        raise AnswerError(Reason.MALFORMED_PROBLEM, "An unknown is declared twice.")
    return unknowns


def read_gold_tuples(text: str, unknowns: tuple[str, ...]) -> GoldTuples:
    """Raises ``AnswerError`` where ``text`` does not say which tuples.

    A name that stands for every real number is one of the unknowns, or declared: ``(t, 1 - t),
    t ∈ ℝ``. Another could be a parameter that has one value.
    """
    tuples = guarded(text, lambda: parse_tuples(text, unknowns, {}, infinite=True))
    if tuples.family is not None:
        affine_rows(tuples.family, _names(tuples.family))
        unclear = sorted(tuples.family.names - tuples.family.declared - set(unknowns))
        if unclear:
            message = f"Whether {unclear[0]} is free is not said: {unclear[0]} ∈ ℝ."
            raise AnswerError(Reason.WRONG_KIND, message)
    return GoldTuples(unknowns, tuples)


def compare_with_tuples(gold: GoldTuples, text: str) -> tuple[Reason, str, tuple[str, ...]]:
    """The reason, the canonical answer and the evidence; raises ``AnswerError``."""
    expected = gold.tuples
    infinite = expected.family is not None
    answered = guarded(text, lambda: parse_tuples(text, gold.unknowns, {}, infinite=infinite))
    evidence = f"The gold answer is: {gold.text}."
    if expected.family is not None:
        if answered.family is None:
            return Reason.MISSING_SOLUTION, answered.text(), (evidence, "It is infinite.")
        if _same_flat(expected.family, answered.family):
            return Reason.EQUAL, answered.text(), (f"The answer is the gold answer: {gold.text}.",)
        return Reason.WRONG_VALUE, answered.text(), (evidence, "The two differ.")
    missing = _minus(expected.points, answered.points)
    invented = _minus(answered.points, expected.points)
    if not missing and not invented:
        return Reason.EQUAL, answered.text(), (f"The answer is the gold answer: {gold.text}.",)
    sentences = [evidence]
    sentences += [f"{shown_point(point)} is in it and was not answered." for point in missing]
    sentences += [f"{shown_point(point)} was answered and is not in it." for point in invented]
    reason = Reason.NOT_A_SOLUTION if invented else Reason.MISSING_SOLUTION
    single = len(expected.points) == 1
    return Reason.WRONG_VALUE if single else reason, answered.text(), tuple(sentences)


def _minus(left: tuple[Point, ...], right: tuple[Point, ...]) -> list[Point]:
    """Some points of one side that are not on the other."""
    return [each for each in left if not any(each == other for other in right)][:MAX_SHOWN]


def _same_flat(left: Family, right: Family) -> bool:
    """Whether two families run through the same flat: the same directions, and a shared point."""
    first, second = affine_rows(left, _names(left)), affine_rows(right, _names(right))
    both = [[*a[:-1], *b[:-1]] for a, b in zip(first, second, strict=True)]
    joined = [[*row, a[-1] - b[-1]] for row, a, b in zip(both, first, second, strict=True)]
    ranks = {_rank([row[:-1] for row in rows]) for rows in (first, second)}
    return ranks == {_rank(joined)}


def _rank(rows: list[list[fmpq]]) -> int:
    return int(fmpq_mat(rows).rank())


def _names(family: Family) -> tuple[str, ...]:
    return tuple(sorted(family.names))
