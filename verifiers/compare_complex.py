"""An answer against the complex roots of a polynomial."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq, fmpq_poly, fmpz_poly

from verifiers.algebra.complex_number import ComplexNumber
from verifiers.algebra.exact import Real, approximate
from verifiers.answer import parse_answer
from verifiers.read_complex import parse_complex
from verifiers.solve.complex_roots import ComplexRoot, ComplexSolution
from verifiers.types import Ask, Reason

MAX_EXAMPLES = 8

_ZERO = ComplexNumber(Real.of(0))


def compare_complex(
    solution: ComplexSolution, ask: Ask, text: str, parameters: Mapping[str, Real]
) -> tuple[Reason, tuple[str, ...], str]:
    """The reason, its evidence, and the answer in canonical form.

    Raises ``AnswerError``, ``OverBudgetError``.
    """
    if ask is Ask.SOLUTIONS:
        numbers = parse_complex(text, solution.unknown, parameters)
        reason, evidence = _compare_roots(solution, numbers)
        return reason, evidence, "{" + ", ".join(map(str, numbers)) + "}"
    answer = parse_answer(text, solution.unknown, ask, parameters)
    shown = answer.text(solution.unknown)
    if ask in (Ask.LARGEST, Ask.SMALLEST):
        return Reason.UNSUPPORTED_EQUATION, ("Complex numbers have no order.",), shown
    expected = asked_number(solution, ask)
    none_is_right = answer.numbers is not None and not solution.roots
    if none_is_right or (
        answer.number is not None and expected is not None and answer.number == expected
    ):
        return Reason.EQUAL, solution.certificate, shown
    return Reason.WRONG_VALUE, (f"The solution set is: {solution.text}.",), shown


def expected_complex(solution: ComplexSolution, ask: Ask) -> str | None:
    if ask is Ask.SOLUTIONS:
        return solution.text
    if ask in (Ask.LARGEST, Ask.SMALLEST):
        return None
    number = asked_number(solution, ask)
    return "no solutions" if number is None else str(number)


def asked_number(solution: ComplexSolution, ask: Ask) -> Real | None:
    """The count, sum or product of the distinct roots, the last two by Vieta's formulas."""
    if ask is Ask.COUNT:
        return Real.of(len(solution.roots))
    if not solution.roots:
        return None
    whole = fmpq_poly([1])
    for poly in solution.factors:
        whole = whole * fmpq_poly(poly)
    degree = whole.degree()
    if ask is Ask.SUM:
        return Real.of(-whole[degree - 1] / whole[degree])
    return Real.of(whole[0] / whole[degree] * (-1) ** degree)


def _compare_roots(
    solution: ComplexSolution, numbers: tuple[ComplexNumber, ...]
) -> tuple[Reason, tuple[str, ...]]:
    """Right if all are roots and they are as many as the degree: they are different numbers."""
    reasons, evidence, right = [], [], []
    name = solution.unknown
    for number in numbers:
        if any(_is_root(poly, number) for poly in solution.factors):
            right.append(number)
        elif any(_is_root(poly, number) for poly in solution.excluded_factors):
            reasons.append(Reason.OUTSIDE_DOMAIN)
            evidence.append(f"{name} = {number} is outside the domain: a denominator is 0 there.")
        else:
            reasons.append(Reason.NOT_A_SOLUTION)
            evidence.append(f"{name} = {number} is not a solution.")
    if len(right) < len(solution.roots):
        reasons.append(Reason.MISSING_SOLUTION)
        evidence += [
            f"{name} = {root} is a solution and is missing."
            for root in solution.roots
            if not any(_may_be(root, number) for number in right)
        ]
    if not reasons:
        return Reason.EQUAL, solution.certificate
    worst = (Reason.OUTSIDE_DOMAIN, Reason.NOT_A_SOLUTION, Reason.MISSING_SOLUTION)
    return next(each for each in worst if each in reasons), tuple(evidence[:MAX_EXAMPLES])


def _is_root(poly: fmpz_poly, number: ComplexNumber) -> bool:
    """By Horner's rule, exactly."""
    value = _ZERO
    for coefficient in reversed(poly.coeffs()):
        value = value * number + ComplexNumber(Real.of(fmpq(coefficient)))
    return value.is_zero


def _may_be(root: ComplexRoot, number: ComplexNumber) -> bool:
    """Whether a number that is some root is this one, for all that 64 bits show."""
    re, im = approximate(number.re, 64), approximate(number.im, 64)
    return bool(root.enclosure.real.overlaps(re) and root.enclosure.imag.overlaps(im))
