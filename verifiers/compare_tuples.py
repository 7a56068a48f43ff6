"""Answered tuples against the solutions of a system: the reason, and sentences that show it."""

from __future__ import annotations

from itertools import product

from flint import fmpq, fmpq_mat, fmpq_mpoly

from verifiers.algebra.clearing import Clearing
from verifiers.algebra.eliminate import CannotEliminateError, ZeroDenominatorError
from verifiers.algebra.evaluate import Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.answer import Answer, parse_answer
from verifiers.guard import guarded
from verifiers.read_tuples import parse_tuples
from verifiers.read_value import AnswerError
from verifiers.solve.system import System, holds_for
from verifiers.solve.system_solution import Flat, Point, SystemSolution, point_text
from verifiers.syntax.text import to_text
from verifiers.tuples import Family, Tuples
from verifiers.types import Ask, Reason

MAX_EXAMPLES = 8
_SHOWN = 100


def read_tuple_answer(
    text: str, system: System, ask: Ask, solution: SystemSolution | None
) -> Tuples | Answer:
    """Raises ``AnswerError``."""
    if ask is Ask.COUNT:
        return parse_answer(text, system.unknowns[0], ask, system.parameters)
    infinite = solution is None or solution.flat is not None
    return guarded(
        text, lambda: parse_tuples(text, system.unknowns, system.parameters, infinite=infinite)
    )


def compare_tuples(
    solution: SystemSolution, answer: Tuples | Answer
) -> tuple[Reason, tuple[str, ...]]:
    """``EQUAL`` with the certificate, or what is wrong with the answer."""
    if isinstance(answer, Answer):
        return _compare_count(solution, answer)
    if answer.family is not None:
        assert solution.flat is not None
        return _compare_family(solution, solution.flat, answer.family)
    reasons, evidence = [], []
    for point in answer.points:
        wrong = _why_not(solution, point)
        if wrong is not None:
            reasons.append(wrong[0])
            evidence.append(wrong[1])
    for point in _missing(solution, answer.points):
        reasons.append(Reason.MISSING_SOLUTION)
        evidence.append(f"{solution.unknown} = {shown_point(point)} is a solution and is missing.")
    if not reasons:
        return Reason.EQUAL, solution.certificate
    worst = (Reason.OUTSIDE_DOMAIN, Reason.NOT_A_SOLUTION, Reason.MISSING_SOLUTION)
    return next(each for each in worst if each in reasons), tuple(evidence[:MAX_EXAMPLES])


def expected_tuples(solution: SystemSolution, ask: Ask) -> str:
    if ask is Ask.COUNT:
        return "infinitely many" if solution.flat is not None else str(len(solution.points))
    return solution.text


def _compare_count(solution: SystemSolution, answer: Answer) -> tuple[Reason, tuple[str, ...]]:
    if solution.flat is not None:
        right = answer.infinitely_many
    else:
        count = Real.of(len(solution.points))
        right = (answer.number is not None and answer.number == count) or (
            answer.numbers is not None and not solution.points
        )
    if right:
        return Reason.EQUAL, solution.certificate
    return Reason.WRONG_VALUE, (f"The solution set is: {solution.text}.",)


def _missing(solution: SystemSolution, answered: tuple[Point, ...]) -> list[Point]:
    if solution.flat is None:
        return [each for each in solution.points if not any(each == point for point in answered)]
    free = len(solution.flat.free)
    for step in range(len(answered) + 1):  # one of these is not among the answered ones
        point = solution.flat.point((fmpq(step),) * free)
        if not any(point == each for each in answered):
            return [point]
    raise AssertionError("more different points than answered ones")


