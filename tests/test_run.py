"""The whole job with vLLM on the smoke preset; killed, interrupted, resumed: equal to the bit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.waiting import LIMIT

SFT_STEPS, GRPO_STEPS = 10, 3
SUMMARY_KEYS = {
    "seed", "steps", "engine", "before", "after", "seconds", "peak_memory_mb", "tokens_per_second",
}  # fmt: skip
METRIC_KEYS = {
    "accuracy", "accuracy_by_family", "accuracy_shifted", "pass_at_8", "domain_stated_rate",
    "excluded_value_answered_rate", "factoring_rate", "substitution_check_rate", "undecided_rate",
    "truncated_rate", "mean_tokens",
}  # fmt: skip


def start(runs: Path, *arguments: str) -> Forked:
    """With checkpoints so often that a killed run goes on in the midst of its stage."""
    return Forked([*train(runs), *arguments], environment())


def train(runs: Path) -> list[str]:
    return ["train", "--preset", "smoke", f"runs={runs}", "checkpoint.every=1"]


def environment() -> dict[str, str]:
    return os.environ | {"WANDB_MODE": "disabled", "OMP_NUM_THREADS": "1"}


def finish(process: Forked, expected: int = 0) -> str:
    output, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == expected, output
    return output


def wait_for(process: Forked, is_reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not is_reached():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "the run did not get there in time"
        time.sleep(0.005)


def num_steps(folder: Path) -> int:
    """The last step that the metrics tell of, counted over both stages."""
    path = folder / "metrics.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    steps = [json.loads(line)["step"] for line in lines if line.endswith("}")]
    return max(steps, default=0)


def outcome(folder: Path) -> dict[str, bytes]:
    """Everything that must be equal: weights, metrics, rollouts, probes, evaluations."""
    kept = ["metrics.jsonl", "eval", "rollouts", "probe", "models/sft", "models/final"]
    paths = [folder / name for name in kept]
    files = [f for path in paths for f in ([path] if path.is_file() else path.rglob("*"))]
    return {str(f.relative_to(folder)): f.read_bytes() for f in files if f.is_file()}


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Of a process that was started as users do."""
    runs = tmp_path_factory.mktemp("straight")
    done = subprocess.run(
        [sys.executable, "-m", "rlvr", *train(runs), "trace.report=true"],
        env=environment(), text=True, timeout=LIMIT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return runs / "smoke", done.stdout


def test_the_run_folder_holds_the_whole_story(straight):
    folder, output = straight
    summary = json.loads((folder / "summary.json").read_text())
    assert set(summary) == SUMMARY_KEYS
    assert set(summary["before"]) >= METRIC_KEYS
    assert set(summary["seconds"]) == {"data", "sft", "grpo", "eval", "total"}
    assert summary["engine"] == "vllm"
    assert summary["steps"] == GRPO_STEPS
    assert summary["tokens_per_second"]["rollout"] > 0
    for stage in ("newborn", "sft", "final"):
        assert (folder / "models" / stage / "model.safetensors").is_file()
        assert (folder / "models" / stage / "tokenizer.json").is_file()
    rollouts = sorted((folder / "rollouts").iterdir())
    assert len(rollouts) == GRPO_STEPS
    assert len(rollouts[0].read_text().splitlines()) == 4 * 4
    probes = sorted((folder / "probe").iterdir())
    assert [path.name for path in probes] == [f"step-{SFT_STEPS + n:06d}.jsonl" for n in (0, 2, 3)]
    assert {len(path.read_text().splitlines()) for path in probes} == {16}
    assert (folder / "habits.png").is_file()
    assert f"report: {folder / 'report' / 'index.html'}" in output
    assert (folder / "report" / "index.html").is_file()
    assert num_steps(folder) == SFT_STEPS + GRPO_STEPS
    assert "engine: vllm" in output
    assert "Solve 3 - (3 + y)/y = y" in output


def test_every_step_was_in_parity_and_named_its_metrics(straight):
    folder, _ = straight
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if "reward" in row]
    assert len(steps) == GRPO_STEPS
    for row in steps:
        assert row["sync/parity_max"] < 1e-3
        assert {"reward_std", "frac_reward_zero_std", "completions/clipped_ratio"} <= set(row)
    assert len([row for row in rows if "eval/accuracy" in row]) == 2


def without_probe(metrics: bytes) -> list[str]:
    return [line for line in metrics.decode().splitlines() if '"probe/' not in line]


def test_killed_in_both_stages_it_ends_the_same(straight, tmp_path):
    folder = tmp_path / "smoke"
    for resume, step in (([], 5), (["--resume"], SFT_STEPS + 2)):
        process = start(tmp_path, *resume)
        wait_for(process, lambda step=step: num_steps(folder) >= step)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert not (folder / "summary.json").exists()
    finish(start(tmp_path, "--resume"))
    assert outcome(folder) == outcome(straight[0])


def test_ctrl_c_finishes_the_step_and_the_probe_changes_nothing_of_the_training(straight, tmp_path):
    folder = tmp_path / "smoke"
    process = start(tmp_path, "trace.probe_problems=0")
    wait_for(process, lambda: num_steps(folder) >= 3)
    process.send_signal(signal.SIGINT)
    output = finish(process, expected=130)
    assert "finishing this step" in output
    assert "--resume" in output
    assert any((folder / "checkpoints").iterdir())
    finish(start(tmp_path, "--resume"))
    probed, plain = outcome(straight[0]), outcome(folder)
    assert not any(name.startswith("probe/") for name in plain)
    assert {name for name in probed if name not in plain} == {
        f"probe/step-{SFT_STEPS + step:06d}.jsonl" for step in (0, 2, 3)
    }
    metrics = "metrics.jsonl"
    assert without_probe(probed.pop(metrics)) == without_probe(plain.pop(metrics))
    assert {name: probed[name] for name in plain} == plain


def test_resume_refuses_other_values(straight):
    output = finish(start(straight[0].parent, "--resume", "grpo.steps=7"), expected=2)
    assert "grpo.steps=7" in " ".join(output.split())
