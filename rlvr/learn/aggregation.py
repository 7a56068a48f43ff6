"""Token losses of a micro-batch -> their shares of the update's loss, by ``grpo.aggregation``.

The shares of all micro-batches add up to the loss, so the gradient depends neither on the split
nor on the packing. Shapes: N trained tokens of the micro-batch in S sequences, ``counts`` [S].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from rlvr.learn.segments import spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of the whole update, over all its micro-batches."""

    num_tokens: int
    """Trained tokens."""
    num_sequences: int
    """Trained completions."""
    num_asked: float
    """Completions asked for, whether they train anything or not; a mini-batch has its share."""


def step_tokens(losses: Tensor, counts: Tensor, totals: Totals) -> Tensor:
    """loss_t / (trained tokens of the update). Shapes: [N], [S] -> [N].

    Every token weighs the same, in whatever sequence it is. Source: DAPO's token-level loss
    (arXiv 2503.14476).
    """
    return losses / totals.num_tokens


def sequence_mean(losses: Tensor, counts: Tensor, totals: Totals) -> Tensor:
    """loss_t / (tokens of its sequence * trained sequences of the update). Shapes: [N], [S] -> [N].

    Every completion weighs the same, so a token of a short one weighs more: it favours short
    right and long wrong answers. Source: GRPO (arXiv 2402.03300).
    """
    return losses / (spread(counts, counts) * totals.num_sequences)


def constant(losses: Tensor, counts: Tensor, totals: Totals, *, length: int) -> Tensor:
    """loss_t / (completions asked for * length). Shapes: [N], [S] -> [N].

    The divisor does not depend on what was drawn, so the gradient of the sum over tokens keeps
    its expectation. Source: Dr. GRPO (arXiv 2503.20783), with ``length`` the longest completion.
    """
    return losses / (totals.num_asked * length)


AGGREGATIONS: dict[str, Callable[..., Tensor]] = {
    "step_tokens": step_tokens,
    "sequence_mean": sequence_mean,
    "constant": constant,
}
