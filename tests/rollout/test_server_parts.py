"""The server topology without a server: who gets what, what goes over the wire, limits, ends."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from rlvr.config_load import load_config
from rlvr.config_rollout import RolloutConfig
from rlvr.config_server import ServerConfig
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.server import guard
from rlvr.rollout.server.background import Background, all_of, in_thread
from rlvr.rollout.server.client import Client, ServerError, ServerLostError
from rlvr.rollout.server.command import arguments, environment
from rlvr.rollout.server.engine import ServerEngine
from rlvr.rollout.server.replica import Replica
from rlvr.rollout.server.sockets import free_port
from rlvr.rollout.server.spread import spread
from rlvr.rollout.server.transfer import FileTransfer, choose_transfer
from rlvr.rollout.server.wire import NOT_FINITE, Answer, answer, body
from tests.rollout.tiny import MAX_LENGTH, SETTINGS

GROUPS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=12)


def requests_of(groups: list[tuple[int, int]]) -> list[Request]:
    return [
        Request(prompt_ids=(prompt,), seed=seed) for prompt, size in groups for seed in range(size)
    ]


@given(GROUPS, st.integers(1, 5))
def test_every_request_has_one_server_and_none_has_much_more(groups, num_servers):
    requests = requests_of(groups)
    shares = spread(requests, num_servers)
    assert len(shares) == num_servers
    assert sorted(index for share in shares for index in share) == list(range(len(requests)))
    assert all(share == sorted(share) for share in shares)
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= max(9 * len(groups), 1)
    assert max(sizes) <= 2 * math.ceil(len(requests) / num_servers)


def test_a_group_stays_together_and_one_large_prompt_is_shared_out():
    assert spread(requests_of([(1, 4), (2, 4), (3, 4), (4, 4)]), 2) == [
        [0, 1, 2, 3, 8, 9, 10, 11],
        [4, 5, 6, 7, 12, 13, 14, 15],
    ]
    assert [len(share) for share in spread(requests_of([(1, 9)]), 2)] == [5, 4]


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
        (reply(weight_versions=[{"version": "a"}, {"version": "b"}]), "several weights: a, b"),
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


def test_an_engine_on_a_silent_server_ends_with_its_name(silent, model_paths):
    limits = ServerConfig(urls=(silent,), start_seconds=0.2)
    settings = SETTINGS.model_copy(update={"topology": "server", "server": limits})
    with pytest.raises(ServerError, match=f"{silent}: not there after 0.2 seconds"):
        ServerEngine(str(model_paths["tied"]), settings, MAX_LENGTH)


def test_a_replica_that_cannot_start_says_why(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('no such model')"]
    replica = Replica(
        "broken", command, dict(os.environ), ServerConfig(), folder=tmp_path, logs=tmp_path
    )
    with pytest.raises(ServerLostError, match=r"it ended while it started(.|\n)*no such model"):
        asyncio.run(replica.start())


def test_a_replica_that_always_fails_is_given_up(tmp_path):
    limits = ServerConfig(restarts=1)
    command = [sys.executable, "-c", "raise SystemExit('out of memory')"]
    replica = Replica("r", command, dict(os.environ), limits, folder=tmp_path, logs=tmp_path)

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
        asyncio.run(in_thread(lambda: print(1 // 0), 5))


# The guard: nothing outlives its parent

PARENT = """
import os, subprocess, sys
guard, folder, *command = sys.argv[1:]
guarded = [sys.executable, "-I", guard, str(os.getpid()), folder, *command]
process = subprocess.Popen(guarded, start_new_session=True)
print(process.pid, flush=True)
process.wait()
"""
# A server with a child of its own, which ignores a polite request to end.
SERVER = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
child = subprocess.Popen([sys.executable, "-c", "import signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\nprint('up', flush=True)\\ntime.sleep(600)"])
child.wait()
"""


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.02)


@pytest.mark.parametrize("victim", ["parent", "server", "guard is asked"])
def test_nothing_is_left_whoever_is_killed(victim, tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, guard.__file__, str(folder), sys.executable, "-c", SERVER],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    group = 0
    try:
        group = int(parent.stdout.readline())
        assert parent.stdout.readline() == "up\n"
        if victim == "parent":
            parent.kill()
        elif victim == "server":
            (server,) = children(group)
            os.kill(server, signal.SIGKILL)
        else:
            os.kill(group, signal.SIGTERM)
        parent.wait(120)
        wait_until(lambda: group_is_gone(group))
        assert folder.exists() == (victim != "parent")
    finally:
        parent.kill()
        parent.communicate()
        if group:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


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
    with pytest.raises(ValueError, match=r'engine accepts "auto" or "vllm"; got "transformers"'):
        RolloutConfig(topology="server", engine="transformers")


def test_the_command_line_says_what_the_engine_in_process_is_told(monkeypatch):
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
    assert environment("2,3", 2)["VLLM_ENABLE_V1_MULTIPROCESSING"] == "1"
    assert environment("2,3", 2)["CUDA_VISIBLE_DEVICES"] == "2,3"
    assert "CUDA_VISIBLE_DEVICES" not in set(environment(None, 1)) - set(os.environ)
