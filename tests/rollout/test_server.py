"""Two real `vllm serve` on a CPU: the contract of engines, and what becomes of servers that die.

The tests of the contract are those of ``test_engine.py``, run on this engine.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.config_server import ServerConfig
from rlvr.processes import descendants
from rlvr.rollout.checks import NonFiniteLogprobsError
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollout.factory import make_engine, vllm_import_problem
from rlvr.rollout.server.client import ServerError
from rlvr.rollout.server.engine import ServerEngine
from rlvr.rollout.server.replica import Replica, Server
from rlvr.rollout.server.wire import Answer
from tests.rollout.test_engine import (  # noqa: F401
    SAMPLED,
    engine,
    largest_difference,
    make_requests,
    reference,
    test_a_request_does_not_depend_on_its_batch,
    test_a_request_that_does_not_fit_is_named,
    test_a_stop_token_at_the_limit_counts_as_a_stop,
    test_completions_end_at_a_stop_token_or_at_the_limit,
    test_equal_seeds_draw_equal_completions_and_others_do_not,
    test_greedy_takes_the_argmax_at_each_step,
    test_logprobs_are_those_of_the_sampling_distribution,
    test_no_requests_give_no_completions,
    test_updated_weights_are_the_ones_that_generate,
)
from tests.rollout.tiny import MAX_LENGTH, SETTINGS, load_reference
from tests.waiting import wait_until

if problem := vllm_import_problem():
    pytest.skip(problem, allow_module_level=True)

from rlvr.rollout.server.nccl import HostCopy, own_address

AFTER = 20  # completions before a server is killed


def server_settings(**limits: Any) -> RolloutConfig:
    return SETTINGS.model_copy(update={"topology": "server", "server": ServerConfig(**limits)})


@pytest.fixture(scope="module")
def model_path_and_engine(model_paths: dict[str, Path]) -> Iterator[tuple[Path, RolloutEngine]]:
    made = make_engine(str(model_paths["tied"]), server_settings(replicas=2), MAX_LENGTH)
    assert made.name == "vllm server"
    yield model_paths["tied"], made
    made.close()
    made.close()  # twice is once


@pytest.fixture
def served(request: pytest.FixtureRequest) -> ServerEngine:
    found = request.getfixturevalue("engine")
    assert isinstance(found, ServerEngine)
    return found


def moved(path: Path) -> torch.nn.Module:
    """The model's weights after some training."""
    torch.manual_seed(6)
    model = load_reference(path)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def kill_after(monkeypatch: pytest.MonkeyPatch, server: Server) -> list[int]:
    """Have a server killed in mid-generation; the list then says which process.

    Its first request comes when it is dead: it is lost, even where the server had written all
    others before anybody read the first of them.
    """
    requests: list[int] = []
    answers: list[int] = []
    killed: list[int] = []
    complete, is_killed = server.client.complete, asyncio.Event()

    async def complete_later(body: dict[str, Any], seconds: float) -> Answer:
        requests.append(1)
        if len(requests) == 1:
            await is_killed.wait()
        return await complete(body, seconds)

    def answered() -> None:
        answers.append(1)
        if len(answers) == AFTER:
            killed.append(process_of(server))
            os.kill(killed[0], signal.SIGKILL)
            is_killed.set()

    monkeypatch.setattr(server.client, "complete", complete_later)
    monkeypatch.setattr(server, "answered", answered)
    return killed


def hold_back_start(monkeypatch: pytest.MonkeyPatch, server: Server) -> threading.Event:
    """Let no other server start in its place before the event is set."""
    start, may_start = server.start, threading.Event()

    async def start_later() -> None:
        while not may_start.is_set():
            await asyncio.sleep(0.02)
        await start()

    monkeypatch.setattr(server, "start", start_later)
    return may_start


def process_of(server: Server) -> int:
    """The process of `vllm serve` itself: the child of the one that guards it."""
    assert isinstance(server, Replica)
    assert server._process
    return descendants(server._process.pid)[0]


def test_it_writes_what_the_engine_in_process_writes_before_and_after_an_update(
    served: ServerEngine, model_paths: dict[str, Path]
) -> None:
    path, requests = model_paths["tied"], make_requests(40)
    inside = make_engine(str(path), SETTINGS.model_copy(update={"engine": "vllm"}), MAX_LENGTH)
    try:
        for version, model in enumerate([load_reference(path), moved(path)]):
            for each in (inside, served):
                each.update_weights(model.named_parameters(), version)
            expected, found = inside.generate(requests, SAMPLED), served.generate(requests, SAMPLED)
            for one, other in zip(expected, found, strict=True):
                assert one.token_ids == other.token_ids
                assert one.rollout_logprobs == pytest.approx(other.rollout_logprobs, abs=1e-5)
                assert one.finish_reason == other.finish_reason
                assert other.policy_version == version
    finally:
        inside.close()


