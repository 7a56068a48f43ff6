from __future__ import annotations

import contextlib
import os
import random
import sys
import warnings

import numpy as np
import pytest
import torch

from rlvr.rollout.isolation import process_state_kept


def disturb() -> None:
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.set_num_threads = print
    torch.set_float32_matmul_precision("medium")
    sys.excepthook = print
    os.environ.update(LD_PRELOAD="lib.so", HOME_TEST="changed", VLLM_TEST="stays")
    del os.environ["GONE_TEST"]


def state() -> tuple[object, ...]:
    return (
        random.getstate(),
        tuple(np.random.get_state(legacy=False)["state"]["key"]),
        torch.get_rng_state().tolist(),
        torch.set_num_threads,
        torch.get_num_threads(),
        torch.get_float32_matmul_precision(),
        sys.excepthook,
        {name: value for name, value in os.environ.items() if not name.startswith("VLLM_")},
    )


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME_TEST", "original")
    monkeypatch.setenv("GONE_TEST", "original")
    monkeypatch.setenv("VLLM_TEST", "original")


def test_the_process_is_as_it_was() -> None:
    before = state()
    with process_state_kept():
        disturb()
        assert state() != before
    assert state() == before
    assert os.environ["VLLM_TEST"] == "stays"


def test_the_process_is_as_it_was_after_an_error() -> None:
    before = state()
    with contextlib.suppress(KeyError), process_state_kept():
        disturb()
        raise KeyError
    assert state() == before


def test_deprecations_inside_are_not_the_users_business() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with process_state_kept():
            warnings.warn("old", FutureWarning, stacklevel=1)
        assert caught == []
        warnings.warn("new", FutureWarning, stacklevel=1)
    assert len(caught) == 1
