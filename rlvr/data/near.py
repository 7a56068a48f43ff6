"""Near-duplicates of evaluation problems among those to train on.

Two problems are near-duplicates where they are made of the same numbers and operators, each as
often, and the shorter one has 60 % of its pairs of neighbouring tokens (see ``wording.py``) in
common with the other; without any number it is 80 % of the longer one's. Or where both are
equations with one normal form. So other words, spaces, LaTeX, order of sentences or names of the
unknown hide nothing, and another number is another problem. A rule on numbers first is much
cheaper than comparing all pairs, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from rlvr.data.normalise import normal_form
from rlvr.data.wording import is_exact, tokens
from rlvr.types import Task
from verifiers import Problem

SHARE, SHARE_WITHOUT_NUMBERS = 0.6, 0.8

Key = tuple[str, ...]
Pairs = frozenset[tuple[str, str]]


class NearDuplicates:
    """Problems that others are held against; looking one up costs those with the same numbers."""

    def __init__(self, problems: Iterable[Task]) -> None:
        self._texts: dict[Key, list[tuple[Pairs, str]]] = defaultdict(list)
        self._equations: dict[str, str] = {}
        for problem in problems:
            key, pairs = _parts(problem.text)
            self._texts[key].append((pairs, problem.text))
            if form := _equation_form(problem):
                self._equations.setdefault(form, problem.text)

    def find(self, problem: Task) -> str | None:
        """The words of a near-duplicate; None where there is none."""
        form = _equation_form(problem)
        if form in self._equations:
            return self._equations[form]
        key, pairs = _parts(problem.text)
        for others, text in self._texts.get(key, ()):
            if _are_near(pairs, others, has_numbers=bool(key)):
                return text
        return None


def _are_near(left: Pairs, right: Pairs, has_numbers: bool) -> bool:
    common = len(left & right)
    if has_numbers:
        return common >= SHARE * min(len(left), len(right))
    return common >= SHARE_WITHOUT_NUMBERS * max(len(left), len(right))


def _parts(text: str) -> tuple[Key, Pairs]:
    found = tokens(text)
    exact = tuple(sorted(token for token in found if is_exact(token)))
    # The ends make a pair of a single token, too.
    return exact, frozenset(pairwise(("", *found, "")) if len(found) < 2 else pairwise(found))


def _equation_form(task: Task) -> str | None:
    """One spelling of an equation, as the generated splits are kept apart by; None for others."""
    problem = task.problem
    if task.gold is not None or not isinstance(problem.equation, str):
        return None
    sides = problem.equation.split("=")
    unknown = problem.unknown or _only_letter(problem)
    if len(sides) != 2 or unknown is None or any(sign in problem.equation for sign in "<>!,"):
        return None
    parameters = ";".join(f"{name}:{text}" for name, text in sorted(problem.params.items()))
    left, right = sides
    return f"{normal_form(left, right, unknown, parameters)} {problem.domain}"


def _only_letter(problem: Problem) -> str | None:
    letters = set(re.findall(r"[a-zA-Z]", str(problem.equation)))
    return letters.pop() if len(letters) == 1 else None
