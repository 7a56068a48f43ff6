"""Decides whether an answer to an equation problem is right, and says why. Needs no torch."""

from verifiers.types import Ask, Decision, Domain, Habits, Problem, Reason, Verdict

__all__ = ["Ask", "Decision", "Domain", "Habits", "Problem", "Reason", "Verdict"]
