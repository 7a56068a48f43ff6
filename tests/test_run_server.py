"""The whole job with `vllm serve` apart from it: interrupted, resumed, and nothing left behind."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from rlvr.processes import PROC, descendants
from rlvr.rollout.factory import vllm_import_problem
from tests.test_run import GRPO_STEPS, SFT_STEPS, finish, num_steps, start, wait_for

if problem := vllm_import_problem():
    pytest.skip(problem, allow_module_level=True)


def test_interrupted_and_resumed_it_ends_and_leaves_no_server(tmp_path: Path) -> None:
    folder = tmp_path / "smoke"
    process = start(tmp_path, "rollout.topology=server", f"rollout.server.logs={tmp_path}")
    wait_for(process, lambda: num_steps(folder) > SFT_STEPS)
    below = descendants(process.pid)
    assert any(is_vllm(pid) for pid in below)
    process.send_signal(signal.SIGINT)
    assert "finishing this step" in finish(process, expected=130)
    assert [pid for pid in below if is_vllm(pid)] == []
    assert not (folder / "summary.json").exists()

    output = finish(start(tmp_path, "--resume"))
    assert "engine: vllm server" in output
    assert json.loads((folder / "summary.json").read_text())["engine"] == "vllm server"
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert len(steps) == GRPO_STEPS
    assert all(row["sync/parity_max"] < 1e-3 for row in steps)
    assert "Application startup complete" in (tmp_path / "replica-0.log").read_text()


def is_vllm(pid: int) -> bool:
    try:
        return b"vllm" in (PROC / str(pid) / "cmdline").read_bytes()
    except FileNotFoundError:
        return False
