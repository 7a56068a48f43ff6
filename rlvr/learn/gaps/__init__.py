"""Weights for the gap between engine and trainer, by the name of the kind: ``grpo.engine_gap``."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from rlvr.learn.gaps.sequence import sequence_mask, sequence_truncate
from rlvr.learn.gaps.token import none, token_mask, token_truncate

GAPS: dict[str, Callable[..., Tensor]] = {
    "none": none,
    "token_truncate": token_truncate,
    "token_mask": token_mask,
    "sequence_truncate": sequence_truncate,
    "sequence_mask": sequence_mask,
}
