"""The whole job with `vllm serve` apart from it: interrupted, nothing left behind, resumed."""

from __future__ import annotations

import importlib.util
import json
import signal
from pathlib import Path

import pytest

from rlvr.processes import PROC, descendants
from tests.test_run import GRPO_STEPS, SFT_STEPS, finish, num_steps, start, wait_for

if importlib.util.find_spec("vllm") is None:
    pytest.skip("vLLM is not installed", allow_module_level=True)


def test_interrupted_it_leaves_no_server_and_goes_on_without_one(tmp_path: Path) -> None:
    folder = tmp_path / "smoke"
    process = start(tmp_path, "rollout.topology=server", f"rollout.server.logs={tmp_path}")
    try:
        wait_for(process, lambda: num_steps(folder) > SFT_STEPS)
        below = descendants(process.pid)
        assert any(is_vllm(pid) for pid in below)
        process.send_signal(signal.SIGINT)
        assert "finishing this step" in finish(process, expected=130)
    finally:
        process.kill()
    assert [pid for pid in below if is_vllm(pid)] == []
    assert "Application startup complete" in (tmp_path / "replica-0.log").read_text()
    assert not (folder / "summary.json").exists()

    # Where completions are written is no part of what a run is: it ends in the other topology.
    output = finish(start(tmp_path, "--resume", "rollout.topology=colocated"))
    assert "engine: vllm\n" in output
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert len(steps) == GRPO_STEPS
    assert all(row["sync/parity_max"] < 1e-3 for row in steps)


def is_vllm(pid: int) -> bool:
    try:
        return b"vllm" in (PROC / str(pid) / "cmdline").read_bytes().lower()
    except FileNotFoundError:
        return False
