"""The group's mean as the baseline."""

from __future__ import annotations

from rlvr.learn.advantages.groups import Bools, Floats, centred


def group_mean(rewards: Floats, counted: Bools) -> Floats:
    """A = r - mean of the group's counted rewards; 0 where uncounted or uninformative.

    Shapes: [P, G], [P, G] -> [P, G]. The mean includes the completion's own reward; leaving it
    out (RLOO) multiplies A by G / (G - 1). Source: GRPO (arXiv 2402.03300) without the division
    by the deviation, as Dr. GRPO argues (arXiv 2503.20783).
    """
    return centred(rewards, counted)
