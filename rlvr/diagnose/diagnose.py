"""All diagnoses of a run, the gravest first."""

from __future__ import annotations

from collections.abc import Callable

from rlvr.diagnose.finding import Finding
from rlvr.diagnose.history import History
from rlvr.diagnose.rewards import (
    a_family_is_forgotten,
    completions_are_cut_off,
    nothing_can_be_read,
    rewards_are_equal,
    verifier_is_undecided,
)
from rlvr.diagnose.updates import (
    engine_and_trainer_disagree,
    entropy_has_collapsed,
    entropy_has_exploded,
    gradients_are_dead,
    kl_has_blown_up,
)

# In this order, since each may be the cause of those after it.
DIAGNOSES: tuple[Callable[[History], Finding | None], ...] = (
    engine_and_trainer_disagree,
    completions_are_cut_off,
    nothing_can_be_read,
    verifier_is_undecided,
    rewards_are_equal,
    gradients_are_dead,
    kl_has_blown_up,
    entropy_has_exploded,
    entropy_has_collapsed,
    a_family_is_forgotten,
)


def diagnose(history: History) -> list[Finding]:
    """What is wrong with a run; [] where nothing is."""
    return [finding for check in DIAGNOSES if (finding := check(history)) is not None]