def test_weights_that_lack_one_are_refused_and_the_last_go_on(
    served: ServerEngine, model_paths: dict[str, Path]
) -> None:
    before = served.generate(make_requests(4), SAMPLED)
    incomplete = list(load_reference(model_paths["tied"]).named_parameters())[:-1]
    with pytest.raises(ValueError, match="1 weights are missing"):
        served.update_weights(incomplete, 9)
    assert served.generate(make_requests(4), SAMPLED) == before


def test_what_a_server_killed_in_mid_generation_had_is_completed_by_the_other_until_it_is_replaced(
    served: ServerEngine, model_paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    requests, model = make_requests(150), moved(model_paths["tied"])
    served.update_weights(model.named_parameters(), 7)
    expected = served.generate(requests, SAMPLED)
    member = served._members[0]
    first, before = member.server, member.server.client.url
    killed = kill_after(monkeypatch, first)
    may_start = hold_back_start(monkeypatch, first)

    found = served.generate(requests, SAMPLED)

    assert len(killed) == 1
    assert member._start
    assert [c.token_ids for c in found] == [c.token_ids for c in expected]
    assert {c.policy_version for c in found} == {7}

    # The other one starts from the model's folder: it writes only when it has the weights since.
    monkeypatch.undo()
    writes = []
    monkeypatch.setattr(first, "answered", lambda: writes.append(1))
    may_start.set()
    wait_until(lambda: member._start is None or member._start.done())
    served.generate(requests, SAMPLED)
    found = served.generate(requests, SAMPLED)
    assert writes
    assert first.client.url != before
    assert process_of(first) not in killed
    assert [c.token_ids for c in found] == [c.token_ids for c in expected]
    assert {c.policy_version for c in found} == {7}
    assert largest_difference(model, requests, found) < 1e-4
    assert largest_difference(load_reference(model_paths["tied"]), requests, found) > 1e-2


def test_a_server_that_somebody_else_runs(
    served: ServerEngine, model_paths: dict[str, Path]
) -> None:
    """It gets the model's weights first; one that is shared is noticed; one that dies is named."""
    server = served._members[0].server
    url = server.client.url
    served.update_weights(moved(model_paths["tied"]).named_parameters(), 7)
    other = make_engine(
        str(model_paths["tied"]), server_settings(urls=(url,), start_seconds=3.0), MAX_LENGTH
    )
    assert isinstance(other, ServerEngine)
    try:
        requests = make_requests(100)
        found = other.generate(requests, SAMPLED)
        assert largest_difference(load_reference(model_paths["tied"]), requests, found) < 1e-4
        with pytest.raises(ServerError, match=rf"{url}: wrote with .* another run uses it too"):
            served.generate(requests, SAMPLED)
        poisoned = dict(load_reference(model_paths["tied"]).named_parameters())
        poisoned["model.norm.weight"] = torch.full_like(poisoned["model.norm.weight"], torch.nan)
        other.update_weights(poisoned.items(), 1)
        with pytest.raises(NonFiniteLogprobsError, match=r"4 of 4 .* policy version 1"):
            other.generate(requests[:4], SAMPLED)
        os.kill(process_of(server), signal.SIGKILL)
        with pytest.raises(ServerError, match=rf"{url}: it stands in .* did not come back"):
            other.generate(requests, SAMPLED)
    finally:
        other.close()


def test_the_copy_for_nccl_says_what_it_will_send() -> None:
    copy = HostCopy(torch.bfloat16, torch.device("cpu"))
    weight, steps = torch.randn(3, 2), torch.arange(3)
    copy.take([("weight", weight), ("steps", steps)])
    expected = weight.bfloat16()
    weight.zero_()  # the learner goes on
    sent = dict(copy)
    assert torch.equal(sent["weight"], expected)
    assert [(m.name, m.dtype, m.shape) for m in copy.metadata()] == [
        (name, tensor.dtype, tuple(tensor.shape)) for name, tensor in sent.items()
    ]
    copy.take([("weight", weight)])
    assert [name for name, _ in copy] == ["weight"]

    def broken() -> Iterator[tuple[str, torch.Tensor]]:
        yield "weight", weight + 1
        raise ValueError("unknown name")

    with pytest.raises(ValueError, match="unknown name"):
        copy.take(broken())
    assert copy.is_empty  # rather than half of one update and half of another
    assert own_address("http://127.0.0.1:8000") == "127.0.0.1"
