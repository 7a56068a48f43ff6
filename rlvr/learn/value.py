"""The loss of a value head."""

from __future__ import annotations

from torch import Tensor


def clipped_value_loss(values: Tensor, old_values: Tensor, returns: Tensor, clip: float) -> Tensor:
    """max((V - R)^2, (clip(V, V_old - clip, V_old + clip) - R)^2) / 2 a token.

    Shapes: [N], [N], [N] -> [N]. Once a value has moved by ``clip`` towards its return in one
    batch it has no gradient. Sources: PPO's reference implementation; GAE (arXiv 1506.02438)
    bounds the value's step for the same reason.
    """
    bounded = old_values + (values - old_values).clamp(-clip, clip)
    return ((values - returns) ** 2).maximum((bounded - returns) ** 2) / 2
