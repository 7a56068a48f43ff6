"""The server topology without a server: who gets what, what goes over the wire, limits, ends."""

from __future__ import annotations

import asyncio
import math
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlvr.config_load import load_config
from rlvr.config_rollout import RolloutConfig
from rlvr.config_server import ServerConfig
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.server import sockets
from rlvr.rollout.server.background import Background, all_of, in_thread
from rlvr.rollout.server.client import Client, ServerError, ServerLostError
from rlvr.rollout.server.command import arguments, environment
from rlvr.rollout.server.engine import ServerEngine
from rlvr.rollout.server.replica import Replica, until_healthy
from rlvr.rollout.server.sockets import allow_connections, free_port
from rlvr.rollout.server.transfer import FileTransfer, WeightClient, choose_transfer
from rlvr.rollout.server.weights import WeightRoutes, hand_over
from rlvr.rollout.server.wire import NOT_FINITE, Answer, answer, body
from tests.rollout.fake_server import FakeServer
from tests.rollout.tiny import MAX_LENGTH, SETTINGS
from tests.waiting import LIMIT, wait_until

# The wire


def reply(**changes: Any) -> dict[str, Any]:
    choice = {
        "token_ids": [5, 1],
        "logprobs": {
            "content": [{"token_id": 5, "logprob": -0.5}, {"token_id": 1, "logprob": -1.25}]
        },
        "finish_reason": "stop",
        "weight_versions": [{"version": "a-3", "start": 0, "end": 2}],
    }
    return {"choices": [choice | changes]}


def test_a_request_and_its_answer():
    request = Request(prompt_ids=(7, 8), seed=3)
    sampling = SamplingSettings(temperature=0.7, max_new_tokens=4)
    sent = body(request, sampling, [1, 2], ())
    assert sent["token_ids"] == [7, 8]
    params = sent["sampling_params"]
    assert (params["seed"], params["temperature"], params["max_tokens"]) == (3, 0.7, 4)
    assert (params["stop_token_ids"], params["detokenize"]) == ([1, 2], False)
    assert body(request, sampling, [1], ("</answer>",))["sampling_params"]["detokenize"]
    assert answer(reply()) == Answer(
        token_ids=(5, 1), logprobs=(-0.5, -1.25), finish_reason="stop", label="a-3"
    )


def test_the_number_that_stands_for_nan_is_nan_again():
    drawn = [{"token_id": 5, "logprob": NOT_FINITE}, {"token_id": 1, "logprob": -1.25}]
    first, second = answer(reply(logprobs={"content": drawn})).logprobs
    assert math.isnan(first)
    assert second == -1.25


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({}, "not an answer of /inference/v1/generate in vLLM 0.32 or later"),
        ({"choices": []}, "not an answer"),
        (reply(weight_versions=None), "not an answer"),
        (reply(token_ids=[5, 6]), "logprobs of other tokens"),
        (reply(logprobs={"content": [{"logprob": -0.5}]}), "not an answer .* 'token_id'"),
        (reply(weight_versions=[{"version": "a"}, {"version": "b"}]), "under 2 weights: .*a.*b"),
        (reply(weight_versions=[{"version": None}, {"version": "b"}]), "under 2 weights"),
        (reply(weight_versions=[]), "under 0 weights"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(broken, what):
    with pytest.raises(ValueError, match=what):
        answer(broken)


# Limits: a peer that does not answer


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a socket that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_silent_peer_is_named(silent):
    async def ask() -> None:
        client = Client(silent)
        with pytest.raises(ServerLostError, match=rf"{silent}: no answer to GET /x within 0.1 sec"):
            await client.get("/x", 0.1)
        with pytest.raises(ServerLostError, match=rf"{silent}: no answer to POST /inference"):
            await client.complete({}, 0.1)
        with pytest.raises(ServerLostError, match=rf"{silent}: no answer to POST /pause"):
            await client.pause(0.1)
        await client.close()

    asyncio.run(ask())


def test_a_peer_that_is_not_there_is_named():
    url = f"http://127.0.0.1:{free_port()}"

    async def ask() -> None:
        client = Client(url)
        with pytest.raises(ServerLostError, match=f"{url}: GET /health failed: ConnectError"):
            await client.get("/health", 5.0)
        await client.close()

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("status", "what"),
    [
        ("200 OK", "no JSON, so this is no vLLM: 200 <html>"),
        ("307 Temporary Redirect", "GET /health: 307 <html>"),
        ("404 Not Found", "GET /health: 404 <html>.*VLLM_SERVER_DEV_MODE"),
    ],
)
def test_a_peer_that_is_no_vllm_is_named(status, what):
    peer = FakeServer()
    peer.odd["/health"] = (status, "<html>")

    async def ask() -> None:
        client = Client(peer.url)
        with pytest.raises(ServerError, match=f"{peer.url}: .*{what}") as raised:
            await client.get("/health", 60.0)
        assert not isinstance(raised.value, ServerLostError)  # another one would say the same
        await client.close()

    try:
        asyncio.run(ask())
    finally:
        peer.close()


