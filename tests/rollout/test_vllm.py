"""What is true of vLLM alone: a trap that must stay sprung, restarts, and manners in a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.factory import vllm_import_problem
from tests.rollout.tiny import MAX_LENGTH, SETTINGS, load_reference

if problem := vllm_import_problem():
    pytest.skip(problem, allow_module_level=True)

import rlvr.rollout.vllm
from rlvr.rollout.vllm import VllmEngine
from tests.waiting import LIMIT

SAMPLED = SamplingSettings(temperature=1.0, max_new_tokens=24)
REQUESTS = [Request(prompt_ids=(5, 6, 7 + seed), seed=seed) for seed in range(12)]


@pytest.fixture(scope="module")
def engine(model_paths: dict[str, Path]) -> Iterator[VllmEngine]:
    engine = VllmEngine(str(model_paths["tied"]), SETTINGS, MAX_LENGTH)
    yield engine
    engine.close()
    engine.close()  # twice is once


def test_vllm_is_told_how_long_ranks_wait_and_not_to_want_most_of_a_gpu(
    model_paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}

    def refuse(*_: Any, **settings: Any) -> None:
        told.update(settings)
        raise RuntimeError("told")

    monkeypatch.setattr(rlvr.rollout.vllm, "LLM", refuse)
    with pytest.raises(RuntimeError, match="told"):
        VllmEngine(str(model_paths["tied"]), SETTINGS, MAX_LENGTH, timedelta(seconds=90))
    assert told["distributed_timeout_seconds"] == told["cpu_distributed_timeout_seconds"] == 90
    assert told["gpu_memory_utilization"] < 0.1


def test_memory_that_ranks_share_has_another_name_in_each_launch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """vLLM's own is that of any other job, also of one that was killed and left it behind."""
    from vllm.distributed.device_communicators import cpu_communicator

    from rlvr.rollout import shared_memory

    shared: Any = cpu_communicator._CPUSHMDistributed
    group = SimpleNamespace(unique_name="tp:0", ranks=[0, 1])
    monkeypatch.setenv("VLLM_DIST_IDENT", "//")
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    names = [shared.make_group_name(group)]
    for launch, restarts in (("one", "0"), ("one", "1"), ("two", "0")):
        monkeypatch.setenv("TORCHELASTIC_RUN_ID", launch)
        monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", restarts)
        with monkeypatch.context() as patch:
            patch.setattr(shared, "make_group_name", staticmethod(shared.make_group_name))
            patch.setattr(shared, "is_apart", None, raising=False)
            del shared.is_apart
            shared_memory.name_apart()
            shared_memory.name_apart()  # twice is once
            names.append(shared.make_group_name(group))
    assert len(set(names)) == 4
    assert all(name.startswith("rlvr") and name.count("rlvr") == 1 for name in names[1:])
    assert not any("/" in name for name in names[1:])


# A training program in small: its own SIGINT handler, its own random state, one engine.
PROGRAM = """
import json, os, random, signal, sys, threading
import numpy as np
import torch

interrupts = []
signal.signal(signal.SIGINT, lambda *_: interrupts.append(1))
torch.manual_seed(1); np.random.seed(1); random.seed(1); torch.set_num_threads(1)

def state():
    return [
        torch.get_rng_state().sum().item(), int(np.random.get_state()[1].sum()),
        hash(random.getstate()), torch.get_num_threads(), torch.is_grad_enabled(),
        str(torch.get_default_dtype()), sorted(os.sched_getaffinity(0)),
        repr(signal.getsignal(signal.SIGTERM)), repr(torch.set_num_threads), repr(sys.excepthook),
        os.environ.get("LD_PRELOAD"), os.environ.get("LOCAL_WORLD_SIZE"),
    ]

before = state()
from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.vllm import VllmEngine

settings = RolloutConfig(max_sequences=64, kv_cache_gb=0.05)
engine = VllmEngine(sys.argv[1], settings, int(sys.argv[2]))
requests = [Request(prompt_ids=tuple(p), seed=s) for p, s in json.loads(sys.argv[3])]
sampling = SamplingSettings(temperature=1.0, max_new_tokens=24)
timer = threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT))
timer.start()
completions = engine.generate(requests, sampling)
timer.join()
print(json.dumps({
    "completions": [[c.token_ids, c.rollout_logprobs, c.finish_reason] for c in completions],
    "interrupts": len(interrupts),
    "changed": [[a, b] for a, b in zip(before, state()) if a != b],
}))
"""


