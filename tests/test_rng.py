from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from rlvr.rng import rng_state, seed_all, set_rng_state


def draws() -> tuple[float, list[float], list[float]]:
    return random.gauss(0, 1), np.random.randn(3).tolist(), torch.randn(3).tolist()


def test_draws_go_on_where_they_were() -> None:
    seed_all(2**63 - 1)
    draws()  # an odd number of normal draws: half a pair waits inside the generators
    state = rng_state()
    expected = [draws(), draws()]
    seed_all(1)
    assert draws() != expected[0]
    set_rng_state(state)
    assert [draws(), draws()] == expected


def test_seeding_is_reproducible() -> None:
    seed_all(5)
    first = draws()
    seed_all(5)
    assert draws() == first


def test_another_kind_of_machine_is_refused() -> None:
    state = {**rng_state(), "cuda": [torch.get_rng_state()]}
    with pytest.raises(ValueError, match="holds, of the random states, that of a CUDA device, and"):
        set_rng_state(state)
