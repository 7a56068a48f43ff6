"""Generalised advantage estimation over the tokens of one completion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rlvr.learn.advantages.groups import STD_FLOOR, Floats


def gae(rewards: Floats, values: Floats, *, gamma: float, lam: float) -> tuple[Floats, Floats]:
    """A_t = sum_l (gamma lambda)^l delta_{t+l}, delta_t = r_t + gamma V_{t+1} - V_t; and A + V.

    Shapes: [T], [T] -> advantages [T], returns [T]. V_t is the value before token t; after the
    last token it is 0, of a completion that was cut off too: it earns nothing more. lambda 1 gives
    the whole return minus V, lambda 0 one step of it. Source: GAE (arXiv 1506.02438).
    """
    deltas = rewards + gamma * np.append(values[1:], 0.0) - values
    advantages = np.empty_like(deltas)
    running = 0.0
    for t in reversed(range(len(deltas))):
        running = deltas[t] + gamma * lam * running
        advantages[t] = running
    return advantages, advantages + values


def whiten(advantages: Sequence[Floats]) -> list[Floats]:
    """(A - mean) / (std + 1e-4) over all tokens of the batch. Shapes: each [T] -> the same."""
    together = np.concatenate(advantages)
    return [(a - together.mean()) / (together.std() + STD_FLOOR) for a in advantages]