@pytest.fixture(scope="module")
def program(model_paths: dict[str, Path]) -> subprocess.CompletedProcess[str]:
    """The program above, run in a process of its own; it does not close its engine."""
    root = Path(__file__).parents[2]
    requests = json.dumps([[request.prompt_ids, request.seed] for request in REQUESTS[4:]])
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(model_paths["tied"]), str(MAX_LENGTH), requests],
        env={**os.environ, "PYTHONPATH": str(root), "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


@pytest.fixture(scope="module")
def report(program: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert program.returncode == 0, program.stderr
    result: dict[str, Any] = json.loads(program.stdout)
    return result


def test_a_restart_and_another_batch_draw_the_same_bits(
    engine: VllmEngine, report: dict[str, Any]
) -> None:
    here = engine.generate(REQUESTS, SAMPLED)[4:]
    assert report["completions"] == [
        [list(c.token_ids), list(c.rollout_logprobs), c.finish_reason] for c in here
    ]


def test_the_process_keeps_its_settings_and_its_random_state(report: dict[str, Any]) -> None:
    assert report["changed"] == []


def test_an_interrupt_reaches_the_program_and_spoils_nothing(report: dict[str, Any]) -> None:
    assert report["interrupts"] == 1
    assert len(report["completions"]) == len(REQUESTS[4:])


def test_vllm_is_quiet_and_leaves_without_a_trace(
    program: subprocess.CompletedProcess[str],
) -> None:
    assert program.returncode == 0
    assert program.stdout.count("\n") == 1
    for noise in ("Traceback", "INFO", "WARNING", "FutureWarning", "it/s"):
        assert noise not in program.stderr


def test_without_the_cure_a_tied_head_goes_stale(
    engine: VllmEngine, model_paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, vLLM repacks tied heads by itself and `repack_heads` can go."""
    reference = load_reference(model_paths["tied"])
    with torch.no_grad():
        reference.get_input_embeddings().weight.mul_(-1.0)
    engine.update_weights(reference.named_parameters(), 1)
    cured = engine.generate(REQUESTS, SAMPLED)
    engine.update_weights(load_reference(model_paths["tied"]).named_parameters(), 0)

    monkeypatch.setattr(rlvr.rollout.vllm, "repack_heads", lambda model: None)
    engine.update_weights(reference.named_parameters(), 1)
    assert engine.generate(REQUESTS, SAMPLED) != cured

    monkeypatch.undo()
    engine.update_weights(load_reference(model_paths["tied"]).named_parameters(), 0)


def test_more_prompt_tokens_than_one_pass_takes_are_no_trouble(engine: VllmEngine) -> None:
    """A prompt cut in two made vLLM wind back its request's generator, which a CPU's cannot."""
    settings = SamplingSettings(temperature=1.0, max_new_tokens=2)
    num_requests = SETTINGS.max_sequences
    assert num_requests * (MAX_LENGTH - 2) > 4096, "what one pass takes by default"
    requests = [
        Request(prompt_ids=tuple(3 + i % 7 for i in range(MAX_LENGTH - 2)), seed=seed)
        for seed in range(num_requests)
    ]
    completions = engine.generate(requests, settings)
    assert completions[0] == engine.generate(requests[:1], settings)[0]
    assert len(completions) == num_requests


def test_outputs_that_are_not_one_a_request_are_refused(
    engine: VllmEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = engine._llm
    generate = llm.generate
    monkeypatch.setattr(llm, "generate", lambda *args, **kw: generate(*args, **kw)[:-1])
    with pytest.raises(RuntimeError, match="11 outputs for 12 requests"):
        engine.generate(REQUESTS, SAMPLED)


class AsleepOnGpu:
    """Stands for a GPU's ``LLM``: vLLM's own cannot sleep on a CPU. Writes down what is asked."""

    def __init__(self, llm: Any) -> None:
        self._llm = llm
        self.calls: list[Any] = []

    def sleep(self, level: int) -> None:
        self.calls.append(("sleep", level))

    def wake_up(self, tags: list[str]) -> None:
        self.calls.append(("wake_up", *tags))

    def collective_rpc(self, method: str, kwargs: dict[str, Any]) -> None:
        self.calls.append(method)
        self._llm.collective_rpc(method, kwargs=kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._llm, name)


def test_on_a_gpu_it_sleeps_until_it_has_weights_again(
    engine: VllmEngine, model_paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.sleep()  # nothing, on a CPU
    before = engine.generate(REQUESTS, SAMPLED)

    gpu = AsleepOnGpu(engine._llm)
    monkeypatch.setattr(engine, "_llm", gpu)
    monkeypatch.setattr(engine, "_on_cpu", False)
    engine.sleep()
    with pytest.raises(RuntimeError, match="asleep: update_weights wakes it"):
        engine.generate(REQUESTS, SAMPLED)
    monkeypatch.setattr(engine, "_on_cpu", True)  # weights are packed as on a CPU
    engine.update_weights(load_reference(model_paths["tied"]).named_parameters(), 0)
    # The cache has room only after the weights are there, and nothing runs before both are.
    assert gpu.calls == [
        ("sleep", 2),
        ("wake_up", "weights"),
        "reload_weights",
        ("wake_up", "kv_cache"),
    ]
    assert engine.generate(REQUESTS, SAMPLED) == before
