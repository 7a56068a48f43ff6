"""These start the real wandb client, and read back what it wrote with wandb's own reader."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rlvr.config import Config, TraceConfig
from rlvr.processes import descendants
from rlvr.trace import wandb as module
from rlvr.trace.wandb import WandbSink, wandb_mode
from tests.trace.wandb_files import history, read_back, wait_until_gone
from tests.waiting import LIMIT

OFFLINE = Config(trace=TraceConfig(wandb="offline"))


pytestmark = pytest.mark.usefixtures("no_account")


@pytest.fixture
def hung_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key, and a server that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        monkeypatch.setenv("WANDB_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
        yield


@pytest.mark.parametrize(
    ("configured", "environment", "mode"),
    [
        ("auto", {}, "auto"),
        ("auto", {"WANDB_MODE": "offline"}, "offline"),
        ("auto", {"WANDB_MODE": "dryrun"}, "offline"),
        ("auto", {"WANDB_MODE": "run"}, "online"),
        ("auto", {"WANDB_MODE": "disabled"}, "disabled"),
        ("auto", {"WANDB_MODE": "nonsense"}, "auto"),
        ("offline", {"WANDB_MODE": "online"}, "offline"),
        ("disabled", {"WANDB_MODE": "online"}, "disabled"),
    ],
)
def test_the_config_decides_and_auto_asks_the_environment(
    configured: str, environment: dict[str, str], mode: str
) -> None:
    assert wandb_mode(configured, environment) == mode


def test_without_a_key_it_writes_offline_into_the_run_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "runs" / "tiny"
    sink = WandbSink(Config(), run, finish_timeout=LIMIT)
    for step in range(50):
        sink.log(step, {"reward": step / 2, "loss": float("nan")})
    sink.close()
    sink.close()
    assert (sink.mode, sink.dropped) == ("offline", 0)
    assert caplog.records == []
    wait_until_gone(run)

    records = read_back(run)
    rows = history(records)
    assert [(row["train/global_step"], row["reward"]) for row in rows] == [
        (step, step / 2) for step in range(50)
    ]
    (metric,) = [record["metric"] for record in records if record["type"] == "metric"]
    assert (metric["glob_name"], metric["step_metric"]) == ("*", "train/global_step")
    (start,) = [record["run"] for record in records if record["type"] == "run"]
    assert start["config"]["update"]["grpo"]["problems"] == 32
    assert start["display_name"] == "tiny"
    assert start["project"] == "rlvr"
    assert [record["exit"] for record in records if record["type"] == "exit"] != []
    outside = [path for path in tmp_path.rglob("*.wandb") if run not in path.parents]
    assert outside == []


TRAINING = """
import os, sys, time
from pathlib import Path
from rlvr.config import Config, TraceConfig
from rlvr.trace.wandb import WandbSink

run = Path(sys.argv[1])
config = Config(trace=TraceConfig(wandb="offline"))
sink = WandbSink(config, run, resume=len(sys.argv) > 2, finish_timeout=500.0)
for step in range(20):
    sink.log(step, {"reward": step})
