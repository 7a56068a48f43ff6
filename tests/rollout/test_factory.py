from __future__ import annotations

import importlib.util
import logging
import sys
from pathlib import Path

import pytest

from rlvr.rollout.factory import make_engine, vllm_import_problem
from tests.rollout.tiny import MAX_LENGTH, SETTINGS


@pytest.fixture
def no_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "vllm" else find_spec(name)
    )


@pytest.fixture
def broken_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    """vLLM is there, but importing it raises."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.delitem(sys.modules, "rlvr.rollout.vllm", raising=False)
    for name in [name for name in sys.modules if name == "vllm" or name.startswith("vllm.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "vllm", None)


@pytest.mark.usefixtures("no_vllm")
def test_auto_falls_back_and_says_why(
    model_paths: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="rlvr"):
        engine = make_engine(str(model_paths["tied"]), SETTINGS, MAX_LENGTH)
    assert engine.name == "transformers"
    assert "because vLLM is not installed" in caplog.text


@pytest.mark.usefixtures("broken_vllm")
def test_a_broken_install_is_a_reason_not_a_crash() -> None:
    problem = vllm_import_problem()
    assert problem is not None
    assert "import fails (ModuleNotFoundError" in problem


def test_a_build_for_gpus_without_one_is_a_reason_not_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As seen with the packages of requirements/cuda.txt on a machine without a driver."""
    if problem := vllm_import_problem():
        pytest.skip(problem)
    from vllm.platforms.interface import UnspecifiedPlatform

    monkeypatch.setattr("rlvr.rollout.vllm.current_platform", UnspecifiedPlatform())
    problem = vllm_import_problem()
    assert problem is not None
    assert "built for GPUs, and torch" in problem


@pytest.mark.usefixtures("no_vllm")
def test_asking_for_vllm_without_it_says_how_to_install(model_paths: dict[str, Path]) -> None:
    settings = SETTINGS.model_copy(update={"engine": "vllm"})
    with pytest.raises(ValueError, match=r"vLLM is not installed.*pip install vllm"):
        make_engine(str(model_paths["tied"]), settings, MAX_LENGTH)


@pytest.mark.usefixtures("no_vllm")
def test_an_engine_that_ranks_share_cannot_be_transformers(model_paths: dict[str, Path]) -> None:
    settings = SETTINGS.model_copy(update={"tensor_parallel": 2})
    with pytest.raises(ValueError, match=r"tensor_parallel is 2, but vLLM is not installed"):
        make_engine(str(model_paths["tied"]), settings, MAX_LENGTH)


def test_asking_for_transformers_says_nothing(
    model_paths: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    settings = SETTINGS.model_copy(update={"engine": "transformers"})
    with caplog.at_level(logging.WARNING, logger="rlvr"):
        engine = make_engine(str(model_paths["tied"]), settings, MAX_LENGTH)
    assert engine.name == "transformers"
    assert caplog.text == ""
