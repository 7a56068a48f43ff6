"""The table of answer pairs: a problem, an answer, and whether it is right."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifiers import Ask, Domain, Problem, Verdict, verify

TABLE = Path(__file__).parents[2] / "tests/verifiers/pairs.jsonl"
TAKES_GOLD = "gold" in inspect.signature(verify).parameters
TAKES_SYSTEMS = "tuple" in str(Problem.__annotations__["equation"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """``gold`` is the right answer in LaTeX: all that a grader without the problem has to go by.

    ``equation`` is None where only the gold answer is known; a system is a list of texts. ``form``
    names the way the answer is written, or what is wrong with it. ``needs`` names the branch on
    which the class is decided, while it is not merged.
    """

    gold: str
    answer: str
    right: bool
    form: str
    equation: str | tuple[str, ...] | None = None
    unknown: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    domain: str = "real"
    ask: str = "solutions"
    needs: str | None = None

    @property
    def text(self) -> str:
        """The problem for a person."""
        if self.equation is None:
            return f"gold {self.gold}"
        return self.equation if isinstance(self.equation, str) else ", ".join(self.equation)


def load_pairs(path: Path = TABLE) -> list[Pair]:
    """The rows of the table; raises ``ValueError`` that names the line which is no pair."""
    pairs = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            fields = json.loads(line)
            if isinstance(fields.get("equation"), list):
                fields["equation"] = tuple(fields["equation"])
            pairs.append(Pair(**fields))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    return pairs


def problem_of(pair: Pair) -> Problem | None:
    """The problem of a pair; None where there is only a gold answer.

    Raises ``ValueError`` where a field has a value that this grader does not know.
    """
    if pair.equation is None:
        return None
    return Problem(
        equation=pair.equation,
        unknown=pair.unknown,
        ask=Ask(pair.ask),
        domain=Domain(pair.domain),
        params=pair.params,
    )


def grade(pair: Pair) -> Verdict | None:
    """The verdict on a pair; None where this grader has no such question."""
    try:
        problem = problem_of(pair)
    except ValueError:
        return None
    if problem is not None:
        is_system = isinstance(pair.equation, tuple)
        return None if is_system and not TAKES_SYSTEMS else verify(problem, pair.answer)
    if not TAKES_GOLD:
        return None
    return verify(gold=pair.gold, answer=pair.answer, unknown=pair.unknown)
