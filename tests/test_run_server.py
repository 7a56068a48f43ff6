"""The whole job with `vllm serve` apart from it, with adapters and one step ahead."""

from __future__ import annotations

import importlib.util
import json
import signal
from pathlib import Path

import pytest

from rlvr.processes import PROC, descendants
from tests.test_run import SFT_STEPS, finish, num_steps, start, wait_for

if importlib.util.find_spec("vllm") is None:
    pytest.skip("vLLM is not installed", allow_module_level=True)

STEPS = 12
# The bonus gives every step a gradient: a newborn's rewards are all equal.
OVERRIDES = (
    f"grpo.steps={STEPS}", "grpo.max_staleness=1", "grpo.entropy_bonus=0.1",
    "model.lora.rank=4", "grpo.optimizer.lr=1e-2", "eval.pass_at_problems=0",
)  # fmt: skip


def test_killed_in_process_it_goes_on_with_a_server_and_interrupted_it_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scratch = tmp_path / "smoke", tmp_path / "tmp"
    scratch.mkdir()
    process = start(tmp_path, *OVERRIDES)
    wait_for(process, lambda: num_steps(folder) > SFT_STEPS)
    process.kill()
    process.communicate()
    reached = num_steps(folder)

    # Where completions are written is no part of what a run is: it goes on in the other topology.
    monkeypatch.setenv("TMPDIR", str(scratch))
    servers = ("rollout.topology=server", f"rollout.server.logs={tmp_path}")
    process = start(tmp_path, "--resume", *servers)
    try:
        # The second of these was written by the server, the third after an update of its weights.
        wait_for(process, lambda: num_steps(folder) >= reached + 3)
        below = descendants(process.pid)
        (command,) = [command_line(pid) for pid in below if is_server(pid)]
        # Not from the checkpoint, which may be gone when another server is needed.
        assert str(folder / "models" / "sft") in command
        process.send_signal(signal.SIGINT)
        output = finish(process, expected=130)
    finally:
        process.kill()
    assert "engine: vllm server\n" in output
    assert "finishing this step" in output
    assert [pid for pid in below if is_vllm(pid)] == []
    assert left_behind(scratch) == []
    assert "Application startup complete" in (tmp_path / "replica-0.log").read_text()
    assert not (folder / "summary.json").exists()

    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert all(row["updated"] == 1 for row in steps)
    assert [row["staleness/max"] for row in steps] == [0] + [1] * (len(steps) - 1)
    # Server and learner agree on what was written with merged adapters, after each update.
    assert all(row["sync/parity_max"] < 1e-3 for row in steps)
    versions = [
        {json.loads(line)["policy_version"] for line in file.read_text().splitlines()}
        for file in sorted((folder / "rollouts").iterdir())
    ]
    assert versions == [{max(0, step - 1)} for step in range(len(steps))]


def is_vllm(pid: int) -> bool:
    """A server or one of its own processes."""
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
