"""What docs/grader.md lists as undecided: a class that gets decided leaves the list."""

from __future__ import annotations

import pytest

from verifiers import Domain, Problem, Reason, verify

LIMITS = [
    Problem(equation="sin x = x"),
    Problem(equation="2^x = x^2"),
    Problem(equation="arctan x <= x"),
    Problem(equation="|x - 1| = ln x"),
    Problem(equation="sin(x) sin(πx) > 0"),
    Problem(equation="x sin x > 0"),
    Problem(equation="sin x > 0, x > 0"),
    Problem(equation="sqrt(cos x) > 1/2"),
    Problem(equation="ln(sin x) <= 0"),
    Problem(equation="|sin x| < cos x"),
    Problem(equation="|log_2 x| = log_3 x"),
    Problem(equation="sin x >= 1/2", domain=Domain.INTEGER),
    Problem(equation="x^2 + y^2 = 1", unknown="x,y"),
    Problem(equation="x^3 + a x + 1 = 0", unknown="x", params={"a": ""}),
]


@pytest.mark.parametrize("problem", LIMITS, ids=str)
def test_undecided(problem: Problem) -> None:
    answer = "(1, 0)" if problem.unknown == "x,y" else "x = 1"
    assert verify(problem, answer).reason is Reason.UNSUPPORTED_EQUATION


def test_an_identity_without_a_rule() -> None:
    verdict = verify(gold="arctan(a) + arctan(1/a)", answer="π a/(2|a|)")
    assert verdict.reason is Reason.OVER_BUDGET_ANSWER
