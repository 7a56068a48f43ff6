from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path

import pytest

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.factory import make_engine
from rlvr.rollout.server.command import arguments
from tests.rollout.tiny import MAX_LENGTH, SETTINGS

HAS_VLLM = importlib.util.find_spec("vllm") is not None
VLLM = pytest.mark.skipif(not HAS_VLLM, reason="vLLM is not installed")


@pytest.mark.parametrize(
    ("engine", "tied"),
    [
        pytest.param("vllm", "tied", marks=VLLM),
        ("transformers", "tied"),
        ("transformers", "untied"),
    ],
)
def test_logits_are_in_float32_where_the_rest_is_not(
    model_paths: dict[str, Path], engine: str, tied: str
) -> None:
    """Logprobs of two tokens of one distribution differ by what their logits do: by multiples of
    1/1024 where these are bfloat16 numbers of more than 1/8, and by anything in float32."""
    shares = {}
    for head_dtype in ("model", "float32"):
        changes = {"engine": engine, "dtype": "bfloat16", "head_dtype": head_dtype}
        settings = SETTINGS.model_copy(update=changes)
        made = make_engine(str(model_paths[tied]), settings, MAX_LENGTH)
        try:
            requests = [Request(prompt_ids=(3, 4, 5), seed=seed) for seed in range(96)]
            found = made.generate(requests, SamplingSettings(temperature=1.0, max_new_tokens=1))
        finally:
            made.close()
        steps = [1024 * (a - b) for a, b in pairwise({c.rollout_logprobs[0] for c in found})]
        assert len(steps) > 5
        shares[head_dtype] = sum(abs(step - round(step)) < 0.01 for step in steps) / len(steps)
    assert shares["model"] > 0.5
    assert shares["float32"] < 0.2


@pytest.mark.parametrize(
    ("head_dtype", "on_gpu", "expected"),
    [
        ("auto", True, True),
        ("auto", False, False),
        ("float32", False, True),
        ("model", True, False),
    ],
)
def test_by_default_they_are_so_on_a_gpu(head_dtype: str, on_gpu: bool, expected: bool) -> None:
    settings = RolloutConfig.model_validate({"head_dtype": head_dtype})
    assert settings.has_float32_head(on_gpu) == expected
    line = arguments("models/x", settings, 64, gpus=int(on_gpu), transfer=())
    assert ('{"head_dtype": "float32"}' in line) == expected
