"""The service: a real server process on a port of this machine."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.waiting import LIMIT
from verifiers.grade import grade_line
from verifiers.record import record
from verifiers.server import ServerOptions, run_server

ROOT = Path(__file__).parents[2]
RECORDS: list[dict[str, Any]] = [
    {"id": 1, "equation": "3 - (3+y)/y = y", "answer": "y = 1, y = 3"},
    {"id": "b", "equation": "x^2 = 4", "response": "so \\boxed{±2}"},
    {"id": None, "problem": "Find the sum of all real solutions of $x^2 = 4$.", "answer": "0"},
    {"gold": "x = 3", "answer": "3"},
    {"id": 5, "equation": "x^2 = 4"},
]


@contextmanager
def server(*options: str) -> Iterator[tuple[httpx.Client, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "verifiers", "serve", "--port", str(port), "--jobs", "1"]
    process = subprocess.Popen([*command, *options], cwd=ROOT)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=LIMIT, trust_env=False
        ) as client:
            end = time.monotonic() + LIMIT
            while True:
                try:
                    client.get("/health")
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the server ended"
                    assert time.monotonic() < end, "the server does not answer"
                    time.sleep(0.1)
            yield client, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(LIMIT)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with server("--max-body-kb", "64", "--queue", "100") as (client, _):
        yield client


def expected(fields: dict[str, Any]) -> dict[str, Any]:
    found = record(*grade_line(json.dumps(fields)))
    return {name: value for name, value in found.items() if name != "elapsed_ms"}


def without_time(found: dict[str, Any]) -> dict[str, Any]:
    assert found.pop("elapsed_ms") >= 0
    return found


@pytest.mark.parametrize("fields", RECORDS, ids=range(len(RECORDS)))
def test_one_record(client: httpx.Client, fields: dict[str, Any]) -> None:
    answer = client.post("/verify", json=fields)
    assert answer.status_code == 200
    assert without_time(answer.json()) == expected(fields)


def test_a_batch(client: httpx.Client) -> None:
    answer = client.post("/verify_batch", json=RECORDS)
    assert [without_time(found) for found in answer.json()] == [expected(each) for each in RECORDS]
    assert client.post("/verify_batch", json=[]).json() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/verify", b"{"),
        ("/verify", b"[]"),
        ("/verify", b""),
        ("/verify", b"[" * 50_000),
        ("/verify_batch", b"{"),
        ("/verify_batch", b"{}"),
        ("/verify_batch", b"[1]"),
        ("/verify_batch", b"[" * 50_000),
    ],
)
def test_bodies_that_are_no_records(client: httpx.Client, path: str, body: bytes) -> None:
    answer = client.post(path, content=body)
    assert answer.status_code == 400
    assert "body" in answer.json()["detail"]


def test_text_that_is_not_utf8_is_judged(client: httpx.Client) -> None:
    answer = client.post("/verify", content=b'{"equation": "x = 1", "answer": "\xff"}')
    assert answer.json()["reason"] == "unparsable_answer"


def test_large_bodies_are_refused(client: httpx.Client) -> None:
    large = {"equation": "x = 1", "response": "a" * 70_000}
    assert client.post("/verify", json=large).status_code == 413
    data = json.dumps(large).encode()
    pieces = (data[at : at + 1000] for at in range(0, len(data), 1000))
    assert client.post("/verify_batch", content=pieces).status_code == 413  # no length declared
    assert client.post("/verify_batch", json=RECORDS[:1] * 101).status_code == 413
    assert client.post("/verify_batch", json=RECORDS[:1] * 100).status_code == 200


def test_health_and_metrics(client: httpx.Client) -> None:
    client.post("/verify", json=RECORDS[0])
    health = client.get("/health").json()
    assert health == {"status": "ok", "workers": 1, "in_flight": 0, "queue": 100}
    text = client.get("/metrics")
    assert text.headers["content-type"].startswith("text/plain")
    for part in (
        'verifiers_verdicts_total{reason="not_a_solution",verdict="incorrect"}',
        "verifiers_seconds_bucket",
        "verifiers_in_flight 0.0",
        "verifiers_workers 1.0",
        "verifiers_worker_restarts 0.0",
    ):
        assert part in text.text


def test_the_description_has_the_records_and_examples(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {"/verify", "/verify_batch", "/health", "/metrics"}
    operation = paths["/verify"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    assert {"equation", "problem", "gold", "answer", "response", "ask"} <= set(
        body["schema"]["properties"]
    )
    given = operation["responses"]["200"]["content"]["application/json"]
    assert set(given["schema"]["properties"]) == set(expected(RECORDS[0])) | {"elapsed_ms"}
    assert {"400", "413", "503"} <= set(operation["responses"])
    for example in body["examples"].values():  # what the description says is what happens
        answer = client.post("/verify", json=example["value"]).json()
        assert answer["verdict"] != "undecided"
        if example["value"]["id"] == 1:
            promised = given["examples"]["verdict"]["value"]
            assert (answer["reason"], answer["domain"]) == (promised["reason"], promised["domain"])


def test_many_clients(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.post("/verify", json=RECORDS[1]), range(64)))
    assert {answer.json()["verdict"] for answer in answers} == {"correct"}


def test_a_full_queue_is_503() -> None:
    with server("--queue", "64") as (client, _), ThreadPoolExecutor(8) as threads:
        batch = [{"equation": f"{n} - ({n}+x)/x = x", "answer": "x = 1"} for n in range(2, 50)]
        answers = list(threads.map(lambda _: client.post("/verify_batch", json=batch), range(24)))
        codes = {answer.status_code for answer in answers}
        assert codes == {200, 503}
        refused = next(answer for answer in answers if answer.status_code == 503)
        assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/health").json()["in_flight"] == 0
        assert 'verifiers_refused_total{status="503"}' in client.get("/metrics").text
        assert client.post("/verify_batch", json=batch).status_code == 200


def test_it_listens_to_this_machine_only() -> None:
    assert ServerOptions().host == "127.0.0.1"


@pytest.mark.parametrize("options", [{"port": -1}, {"queue": 0}, {"max_body": 0}])
def test_options_that_are_none(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="accepted"):
        ServerOptions(**options)  # type: ignore[arg-type]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ValueError, match=r"pip install 'rlvr\[serve\]'"):
        run_server(ServerOptions())


def test_ctrl_c_ends_it_and_its_workers() -> None:
    with server() as (client, pid):
        client.post("/verify", json=RECORDS[0])
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        workers = [worker for task in tasks for worker in task.read_text().split()]
        assert len(workers) == 1
    assert not Path(f"/proc/{workers[0]}").exists()
