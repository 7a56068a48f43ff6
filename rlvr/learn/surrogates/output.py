"""What a surrogate gives.

All surrogates take the same tensors: ``logprobs`` of the policy in training, ``old_logprobs`` of
the policy that the batch is taken to come from, ``advantages``, each [N] over the trained tokens
of a micro-batch, and ``counts`` [S], the trained tokens of each of its S sequences. Their numbers
are keyword arguments, named as the keys of ``grpo.surrogate``.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Surrogate(NamedTuple):
    """``objective`` [N], to be maximised; ``clipped`` [N] bool: where a bound took effect."""

    objective: Tensor
    clipped: Tensor
