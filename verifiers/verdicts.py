"""What every verdict of this package is made with."""

from __future__ import annotations

from verifiers.types import Decision, Reason, Verdict

MAX_TEXT = 500  # characters of the answer in a verdict


def decided(
    reason: Reason,
    evidence: tuple[str, ...],
    *,
    answer: str | None,
    expected: str | None,
    domain: tuple[str, ...] = (),
) -> Verdict:
    """Correct for ``EQUAL``, else incorrect."""
    return Verdict(
        verdict=Decision.CORRECT if reason is Reason.EQUAL else Decision.INCORRECT,
        reason=reason,
        answer=answer and answer[:MAX_TEXT],
        expected=expected,
        domain=domain,
        evidence=evidence,
    )


def undecided(reason: Reason, *evidence: str) -> Verdict:
    return Verdict(verdict=Decision.UNDECIDED, reason=reason, evidence=evidence)
