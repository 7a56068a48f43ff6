"""One step ahead with vLLM: killed and resumed, equal to the bit."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from tests.test_run import finish, num_steps, outcome, start, wait_for

STEPS = 4
# The bonus gives every step a gradient: a newborn's rewards are all equal.
OVERRIDES = (
    "grpo.max_staleness=1", f"grpo.steps={STEPS}", "grpo.entropy_bonus=0.1", "sft.steps=0",
    "trace.probe_every=1", "eval.pass_at_problems=0",
)  # fmt: skip


def test_killed_while_it_writes_ahead_it_ends_the_same(tmp_path: Path) -> None:
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    finish(start(straight, *OVERRIDES))
    process = start(killed, *OVERRIDES)
    wait_for(process, lambda: num_steps(killed / "smoke") >= 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (killed / "smoke" / "summary.json").exists()
    finish(start(killed, *OVERRIDES, "--resume"))
    assert outcome(killed / "smoke") == outcome(straight / "smoke")

    path = straight / "smoke" / "metrics.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert [row["staleness/max"] for row in steps] == [0, 1, 1, 1]
    assert [row["updated"] for row in steps] == [1, 1, 1, 1]
    assert all(row["sync/parity_max"] < 1e-3 for row in steps)
    files = sorted((straight / "smoke" / "rollouts").iterdir())
    versions = [json.loads(path.read_text().splitlines()[0])["policy_version"] for path in files]
    assert versions == [0, 0, 1, 2]
