from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.led.engine import portion
from rlvr.types import Completion
from tests.led.engine_job import REQUESTS, SAMPLING, scale
from tests.rollout.tiny import MAX_LENGTH, SETTINGS, load_reference, save_model

ROOT = Path(__file__).parents[2]


@given(st.integers(0, 300), st.integers(1, 20))
def test_the_engines_have_every_request_once_and_about_as_many(count: int, size: int) -> None:
    portions = [portion(count, size, index) for index in range(size)]
    assert [index for part in portions for index in part] == list(range(count))
    lengths = [len(part) for part in portions]
    assert max(lengths) - min(lengths) <= 1


@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vLLM is not installed")
def test_two_ranks_that_share_an_engine_write_what_one_process_does(tmp_path: Path) -> None:
    from rlvr.rollout.vllm import VllmEngine

    model, file = save_model(tmp_path / "model", tied=True), tmp_path / "found"
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    job = ["--nproc-per-node", "2", "-m", "tests.led.engine_job"]
    done = subprocess.run(
        [*launch, *job, str(model), str(file)], cwd=ROOT, text=True, timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6_000:]
    found: list[list[Completion]] = torch.load(file, weights_only=False)

    engine = VllmEngine(str(model), SETTINGS, MAX_LENGTH)
    try:
        expected = [engine.generate(REQUESTS, SAMPLING)]
        reference = load_reference(model)
        scale(reference)
        engine.update_weights(reference.named_parameters(), policy_version=7)
        expected.append(engine.generate(REQUESTS, SAMPLING))
    finally:
        engine.close()
    assert expected[0] != expected[1]
    for ours, theirs in zip(found, expected, strict=True):
        assert [c.token_ids for c in ours] == [c.token_ids for c in theirs]
        assert [c.policy_version for c in ours] == [c.policy_version for c in theirs]
        for one, two in zip(ours, theirs, strict=True):
            assert one.rollout_logprobs == pytest.approx(two.rollout_logprobs, abs=1e-4)