def test_an_engine_on_a_silent_server_ends_with_its_name(silent, model_paths):
    limits = ServerConfig(urls=(silent,), start_seconds=0.2)
    settings = SETTINGS.model_copy(update={"topology": "server", "server": limits})
    with pytest.raises(ServerError, match=f"{silent}: not there after 0.2 seconds"):
        ServerEngine(str(model_paths["tied"]), settings, MAX_LENGTH)


def test_a_replica_that_cannot_start_says_why(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('no such model')"]
    replica = Replica("broken", command, dict(os.environ), ServerConfig(), tmp_path)
    with pytest.raises(
        ServerLostError, match=r"it ended while it started(.|\n)*no such model"
    ) as e:
        asyncio.run(replica.start())
    assert str(e.value).count("server http://") == 1


def test_a_process_that_ended_is_not_taken_for_the_one_that_answers_at_its_port():
    stranger = FakeServer()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    async def start() -> None:
        client = Client(stranger.url)
        with pytest.raises(ServerLostError, match="it ended while it started"):
            await until_healthy(client, 60.0, ended)
        await client.close()

    try:
        asyncio.run(start())
    finally:
        stranger.close()


def test_a_replica_that_always_fails_is_given_up(tmp_path):
    limits = ServerConfig(restarts=1)
    command = [sys.executable, "-c", "raise SystemExit('out of memory')"]
    replica = Replica("r", command, dict(os.environ), limits, tmp_path)

    async def fail() -> None:
        lost = ServerLostError("http://x:1", "gone")
        with pytest.raises(ServerLostError, match="ended while it started"):
            await replica.start()
        with pytest.raises(ServerLostError, match="ended while it started"):
            await replica.replace(lost)
        with pytest.raises(ServerError, match=r"failed 2 times in a row(.|\n)*out of memory"):
            await replica.replace(lost)

    asyncio.run(fail())


# The thread behind it


def test_the_first_error_ends_the_work_beside_it():
    ended = []

    async def wait() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            ended.append("waiting")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ServerError("http://x:1", "no")

    background = Background()
    try:
        with pytest.raises(ServerError, match="http://x:1: no"):
            background.run(all_of([wait(), fail()]))
        assert ended == ["waiting"]
    finally:
        background.close()


def test_blocking_work_that_hangs_is_left_behind():
    def hang() -> None:
        time.sleep(5)

    with pytest.raises(TimeoutError):
        asyncio.run(in_thread(hang, 0.05))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(lambda: print(1 // 0), LIMIT))


class Stuck:
    """A transfer that hangs between its first call and its last, until it is let go."""

    has_weights, arguments = True, ()

    def __init__(self) -> None:
        self.begun, self.let_go, self.refused = (threading.Event() for _ in range(3))

    def keep(self, weights: Any) -> None: ...

    def forget(self, url: str) -> None: ...

    def send(self, client: WeightClient) -> None:
        client.start_weight_update()
        self.begun.set()
        self.let_go.wait(LIMIT)
        try:
            client.finish_weight_update()
        except ServerLostError:
            self.refused.set()


def test_a_transfer_that_was_given_up_does_not_go_on_later():
    server, transfer = FakeServer(), Stuck()

    async def give_up() -> None:
        client = Client(server.url)
        handing = asyncio.create_task(hand_over(client, transfer, "a-1", LIMIT))
        while not transfer.begun.is_set():
            await asyncio.sleep(0.01)
        handing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await handing
        transfer.let_go.set()
        while not transfer.refused.is_set():
            await asyncio.sleep(0.01)
        await client.close()

    try:
        asyncio.run(asyncio.wait_for(give_up(), LIMIT))
        assert "/finish_weight_update" not in server.seen
    finally:
        server.close()


def test_nothing_waits_for_an_event_loop_that_was_closed(silent):
    background = Background()

    async def routes() -> WeightRoutes:
        return WeightRoutes(Client(silent), asyncio.get_running_loop(), 600.0)

    found = background.run(routes())
    errors: list[BaseException] = []

    def call() -> None:
        try:
            found.start_weight_update()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    wait_until(lambda: bool(found._calls))
    background.close()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert len(errors) == 1


# Weights


def test_a_file_holds_the_last_weights_in_the_engines_dtype(tmp_path):
    transfer = FileTransfer(torch.bfloat16, tmp_path)
    assert not transfer.has_weights
    embedding = torch.randn(4, 3)
    transfer.keep([("embed", embedding), ("head", embedding), ("turned", embedding.T)])
    assert transfer.has_weights
    found = load_file(tmp_path / "weights.safetensors")
    for name, expected in (("embed", embedding), ("head", embedding), ("turned", embedding.T)):
        assert found[name].dtype == torch.bfloat16
        assert torch.equal(found[name], expected.bfloat16())
    kept = {name: tensor.clone() for name, tensor in found.items()}
    embedding.zero_()
    assert torch.equal(load_file(tmp_path / "weights.safetensors")["embed"], kept["embed"])
    transfer.keep([("embed", embedding)])
    assert set(load_file(tmp_path / "weights.safetensors")) == {"embed"}


def test_an_update_that_breaks_off_leaves_the_weights_before(tmp_path):
    transfer = FileTransfer(torch.float32, tmp_path)
    transfer.keep([("embed", torch.ones(2))])

    def broken() -> Iterator[tuple[str, torch.Tensor]]:
        yield "embed", torch.zeros(2)
        raise ValueError("unknown name")

    with pytest.raises(ValueError, match="unknown name"):
        transfer.keep(broken())
    assert load_file(tmp_path / "weights.safetensors")["embed"].tolist() == [1, 1]


@pytest.mark.skipif(torch.cuda.is_available(), reason="about machines without a GPU")
def test_nccl_needs_a_gpu(tmp_path):
    with pytest.raises(ValueError, match=r'transfer is "nccl", but the learner has no GPU'):
        choose_transfer("nccl", torch.float32, tmp_path)
    assert isinstance(choose_transfer("auto", torch.float32, tmp_path), FileTransfer)


# Configuration and command line


@pytest.mark.parametrize(
    ("override", "what"),
    [
        ("rollout.server.urls=['10.0.0.2:8000']", r"accepts a list of addresses, as"),
        ("rollout.server.devices=['one']", r"accepts a list with GPU numbers"),
        ("rollout.server.devices=['0', '1']", r"got 2 for 1 replicas"),
        ("rollout.topology=apart", r'accepts one of "colocated", "server"'),
    ],
)
def test_wrong_values_are_explained(override, what):
    with pytest.raises(ValueError, match=what):
        load_config(overrides=[override])


def test_keys_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="only one of the two is accepted"):
        ServerConfig(urls=("http://a:1",), devices=("0",))
    with pytest.raises(ValueError, match=r"urls names http://a:1 more than once"):
        ServerConfig(urls=("http://a:1", "http://b:1", "http://a:1"))
    with pytest.raises(ValueError, match=r"devices names 2 more than once"):
        ServerConfig(devices=("1,2", "2,3"), replicas=2)
    with pytest.raises(ValueError, match=r'engine accepts "auto" or "vllm"; got "transformers"'):
        RolloutConfig(topology="server", engine="transformers")


def test_the_command_line_says_what_the_engine_in_process_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("VLLM_ENABLE_V1_MULTIPROCESSING", "0")  # as our own vLLM engine sets it
    line = " ".join(arguments("models/x", SETTINGS, 64, gpus=0, transfer=("--t", "x")))
    assert "--logprobs-mode processed_logprobs" in line
    assert "--no-enable-chunked-prefill" in line
    assert "--tokens-only" in line
    assert line.endswith("--t x")
    with_stops = SETTINGS.model_copy(update={"stop": ("</answer>",)})
    on_gpus = " ".join(arguments("models/x", with_stops, 64, gpus=2, transfer=()))
    assert "--enable-scale-out" in on_gpus
    assert "--tensor-parallel-size 2" in on_gpus
    assert "--enforce-eager" not in on_gpus
    apart = environment("2,3", 2, tmp_path)
    assert apart["VLLM_ENABLE_V1_MULTIPROCESSING"] == "1"
    assert apart["CUDA_VISIBLE_DEVICES"] == "2,3"
    assert apart["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    on_cpu = environment(None, 1, tmp_path)
    assert "CUDA_VISIBLE_DEVICES" not in set(on_cpu) - set(os.environ)
    # What vLLM leaves behind goes with the folder.
    assert apart["TMPDIR"] == on_cpu["TMPDIR"] == str(tmp_path)
    near, far = Path("/t"), Path("/t" * 36)  # with a UUID, 39 and 109 characters
    assert environment(None, 1, near)["VLLM_RPC_BASE_PATH"] == str(near)
    assert environment(None, 1, far)["VLLM_RPC_BASE_PATH"] == "/tmp"


def test_connections_are_as_many_as_this_process_may_have(monkeypatch):
    raised = []
    monkeypatch.setattr(sockets.resource, "getrlimit", lambda _: (256, 4096))
    monkeypatch.setattr(sockets.resource, "setrlimit", lambda _, limits: raised.append(limits))
    assert allow_connections(320, 2) == 320
    assert allow_connections(320, 16) == (4096 - sockets.OTHER_FILES) // 16 == 192
    assert raised == [(320 * 2 + sockets.OTHER_FILES, 4096), (4096, 4096)]
