"""The global random generators (Python, NumPy, torch) as a state that a checkpoint can hold."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


def seed_all(seed: int) -> None:
    """Seed all global generators. ``seed`` in [0, 2^63); NumPy's takes its lowest 32 bits."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def rng_state() -> dict[str, Any]:
    """The state of all global generators, in types a checkpoint takes; of CUDA devices that of the
    current one, where this process trains: the others are other ranks'."""
    numpy: dict[str, Any] = np.random.get_state(legacy=False)
    return {
        "python": random.getstate(),
        "numpy_algorithm": numpy["bit_generator"],
        "numpy_key": torch.from_numpy(numpy["state"]["key"].astype(np.int64)),
        "numpy_position": int(numpy["state"]["pos"]),
        "numpy_has_gauss": int(numpy["has_gauss"]),
        "numpy_gauss": float(numpy["gauss"]),
        "torch": torch.get_rng_state(),
        "cuda": [torch.cuda.get_rng_state()] if torch.cuda.is_available() else [],
    }


def set_rng_state(state: dict[str, Any]) -> None:
    """Put back what ``rng_state`` gave. Raises ``ValueError`` on another kind of machine."""
    if len(state["cuda"]) != int(torch.cuda.is_available()):
        had = "that of a CUDA device" if state["cuda"] else "no CUDA device's"
        raise ValueError(
            f"the checkpoint holds, of the random states, {had}, and this machine is of the other "
            "kind: an exact resume needs a GPU where there was one, and none where there was none "
            "(see CUDA_VISIBLE_DEVICES)"
        )
    random.setstate(state["python"])
    np.random.set_state(
        (
            state["numpy_algorithm"],
            state["numpy_key"].numpy().astype(np.uint32),
            state["numpy_position"],
            state["numpy_has_gauss"],
            state["numpy_gauss"],
        )
    )
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state(state["cuda"][0])
