"""The records of a checked trace."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from verifiers.types import Habits, Verdict


class ClaimKind(StrEnum):
    """What a claim is about."""

    EQUATION = "equation"  # a relation in the unknown: it stands for a solution set
    CANDIDATE = "candidate"  # a value of the unknown, or several
    EXCLUSION = "exclusion"  # a restriction, or a value rejected
    SUBSTITUTION = "substitution"  # a value put back into the problem's equation
    ARITHMETIC = "arithmetic"  # a relation between numbers
    CONCLUSION = "conclusion"  # the final answer


class Truth(StrEnum):
    """An equation is true where its solution set is still that of the problem, or differs only by
    roots that a later step may rightly reject; all else by its own mathematics."""

    TRUE = "true"
    FALSE = "false"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``text[start:end]`` of the completion, what it is, and whether it holds.

    ``values`` are the numbers that a candidate, exclusion, substitution or conclusion is about,
    as exact text; ``line`` counts from 0. A hypothesis ("try x = 4") is no claim.
    """

    kind: ClaimKind
    start: int
    end: int
    line: int
    truth: Truth
    values: tuple[str, ...] = ()
    evidence: str = ""  # one sentence for a person


class Change(StrEnum):
    """What a wrong step did to the solution set on the domain."""

    GAINED = "gained"
    LOST = "lost"
    OTHER = "other"  # both


class Cause(StrEnum):
    """The likely reason of a wrong step."""

    DROPPED_RESTRICTION = "dropped_restriction"
    SIGN = "sign"
    DIVISION = "division"  # by a factor that can vanish
    SQUARING = "squaring"  # a root that squaring gained is kept, or wrong squares
    WRONG_FACTORS = "wrong_factors"
    ARITHMETIC = "arithmetic"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepError:
    """The first claim at which the solution set changes on the domain.

    ``claim`` is its index; ``gained`` and ``lost`` are solutions, as exact text.
    """

    claim: int
    change: Change
    cause: Cause
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    evidence: str = ""


class Transition(StrEnum):
    """From the first claimed answer to the last."""

    RIGHT_RIGHT = "right_right"
    WRONG_RIGHT = "wrong_right"
    RIGHT_WRONG = "right_wrong"
    WRONG_WRONG = "wrong_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A claimed wrong value (claim ``wrong``) that a later right one (``right``) replaces.

    ``refuted_by`` is the claim between the two by which the trace itself refutes the value: a
    substitution, recomputed as true, in which the sides differ, or the rejection of a value that
    is truly excluded. A correction so refuted is a verified aha.
    """

    wrong: int
    right: int
    refuted_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A completion, checked. ``transition`` is None where fewer than one answer is claimed."""

    claims: tuple[Claim, ...]
    first_error: StepError | None
    habits: Habits
    transition: Transition | None
    correction: Correction | None
    keyword_aha: bool  # the baseline: a word such as "wait" or "mistake" stands in it
    verdict: Verdict
    had_right: bool = False  # an answer before the last is right

    @property
    def corrected(self) -> bool:
        """A wrong value claimed, a right one later, and the last claim right."""
        return self.correction is not None

    @property
    def verified_aha(self) -> bool:
        """Corrected, with the wrong value refuted in between by mathematics that holds."""
        return self.correction is not None and self.correction.refuted_by is not None

    @property
    def broken(self) -> bool:
        """Right at some point, wrong at the end."""
        is_wrong = self.transition in (Transition.RIGHT_WRONG, Transition.WRONG_WRONG)
        return self.transition is Transition.RIGHT_WRONG or (is_wrong and self.had_right)

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, without the verdict, which stands beside it."""
        record = asdict(self)
        del record["verdict"], record["had_right"]
        return record | {
            "corrected": self.corrected,
            "verified_aha": self.verified_aha,
            "broken": self.broken,
        }
