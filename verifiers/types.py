"""The records of the grader: what it is asked, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Ask(StrEnum):
    """What a problem wants to know about the solution set of its equation."""

    SOLUTIONS = "solutions"
    SUM = "sum"
    PRODUCT = "product"
    COUNT = "count"
    LARGEST = "largest"
    SMALLEST = "smallest"


class Domain(StrEnum):
    """The numbers among which solutions are looked for."""

    REAL = "real"
    COMPLEX = "complex"  # polynomial equations only
    INTEGER = "integer"
    RATIONAL = "rational"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An equation and the question about it.

    ``equation`` is LaTeX, plain text or unicode, with one relation, as ``"3 - (3+y)/y = y"``,
    or a chain of inequalities, as ``"1 < 2x + 1 <= 5"``; of a system the relations stand in one
    text, as ``"x + y = 3, x*y = 2"``, or in a tuple of texts.
    ``unknown`` is inferred when it is the only free name; several are declared as ``"x,y"``, in
    the order of answered tuples, else all names of a system are unknowns, in order of the alphabet.
    ``params`` maps each parameter to a condition on it; ``{"a": "a = 6"}`` gives it a value.
    Of several solutions that coincide, ``SUM``, ``PRODUCT`` and ``COUNT`` count one.
    ``ask`` and ``domain`` may be given by their texts. Raises ValueError for another text.
    """

    equation: str | tuple[str, ...]
    unknown: str | None = None
    ask: Ask = Ask.SOLUTIONS
    domain: Domain = Domain.REAL
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for name, kind in (("ask", Ask), ("domain", Domain)):
            given = getattr(self, name)
            if not isinstance(given, kind):
                object.__setattr__(self, name, _member(name, kind, given))


def _member(name: str, kind: type[StrEnum], text: str) -> StrEnum:
    try:
        return kind(text)
    except ValueError:
        accepted = ", ".join(kind)
        raise ValueError(f"{name} is {text!r}; accepted: {accepted}") from None


class Decision(StrEnum):
    """Three-valued: undecided is the verifier's failure, never the answer's refuge."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why a verdict is what it is: one code a cause, documented in docs/grader.md."""

    EQUAL = "equal"  # the answer is the solution set (or its sum, count, ...)
    MISSING_SOLUTION = "missing_solution"
    NOT_A_SOLUTION = "not_a_solution"
    OUTSIDE_DOMAIN = "outside_domain"  # an answered value breaks a restriction of the equation
    WRONG_VALUE = "wrong_value"  # the asked sum, product, count, ... has another value
    NO_ANSWER = "no_answer"
    SEVERAL_ANSWERS = "several_answers"
    UNPARSABLE_ANSWER = "unparsable_answer"
    OVER_BUDGET_ANSWER = "over_budget_answer"
    WRONG_KIND = (
        "wrong_kind"  # a set where a number was asked, another unknown, an unsolved equation
    )
    UNSUPPORTED_EQUATION = "unsupported_equation"  # no certificate of completeness for this class
    MALFORMED_PROBLEM = "malformed_problem"
    OUT_OF_TIME = "out_of_time"  # of a worker: the problem alone took longer than is allowed
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_DIED = "worker_died"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision with its evidence.

    ``answer`` and ``expected`` are canonical text (``None`` where there is none),
    ``domain`` the restrictions of the equation, ``evidence`` sentences for a person.
    """

    verdict: Decision
    reason: Reason
    answer: str | None = None
    expected: str | None = None
    domain: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    elapsed_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Which good habits a worked solution shows; each counts only where it is true.

    ``None`` says that the habit does not apply to the problem.
    """

    domain_stated: bool | None  # every restriction of the equation, and none that is false
    domain_first: bool | None  # ... before the first step of the solution
    factoring: (
        bool | None
    )  # a right factorisation, where the solution passes a factorable quadratic
    quadratic_formula: bool | None  # a discriminant or the formula, where it passes a quadratic
    substitution_check: bool | None  # every candidate put back, with right values on both sides
    excluded_value_answered: bool | None  # the answer holds a value outside the domain