os.kill(os.getpid(), 9)
"""


def test_killed_training_leaves_all_that_it_had_logged(tmp_path: Path) -> None:
    """Even where wandb had not started yet: the rows wait in the pipe, and the worker goes on."""
    run = tmp_path / "tiny"
    result = subprocess.run([sys.executable, "-c", TRAINING, str(run)])
    assert result.returncode == -signal.SIGKILL
    wait_until_gone(run)
    records = read_back(run)
    assert [row["reward"] for row in history(records)] == list(range(20))
    (end,) = [record["exit"] for record in records if record["type"] == "exit"]
    assert end["exit_code"] == 1

    first_id = (run / "wandb" / "run-id").read_text()
    sink = WandbSink(OFFLINE, run, resume=True, finish_timeout=LIMIT)
    sink.close()
    assert (run / "wandb" / "run-id").read_text() == first_id
    assert len(list((run / "wandb").glob(f"offline-run-*-{first_id}"))) == 2


def test_a_killed_wandb_loses_at_most_a_second(tmp_path: Path) -> None:
    run = tmp_path / "tiny"
    sink = WandbSink(OFFLINE, run)
    sink.log(1, {"reward": 1.0})
    while sink.mode is None:
        time.sleep(0.1)
        sink.log(2, {"reward": 2.0})
    time.sleep(4)
    sink._kill()
    assert {row["reward"] for row in history(read_back(run))} == {1.0, 2.0}
    sink.log(3, {"reward": 3.0})
    assert sink.dropped == 1
    sink.close()


@pytest.mark.usefixtures("hung_server")
def test_a_hung_server_neither_slows_nor_holds_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "tiny"
    config = Config(trace=TraceConfig(wandb="online"))
    started = time.monotonic()
    sink = WandbSink(config, run, init_timeout=1, finish_timeout=LIMIT)
    worst = 0.0
    for step in range(200):
        before = time.monotonic()
        sink.log(step, {"reward": float(step)})
        worst = max(worst, time.monotonic() - before)
    sink.close()
    assert time.monotonic() - started < LIMIT  # the server would hold it for good
    assert worst < 10
    assert sink.mode == "offline"
    assert len(history(read_back(run))) == 200
    (warning,) = caplog.records
    assert "This run goes on offline; training goes on" in warning.getMessage()
    wait_until_gone(run)


def test_online_without_a_key_warns_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = WandbSink(Config(trace=TraceConfig(wandb="online")), tmp_path, finish_timeout=LIMIT)
    sink.log(1, {"reward": 1.0})
    sink.close()
    assert sink.mode == "offline"
    assert "No API key configured" in caplog.text
    assert "training goes on" in caplog.text


def test_a_stopped_worker_is_bounded_in_time_and_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GRACE", 1.0)
    sink = WandbSink(OFFLINE, tmp_path, init_timeout=0.1, finish_timeout=0.1)
    os.kill(sink._worker.pid, signal.SIGSTOP)
    row = {f"metric/{number:04d}": 0.123456789 for number in range(1000)}
    worst = 0.0
    for step in range(1000):
        before = time.monotonic()
        sink.log(step, row)
        worst = max(worst, time.monotonic() - before)
    assert worst < 10
    assert sink._backlog_size <= 16_000_000
    assert sink.dropped > 100
    started = time.monotonic()
    sink.close()
    assert time.monotonic() - started < LIMIT
    assert sink.dropped > 990  # all but what the pipe itself had taken
    assert f"wandb missed {sink.dropped} rows" in caplog.text
    assert len(caplog.records) == 2  # one warning, and the count at the end
    wait_until_gone(tmp_path)


def test_a_full_disk_is_counted_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sink = WandbSink(OFFLINE, tmp_path, finish_timeout=LIMIT)
    while sink.mode is None:
        sink.log(0, {"reward": 0.0})
        time.sleep(0.1)
    for pid in (sink._worker.pid, *descendants(sink._worker.pid)):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (20_000, 20_000))
    row = {f"metric/{number:04d}": 0.123456789 for number in range(1000)}
    worst = 0.0
    for step in range(1, 100):
        before = time.monotonic()
        sink.log(step, row)
        worst = max(worst, time.monotonic() - before)
    sink.close()
    assert worst < 10
    assert sink.dropped > 10
    assert "records were not written (file too large); training goes on" in caplog.text
    assert f"wandb missed {sink.dropped} rows" in caplog.text


def test_without_wandb_installed_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "path" / "wandb").mkdir(parents=True)
    (tmp_path / "path" / "wandb" / "__init__.py").write_text("raise ImportError('no wandb here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    sink = WandbSink(Config(), tmp_path / "run")
    sink._worker.wait(LIMIT)
    sink.log(1, {"reward": 1.0})
    sink.close()
    assert sink.dropped == 1
    assert "no wandb here; training goes on" in caplog.text
