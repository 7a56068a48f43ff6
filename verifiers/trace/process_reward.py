"""A reward for the way: the share of true steps up to the first error.

What it does about gaming. Restatements, repetitions, ``1 = 1`` and numbers compared without any
arithmetic are no steps. A trace without a conclusion earns nothing, so stopping early does not pay.
With any error, or a wrong answer, at most half is earned, however many true lines are put before
it: a wholly right solution always earns more. What it cannot stop: true steps that lead nowhere
are still true, so in a wrong solution padding moves the reward up towards that half.
"""

from __future__ import annotations

import re

from verifiers.trace.records import Claim, ClaimKind, Trace, Truth
from verifiers.types import Decision, Problem

CEILING_WITH_ERROR = 0.5
_TRIVIAL = re.compile(r"-?[\d.]+(?:!=|≠|=|<|>|<=|>=|≤|≥|\\neq?)-?[\d.]+")
_SIDES = re.compile(r"!=|<=|>=|[=≠<>≤≥]|\\[nlg]eq?(?![A-Za-z])")


def process_reward(trace: Trace, problem: Problem, completion: str) -> float:
    """In 0..1; 1 only for a right answer with no false step."""
    if not any(claim.kind is ClaimKind.CONCLUSION for claim in trace.claims):
        return 0.0
    steps = _steps(trace, problem, completion)
    is_right = trace.verdict.verdict is Decision.CORRECT
    if trace.first_error is None and is_right:
        true = sum(claim.truth is not Truth.FALSE for _, claim in steps)
        return true / len(steps) if steps else 1.0
    end = trace.first_error.claim if trace.first_error is not None else len(trace.claims)
    before = sum(claim.truth is Truth.TRUE for index, claim in steps if index < end)
    return CEILING_WITH_ERROR * before / (len(steps) + 1)


def _steps(trace: Trace, problem: Problem, completion: str) -> list[tuple[int, Claim]]:
    """The claims that say something new, with their places."""
    equations = problem.equation if isinstance(problem.equation, tuple) else (problem.equation,)
    seen = {_bare(text) for text in equations}
    steps = []
    for index, claim in enumerate(trace.claims):
        text = _bare(completion[claim.start : claim.end])
        if claim.kind is ClaimKind.CONCLUSION or text in seen or _TRIVIAL.fullmatch(text):
            continue
        seen.add(text)
        sides = _SIDES.split(text)
        if len(sides) > 1 and len(set(sides)) == 1:
            continue
        steps.append((index, claim))
    return steps


def _bare(text: str) -> str:
    return re.sub(r"[\s&*$]|\\[,;:! ]|\\left|\\right", "", text)
