"""Which numbers are rational, by theorem."""

from __future__ import annotations

import pytest

from verifiers.algebra import Real
from verifiers.algebra.evaluate import evaluate
from verifiers.algebra.periodic import PeriodicSet, progression
from verifiers.algebra.rationality import check_rationality, without_families
from verifiers.algebra.sets import RealSet
from verifiers.syntax import parse_expression
from verifiers.syntax.errors import OverBudgetError


def number(text: str) -> Real:
    value = evaluate(parse_expression(text), {})
    assert isinstance(value, Real)
    return value


@pytest.mark.parametrize(
    "text",
    ["3/7", "√2", "√2 + 1", "π", "2π/3", "√2·π", "e", "e^2", "e^(√2)", "ln 2", "ln(√2 + 1)",
     "arcsin(1/3)", "arctan 2", "log_2 3", "ln(5)/ln(3)"],
)  # fmt: skip
def test_known(text: str) -> None:
    check_rationality(number(text))


@pytest.mark.parametrize("text", ["e + π", "e·π", "ln 2·ln 3", "π^2", "arcsin(1/3)/π"])
def test_not_known_here(text: str) -> None:
    with pytest.raises(OverBudgetError):
        check_rationality(number(text))


@pytest.mark.parametrize(
    ("start", "period", "member"),
    [("0", "2π", "0"), ("6π", "2π", "0"), ("π", "2π", None), ("5", "π", "5"), ("5 - 3π", "π", "5"),
     ("5 - π", "2π", None), ("√2", "π", None), ("1/2 + 4π", "2π", "1/2"), ("1 + π/2", "π", None),
     ("arcsin(1/3)", "2π", None), ("arcsin(1/3)/2 + π", "π", None)],
)  # fmt: skip
def test_the_rational_member_of_a_family(start: str, period: str, member: str | None) -> None:
    family = progression(number(start), number(period))
    assert isinstance(family, PeriodicSet)
    expected = [] if member is None else [number(member)]
    assert without_families(family) == RealSet.points_only(expected)
    assert without_families(~family) == ~RealSet.points_only(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(("start", "period"), [("e", "2π"), ("ln 2", "π"), ("0", "e")])
def test_families_of_which_nothing_is_known(start: str, period: str) -> None:
    family = progression(number(start), number(period))
    assert isinstance(family, PeriodicSet)
    with pytest.raises(OverBudgetError):
        without_families(family)
