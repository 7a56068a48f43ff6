"""The real wandb client against a server on the loopback: what arrives, and what an outage does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wandb

from rlvr.config import Config, TraceConfig
from rlvr.config_load import dump_toml
from rlvr.processes import descendants
from rlvr.trace import sync
from rlvr.trace import wandb as module
from rlvr.trace.figure import draw_habits
from rlvr.trace.sync import sync_run
from rlvr.trace.tracer import Tracer
from rlvr.trace.wandb import WandbSink
from rlvr.types import Rollout
from tests.trace.wandb_files import history, read_back, wait_until_gone
from tests.trace.wandb_server import WandbServer
from tests.waiting import LIMIT, wait_until

MakeRollout = Callable[..., Rollout]
CONFIG = Config(
    sft=Config().sft.model_copy(update={"steps": 0}),
    grpo=Config().grpo.model_copy(update={"steps": 4}),
    trace=TraceConfig(table_every=2),
)
TABLE_STEPS = (2, 4)


def start(run: Path, resume: bool = False, **limits: float) -> Tracer:
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.toml").write_text(dump_toml(CONFIG))
    given = {"init_timeout": LIMIT, "finish_timeout": LIMIT, **limits}  # of a busy machine
    return Tracer(run, WandbSink(CONFIG, run, resume=resume, **given))


def step_of_run(tracer: Tracer, step: int, make_rollout: MakeRollout) -> None:
    """A step as a run logs it, with a probe at each second one."""
    tracer.log_metrics(step, {"reward": step / 2, "time/step": 0.5})
    groups = [[make_rollout(f"{step} {p} {g}") for g in range(3)] for p in range(2)]
    tracer.log_rollouts(step, groups, [[0.5, 0.0, -0.5]] * 2)
    if step in TABLE_STEPS:
        tracer.log_table(step)
        tracer.log_probe(step, [make_rollout(f"probe {step}")])


def assert_complete(server: WandbServer, run: Path, steps: int = 4) -> None:
    """Everything once on the charts, every table and artifact whole."""
    rewards = {row["train/global_step"]: row["reward"] for row in server.rows("reward")}
    assert rewards == {step: step / 2 for step in range(1, steps + 1)}
    assert {row["train/global_step"] for row in server.rows("time/step")} == set(rewards)
    probes = {row["train/global_step"] for row in server.rows("probe/accuracy/low")}
    assert probes == set(TABLE_STEPS)
    tables = {row["train/global_step"]: row for row in server.rows("rollouts")}
    assert set(tables) == set(TABLE_STEPS)
    for row in tables.values():
        table = json.loads(server.uploads[row["rollouts"]["path"]])
        assert (row["rollouts"]["nrows"], len(table["data"])) == (6, 6)
        assert table["columns"][:2] == ["step", "why"]
        assert b"prefers-color-scheme" in server.uploads[row["rollouts/panel"]["path"]]
    (figure,) = server.rows("habits_over_training")[-1:]
    assert server.uploads[figure["habits_over_training"]["path"]].startswith(b"\x89PNG")
    assert server.summary["first_seen/domain_stated/90"] == 2
    assert {each["state"] for each in server.artifacts.values()} == {"COMMITTED"}
    (rollouts,) = [each for each in server.committed if each["type"] == "rollouts"]
    on_disk = {
        p.relative_to(run).as_posix() for p in run.rglob("*.jsonl") if "wandb" not in p.parts
    }
    assert set(rollouts["files"]) == on_disk
    assert "probe/step-000004.jsonl" in on_disk


@pytest.fixture
def finished_run(tmp_path: Path, make_rollout: MakeRollout, no_account: None) -> Path:
    """A whole run that was written offline."""
    run = tmp_path / "runs" / "offline"
    tracer = start(run)
    for step in range(1, 5):
        step_of_run(tracer, step, make_rollout)
    draw_habits(run)
    tracer.close()
    assert tracer._sink is not None
    assert (tracer._sink.mode, tracer._sink.dropped, tracer._sink.dropped_tables) == (
        "offline",
        0,
        0,
    )
    return run


def test_all_arrives_at_a_slow_server(
    tmp_path: Path, make_rollout: MakeRollout, wandb_server: WandbServer
) -> None:
    wandb_server.delay = 0.1
    tracer = start(tmp_path / "run")
    for step in range(1, 5):
        step_of_run(tracer, step, make_rollout)
    draw_habits(tmp_path / "run")
    tracer.close()
    assert_complete(wandb_server, tmp_path / "run")
    assert wandb_server.finished == [0]
    wandb_server.delay = 0.0
    before = len(wandb_server.history)
    assert sync_run(tmp_path / "run") == []
    assert (len(wandb_server.history), wandb_server.finished) == (before, [0])


@pytest.mark.parametrize("outage", ["die", "hang"])
def test_an_outage_in_mid_run_holds_nothing_up_and_a_sync_mends_it(
    tmp_path: Path,
    make_rollout: MakeRollout,
    wandb_server: WandbServer,
    outage: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_GRACE", 1.0)
    run = tmp_path / "run"
    tracer = start(run, finish_timeout=1.0)
    step_of_run(tracer, 1, make_rollout)
    wait_until(lambda: wandb_server.rows("reward"))
    getattr(wandb_server, outage)()
    waited = 0.0
    send = WandbSink._send

    def timed(sink: WandbSink, message: Any) -> None:
        nonlocal waited
        before = time.monotonic()
        send(sink, message)
        waited += time.monotonic() - before

    monkeypatch.setattr(WandbSink, "_send", timed)
    for step in range(2, 5):
        step_of_run(tracer, step, make_rollout)
    assert waited < 10  # what it costs is in the other process
    draw_habits(run)
    tracer.close()
    wait_until_gone(run)
    assert not wandb_server.rows("rollouts")
    assert tracer._sink is not None
    assert tracer._sink.dropped_tables == 2

    wandb_server.go_on()
    if outage == "die":
        wandb_server.revive()
    assert sync_run(run, LIMIT) != []
    assert_complete(wandb_server, run)
    assert sync_run(run, LIMIT) == []


TRAINING = """
import os, sys
from pathlib import Path
from tests.trace.conftest import _make_rollout
from tests.trace.test_wandb_online import start, step_of_run
tracer = start(Path(sys.argv[1]))
for step in (1, 2):
    step_of_run(tracer, step, _make_rollout)
