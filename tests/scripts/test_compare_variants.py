"""Two variants side by side, from runs that are there: means over seeds, and their difference."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scripts import compare_variants

STEPS = 43


def make_run(folder: Path, reward: float, seconds: float, accuracy: float) -> None:
    folder.mkdir(parents=True)
    rows = [{"step": 1, "sft/loss": 1.0}]
    rows += [{"step": step, "reward": reward} for step in range(STEPS)]
    rows += [{"step": STEPS, "habits/domain_stated_rate": 0.5}]
    times = [{"time/rollout": 0.1, "time/step": seconds} for _ in range(STEPS)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "timings.jsonl").write_text("".join(json.dumps(row) + "\n" for row in times))
    after = dict.fromkeys(compare_variants.AFTER, accuracy)
    (folder / "summary.json").write_text(json.dumps({"after": after}))


def test_the_table_has_means_and_intervals_over_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, (reward, ahead) in enumerate(((1.0, 1.25), (2.0, 2.25))):
        make_run(tmp_path / f"all-terms-seed{seed}", reward, 2.0, 0.5)
        make_run(tmp_path / f"one-step-ahead-seed{seed}", ahead, 1.0 + seed, 0.75)
    names = ["all-terms", "one-step-ahead", "--seeds", "0", "1", "--runs", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["compare_variants.py", *names])
    compare_variants.main()
    lines = capsys.readouterr().out.splitlines()
    # The three steps that fill no window of twenty are the first.
    assert "| reward, steps 4 to 23 | 1.500 | 1.750 | +0.250 (+0.250 to +0.250) |" in lines
    assert "| reward, steps 24 to 43 | 1.500 | 1.750 | +0.250 (+0.250 to +0.250) |" in lines
    assert "| accuracy after | 0.500 | 0.750 | +0.250 (+0.250 to +0.250) |" in lines
    # Differences -1 and 0: mean -0.5, standard error 0.5, t of one degree of freedom 12.706.
    assert "| seconds a step, median | 2.000 | 1.500 | -0.500 (-6.853 to +5.853) |" in lines


def test_one_variant_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["compare_variants.py", "all-terms", "all-terms"])
    with pytest.raises(SystemExit, match="two different variants"):
        compare_variants.main()