def _why_not(solution: SystemSolution, point: Point) -> tuple[Reason, str] | None:
    """Why a tuple is no solution, by the first relation that it breaks; None where it is one."""
    system = solution.system
    at = f"{system.label} = {shown_point(point)}"
    named = dict(zip(system.unknowns, point, strict=True))
    results = [(each, holds_for(system, each, point)) for each in system.relations]
    for relation, held in results:
        if isinstance(held, Undefined):
            return (
                Reason.OUTSIDE_DOMAIN,
                f"{at} is outside the domain of {to_text(relation)}: {held.cause} "
                f"({to_text(held.part)}).",
            )
    for relation, held in results:
        if held is False:
            left, right = (
                str(evaluate(side, named))[:_SHOWN] for side in (relation.lhs, relation.rhs)
            )
            return (
                Reason.NOT_A_SOLUTION,
                f"{at} is not a solution: in {to_text(relation)} the left side is {left}, "
                f"the right side {right}.",
            )
    return None


def _compare_family(
    solution: SystemSolution, flat: Flat, family: Family
) -> tuple[Reason, tuple[str, ...]]:
    """Both are flats: the answered one lies in the other, and is of the same dimension."""
    names = tuple(sorted(family.names))
    rows = affine_rows(family, names)
    origin = (fmpq(0),) * len(names)
    units = [tuple(fmpq(i == k) for i in range(len(names))) for k in range(len(names))]
    for values in (origin, *units):  # a flat lies in another if these points of it do
        point: Point = tuple(Real.of(row[-1] + _dot(row, values)) for row in rows)
        wrong = _why_not(solution, point)
        if wrong is not None:
            given = ", ".join(f"{n} = {v}" for n, v in zip(names, values, strict=True))
            return wrong[0], (f"For {given}: {wrong[1]}",)
    matrix = fmpq_mat([row[:-1] for row in rows])
    if matrix.rank() == len(flat.free):
        return Reason.EQUAL, solution.certificate
    point = _outside(flat, rows)
    return (
        Reason.MISSING_SOLUTION,
        (f"{solution.unknown} = {shown_point(point)} is a solution and is missing.",),
    )


def _outside(flat: Flat, rows: list[list[fmpq]]) -> Point:
    """A point of the flat that no values of the parameters give."""
    matrix = fmpq_mat([row[:-1] for row in rows])
    for values in product((fmpq(0), fmpq(1)), repeat=len(flat.free)):
        point = flat.point(values)
        rests = [_exact(x) - row[-1] for x, row in zip(point, rows, strict=True)]
        wider = fmpq_mat([[*row[:-1], rest] for row, rest in zip(rows, rests, strict=True)])
        if wider.rank() > matrix.rank():
            return point
    raise AssertionError("a flat of lower dimension covers the corners of a larger one")


def affine_rows(family: Family, names: tuple[str, ...]) -> list[list[fmpq]]:
    """For each coordinate its coefficient of each name, then the constant.

    Raises ``AnswerError`` for a coordinate that is not linear.
    """
    clearing = Clearing(names, family.coordinates)
    rows = []
    for part in family.coordinates:
        try:
            num, den = clearing.quotient(part)
        except (CannotEliminateError, ZeroDenominatorError) as error:
            raise AnswerError(Reason.WRONG_KIND, f"{to_text(part)[:80]}: {error}.") from error
        if clearing.relations or not den.is_one() or num.total_degree() > 1:
            shown = to_text(part)[:80]
            raise AnswerError(
                Reason.WRONG_KIND, f"The solutions are a line or plane; {shown} is not linear."
            )
        rows.append(_coefficients(num, len(names)))
    return rows


def _coefficients(poly: fmpq_mpoly, size: int) -> list[fmpq]:
    row = [fmpq(0)] * (size + 1)
    for powers, value in poly.to_dict().items():
        row[next((k for k, power in enumerate(powers) if power), size)] = value
    return row


def _dot(row: list[fmpq], values: tuple[fmpq, ...]) -> fmpq:
    return sum((x * y for x, y in zip(row, values, strict=False)), fmpq(0))


def _exact(number: Real) -> fmpq:
    rational = number.rational
    assert rational is not None
    return fmpq(rational.numerator, rational.denominator)


def shown_point(point: Point) -> str:
    """Cut where it is long."""
    text = point_text(point)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
