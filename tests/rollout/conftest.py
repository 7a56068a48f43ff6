"""Fixtures of the engines' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.rollout.tiny import save_model


@pytest.fixture(scope="session")
def model_paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {name: save_model(folder / name, tied=name == "tied") for name in ("tied", "untied")}


@pytest.fixture(scope="package", autouse=True)
def _one_thread() -> Iterator[None]:
    # On a busy machine the threads of an engine wait for each other, spinning.
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
