"""Decides whether an answer to an equation problem is right, and says why. Needs no torch."""

from verifiers.habits import read_habits
from verifiers.solve import Solution, UndecidedError, solve
from verifiers.types import Ask, Decision, Domain, Habits, Problem, Reason, Verdict
from verifiers.verify import verify, verify_completion

__all__ = [
    "Ask",
    "Decision",
    "Domain",
    "Habits",
    "Problem",
    "Reason",
    "Solution",
    "UndecidedError",
    "Verdict",
    "read_habits",
    "solve",
    "verify",
    "verify_completion",
]