os.kill(os.getpid(), 9)
"""


def test_killed_and_resumed_it_is_one_run(
    tmp_path: Path, make_rollout: MakeRollout, wandb_server: WandbServer
) -> None:
    run = tmp_path / "run"
    killed = subprocess.run([sys.executable, "-c", TRAINING, str(run)])
    assert killed.returncode == -signal.SIGKILL
    wait_until_gone(run)
    assert wandb_server.finished == [1]
    tracer = start(run, resume=True)
    tracer.restore({})
    for step in range(1, 5):
        step_of_run(tracer, step, make_rollout)
    draw_habits(run)
    tracer.close()
    assert_complete(wandb_server, run)
    assert wandb_server.runs == {(run / "wandb" / "run-id").read_text()}
    assert wandb_server.finished == [1, 0]


def test_an_offline_run_is_on_the_disk_and_copies_no_rollouts(finished_run: Path) -> None:
    rows = history(read_back(finished_run))
    by_key = {key: row for row in rows for key in row}
    tables = {row["train/global_step"] for row in rows if "rollouts.path" in row}
    assert tables == set(TABLE_STEPS)
    (offline,) = (finished_run / "wandb").glob("offline-run-*")
    for key in ("rollouts.path", "rollouts/panel.path", "habits_over_training.path"):
        assert (offline / "files" / by_key[key][key]).is_file()
    assert list((finished_run / "wandb").rglob("*.jsonl")) == []


def test_an_offline_run_is_synced_once(
    finished_run: Path, wandb_server: WandbServer, tmp_path: Path
) -> None:
    sent = sync_run(finished_run, LIMIT)
    assert [words.lstrip("0123456789 ") for words in sent] == [
        "steps of metrics",
        "tables and panels of rollouts",
        "summary values",
        "the figure of habits",
        f"the artifact rollouts-{(finished_run / 'wandb' / 'run-id').read_text()}",
    ]
    assert_complete(wandb_server, finished_run)
    state = len(wandb_server.history), list(wandb_server.finished), list(wandb_server.artifacts)
    assert sync_run(finished_run, LIMIT) == []
    assert state == (
        len(wandb_server.history),
        wandb_server.finished,
        list(wandb_server.artifacts),
    )


def test_sync_says_what_is_wrong(
    finished_run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"is no run: it lacks config\.toml"):
        sync_run(tmp_path)
    with pytest.raises(ValueError, match=r"no wandb key: .*WANDB_API_KEY"):
        sync_run(finished_run)
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ValueError, match=r"cannot sync with http://127.0.0.1:9"):
        sync_run(finished_run, timeout=2.0)


def test_sync_leaves_a_helper_process_that_does_not_end(
    finished_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(sync, "_LEAVES_WITHIN", 1.0)
    leave = wandb.teardown

    def stop_and_leave() -> None:
        for child in descendants(os.getpid()):
            if "wandb-core" in Path(f"/proc/{child}/comm").read_text():
                os.kill(child, signal.SIGSTOP)
        leave()

    monkeypatch.setattr(wandb, "teardown", stop_and_leave)
    with pytest.raises(ValueError, match=r"cannot sync with http://127.0.0.1:9"):
        sync_run(finished_run, timeout=2.0)
