"""Policy surrogates by the name of the kind: ``grpo.surrogate.kind``."""

from __future__ import annotations

from collections.abc import Callable

from rlvr.learn.surrogates.cispo import cispo
from rlvr.learn.surrogates.clipped import clipped
from rlvr.learn.surrogates.dual_clip import dual_clip
from rlvr.learn.surrogates.gspo import gspo
from rlvr.learn.surrogates.output import Surrogate
from rlvr.learn.surrogates.reinforce import reinforce

SURROGATES: dict[str, Callable[..., Surrogate]] = {
    "clipped": clipped,
    "dual_clip": dual_clip,
    "cispo": cispo,
    "gspo": gspo,
    "reinforce": reinforce,
}
