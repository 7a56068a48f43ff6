"""The whole job with `vllm serve` apart from it, on adapters, one step ahead: killed, interrupted,
resumed, and nothing left behind."""

from __future__ import annotations

import importlib.util
import json
import signal
from pathlib import Path

import pytest

from rlvr.processes import PROC, descendants
from tests.rollout.polling import wait_until
from tests.test_run import SFT_STEPS, finish, num_steps, start, wait_for

if importlib.util.find_spec("vllm") is None:
    pytest.skip("vLLM is not installed", allow_module_level=True)

STEPS = 5
# The bonus gives every step a gradient: a newborn's rewards are all equal.
OVERRIDES = (
    f"grpo.steps={STEPS}", "grpo.max_staleness=1", "grpo.entropy_bonus=0.1",
    "model.lora.rank=4", "grpo.optimizer.lr=1e-2", "eval.pass_at_problems=0",
)  # fmt: skip


def test_killed_and_interrupted_it_leaves_nothing_and_goes_on_wherever_completions_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scratch = tmp_path / "smoke", tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    servers = ("rollout.topology=server", f"rollout.server.logs={tmp_path}")

    process = start(tmp_path, *OVERRIDES, *servers)
    wait_for(process, lambda: num_steps(folder) > SFT_STEPS)
    below = descendants(process.pid)
    assert any(is_vllm(pid) for pid in below)
    process.kill()
    process.communicate()
    wait_until(lambda: not any(is_vllm(pid) for pid in below))
    wait_until(lambda: left_behind(scratch) == [])

    reached = num_steps(folder)
    process = start(tmp_path, "--resume", *servers)
    try:
        wait_for(process, lambda: num_steps(folder) > reached)
        below = descendants(process.pid)
        (command,) = [command_line(pid) for pid in below if is_server(pid)]
        # Not from the checkpoint, which may be gone when another server is needed.
        assert str(folder / "models" / "sft") in command
        process.send_signal(signal.SIGINT)
        assert "finishing this step" in finish(process, expected=130)
    finally:
        process.kill()
    assert [pid for pid in below if is_vllm(pid)] == []
    assert left_behind(scratch) == []
    assert "Application startup complete" in (tmp_path / "replica-0.log").read_text()
    assert not (folder / "summary.json").exists()

    # Where completions are written is no part of what a run is: it ends in the other topology.
    output = finish(start(tmp_path, "--resume", "rollout.topology=colocated"))
    assert "engine: vllm\n" in output
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert [row["updated"] for row in steps] == [1] * STEPS
    assert [row["staleness/max"] for row in steps] == [0, 1, 1, 1, 1]
    # Engine and learner agree on what was written with merged adapters, after each update.
    assert all(row["sync/parity_max"] < 1e-3 for row in steps)
    files = sorted((folder / "rollouts").iterdir())
    versions = [
        {json.loads(line)["policy_version"] for line in file.read_text().splitlines()}
        for file in files
    ]
    assert versions == [{0}, {0}, {1}, {2}, {3}]


def is_vllm(pid: int) -> bool:
    return "vllm" in command_line(pid).lower()


def is_server(pid: int) -> bool:
    """`vllm serve` itself, and not the process that guards it."""
    command = command_line(pid)
    return "rlvr.rollout.server.serve" in command and "guard.py" not in command


def command_line(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def left_behind(scratch: Path) -> list[Path]:
    """Temporary files of engines and of their servers."""
    return [path for path in scratch.iterdir() if path.name.startswith(("rlvr", "vllm"))]
