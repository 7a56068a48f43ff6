"""The table of answer pairs: a problem, an answer, and whether it is right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifiers import Ask, Domain, Problem, Verdict, verify

TABLE = Path(__file__).parents[2] / "tests/verifiers/pairs.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """``gold`` is the right answer in LaTeX: all that a grader without the problem has to go by.

    ``equation`` is None where only the gold answer is known; a system is a list of texts. ``form``
    names the way the answer is written, or what is wrong with it. ``is_known_miss``: the
    grader does not read this way of writing yet.
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
    is_known_miss: bool = False

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
    """The problem of a pair; None where there is only a gold answer."""
    if pair.equation is None:
        return None
    return Problem(
        equation=pair.equation,
        unknown=pair.unknown,
        ask=Ask(pair.ask),
        domain=Domain(pair.domain),
        params=pair.params,
    )


def grade(pair: Pair) -> Verdict:
    problem = problem_of(pair)
    if problem is not None:
        return verify(problem, pair.answer)
    return verify(gold=pair.gold, answer=pair.answer, unknown=pair.unknown)
