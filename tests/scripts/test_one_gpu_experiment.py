"""The experiment for one GPU, without running anything: what it asks for, and what it shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scripts import one_gpu_experiment as experiment
from scripts import plot_run


def summary(families: dict[str, float], rate: float) -> dict[str, object]:
    rates = dict.fromkeys(experiment.RATES.values(), rate)
    moment = {**rates, "accuracy_by_family": families, "mean_tokens": 44.4}
    return {
        "before": {**moment, "accuracy": 0.5},
        "after": moment,
        "seconds": dict.fromkeys(experiment.STAGES, 1234.5),
        "tokens_per_second": {"rollout": 10.0, "train": 20_000.0},
    }


def write_run(folder: Path, families: tuple[str, ...], steps: int = 4) -> Path:
    folder.mkdir(parents=True)
    rows = [
        {"step": step, "reward": 0.5, "verdict/correct_rate": 0.5, "frac_reward_zero_std": 0.1}
        | {f"accuracy/{family}": step / steps for family in families}
        | dict.fromkeys(plot_run.HABITS, 0.25)
        for step in range(steps)
    ]
    rows.insert(0, {"step": 0, "sft/loss": 1.0})
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = summary(dict.fromkeys(families, 0.75), 0.9)
    (folder / "summary.json").write_text(json.dumps(found))
    return folder


def test_a_run_is_begun_resumed_or_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(experiment.subprocess, "run", lambda job, check: asked.append(job[3:]))
    place = ["name=one-gpu", f"runs={tmp_path}"]
    folder = experiment.finished("one-gpu", tmp_path, ["grpo.steps=2"])
    folder.mkdir()
    (folder / "config.toml").touch()
    experiment.finished("one-gpu", tmp_path, ["grpo.steps=2"])
    (folder / "summary.json").touch()
    experiment.finished("one-gpu", tmp_path, ["grpo.steps=2"])
    assert asked == [
        ["train", "--preset", "one-gpu", *place, "grpo.steps=2"],
        ["train", "--resume", *place],
    ]


def test_the_table_leaves_out_what_a_run_has_not() -> None:
    large = summary({"linear": 1.0, "system": 0.25}, 0.9)
    text = experiment.table({"one-gpu": large, "tiny": summary({"linear": 0.5}, 0.8)})
    lines = text.splitlines()
    assert lines[0] == "| | one-gpu | tiny |"
    assert "| accuracy | 50.0% → 90.0% | 50.0% → 80.0% |" in lines
    assert "| system | 25.0% → 25.0% |  |" in lines
    assert "| seconds, grpo | 1,234 | 1,234 |" in lines


def test_both_runs_are_shown_beside_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path / "one-gpu", ("linear", "system"))
    small = write_run(tmp_path / "elsewhere" / "tiny", ("linear",))
    monkeypatch.setattr(sys, "argv", ["x", "--runs", str(tmp_path), "--tiny", str(small)])
    experiment.main()
    assert "| | one-gpu | tiny |" in capsys.readouterr().out
    assert (tmp_path / "comparison.md").read_text().startswith("| | one-gpu | tiny |")
    assert (tmp_path / "curves.png").stat().st_size > 10_000
