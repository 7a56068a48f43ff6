"""What a family draws that is not one equation with numbers for solutions: a system, an
inequality, an equation with logarithms or with a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rlvr.data.novice import Habit
from verifiers import Ask

FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
Relation = tuple[str, str, str]  # left side, one of FLIPPED, right side


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """``relations`` in the ``unknowns``; ``answer`` is the solution set, known by construction.

    ``conditions`` are parameters with what is given of them, as ``("a", "a != 0")`` or, where
    nothing is, ``("a", "")``. ``steps`` are the lines of a worked solution, the boxed answer last:
    the right one for a careful worker.
    """

    family: str
    form: str
    relations: tuple[Relation, ...]
    unknowns: tuple[str, ...]
    answer: str
    steps: Callable[[Habit], list[str]]
    conditions: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return ", ".join(" ".join(relation) for relation in self.relations)

    @property
    def unknown(self) -> str:
        return ",".join(self.unknowns)

    @property
    def given(self) -> str:
        """What the question adds: ``" for x, y"``, ``" for x with a != 0"``."""
        if len(self.unknowns) == 1 and not self.conditions:
            return ""
        known = "".join(f" with {condition}" for _, condition in self.conditions if condition)
        return f" for {', '.join(self.unknowns)}{known}"

    @property
    def answers(self) -> list[str]:
        return [self.answer]


def work(drawn: Relations, ask: Ask, habit: Habit) -> str:
    """The worked solution; these families ask for nothing but the solutions."""
    assert ask is Ask.SOLUTIONS
    return "\n".join(drawn.steps(habit))


def exchanged(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
    """The same relations with their sides exchanged."""
    return tuple((right, FLIPPED[operator], left) for left, operator, right in relations)


def boxed(answer: str) -> str:
    return f"\\boxed{{{answer}}}"
