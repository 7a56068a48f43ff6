"""Engines side by side: what the contract's tests do not ask. Transformers' start is the faster."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.processes import descendants
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.factory import make_engine
from rlvr.rollout.parallel import ParallelEngine, shares
from rlvr.types import Completion
from tests.rollout.tiny import MAX_LENGTH, SETTINGS, load_reference

TWO = SETTINGS.model_copy(update={"engine": "transformers", "processes": 2})
SAMPLED = SamplingSettings(temperature=1.0, max_new_tokens=12)
REQUESTS = [Request(prompt_ids=(5, 6, 7 + n % 3), seed=n) for n in range(7)]


def tokens(completions: list[Completion]) -> list[tuple[int, ...]]:
    return [completion.token_ids for completion in completions]


@given(num_cores=st.integers(1, 200), num=st.integers(1, 50))
def test_every_core_is_somebodys(num_cores: int, num: int) -> None:
    cores = list(range(3, 3 + num_cores))
    found = shares(cores, num)
    assert len(found) == num
    assert all(found)
    assert {core for share in found for core in share} <= set(cores)
    if num <= num_cores:
        assert [core for share in found for core in share] == cores
        assert max(map(len, found)) - min(map(len, found)) <= 1


def test_they_write_what_one_writes_live_through_errors_and_end_when_one_is_killed(
    model_paths: dict[str, Path],
) -> None:
    engine = make_engine(str(model_paths["tied"]), TWO, MAX_LENGTH)
    assert isinstance(engine, ParallelEngine)
    try:
        assert_they_write_what_one_writes(engine, model_paths)
        assert_one_that_is_killed_is_named_and_the_rest_ends(engine)
    finally:
        engine.close()  # or there is nothing more to do


def assert_they_write_what_one_writes(engine: ParallelEngine, model_paths: dict[str, Path]) -> None:
    one = make_engine(str(model_paths["tied"]), TWO.model_copy(update={"processes": 1}), MAX_LENGTH)
    assert tokens(engine.generate(REQUESTS, SAMPLED)) == tokens(one.generate(REQUESTS, SAMPLED))
    assert len(engine.generate(REQUESTS[:1], SAMPLED)) == 1  # the second has nothing to do

    too_long = Request(prompt_ids=(5,) * MAX_LENGTH, seed=0)
    with pytest.raises(ValueError, match=str(MAX_LENGTH)):
        engine.generate([REQUESTS[0], too_long, REQUESTS[1]], SAMPLED)
    assert tokens(engine.generate(REQUESTS, SAMPLED)) == tokens(one.generate(REQUESTS, SAMPLED))

    weights = load_reference(model_paths["tied"]).state_dict()
    for weight in weights.values():
        weight.mul_(1.5)
    one.update_weights(weights.items(), 3)
    engine.update_weights(weights.items(), 3)
    engine.policy_version = 8  # as a run says that goes on at step 8
    completions = engine.generate(REQUESTS, SAMPLED)
    assert tokens(completions) == tokens(one.generate(REQUESTS, SAMPLED))
    assert {completion.policy_version for completion in completions} == {8}

    with pytest.raises(ValueError, match="surprise"):
        engine.update_weights([*weights.items(), ("surprise", torch.zeros(2))], 4)


def assert_one_that_is_killed_is_named_and_the_rest_ends(engine: ParallelEngine) -> None:
    first, second = (process.pid for process in engine._processes)
    os.kill(second, signal.SIGKILL)
    with pytest.raises(RuntimeError, match=rf"engine process 1 \(pid {second}\).*exit code -9"):
        engine.generate(REQUESTS, SAMPLED)
    engine.close()
    assert first not in descendants(os.getpid())


def test_what_keeps_an_engine_from_starting_is_said(tmp_path: Path) -> None:
    before = descendants(os.getpid())
    with pytest.raises(OSError, match="nothing-here"):
        make_engine(str(tmp_path / "nothing-here"), TWO, MAX_LENGTH)
    assert set(descendants(os.getpid())) <= set(before)
