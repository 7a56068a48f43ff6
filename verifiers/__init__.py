"""Decides whether an answer to an equation problem is right, and says why. Needs no torch."""

from verifiers.algebra import Real, RealSet
from verifiers.habits import read_habits
from verifiers.pool import Limits, Pool, averify, averify_batch, verify_batch
from verifiers.read_set import parse_set
from verifiers.read_value import AnswerError
from verifiers.request import Request
from verifiers.solve import Solution, UndecidedError, domain_conditions, real_domain, solve
from verifiers.trace.check import check_steps
from verifiers.trace.records import Trace
from verifiers.types import Ask, Decision, Domain, Habits, Problem, Reason, Verdict
from verifiers.verify import verify, verify_completion

__all__ = [
    "AnswerError",
    "Ask",
    "Decision",
    "Domain",
    "Habits",
    "Limits",
    "Pool",
    "Problem",
    "Real",
    "RealSet",
    "Reason",
    "Request",
    "Solution",
    "Trace",
    "UndecidedError",
    "Verdict",
    "averify",
    "averify_batch",
    "check_steps",
    "domain_conditions",
    "parse_set",
    "read_habits",
    "real_domain",
    "solve",
    "verify",
    "verify_batch",
    "verify_completion",
]
