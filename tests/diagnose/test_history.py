from __future__ import annotations

import json
from pathlib import Path

import pytest

from rlvr.diagnose.history import History, read_history


def history(values: list[float | None], reasons: dict[str, float] | None = None) -> History:
    rows = [{"step": step, "reward": 0.0, "x": value} for step, value in enumerate(values, 1)]
    return History(config={}, rows=rows, reasons=reasons or {})


def test_beginning_and_end_are_means_over_at_most_twenty_steps_and_half_of_them() -> None:
    long = history([0.0] * 20 + [9.0] * 60 + [1.0] * 20)
    assert (long.first("x"), long.last("x")) == (0.0, 1.0)
    short = history([1.0, 2.0, 3.0, 4.0])
    assert (short.first("x"), short.last("x")) == (1.5, 3.5)
    assert (history([5.0]).first("x"), history([5.0]).last("x")) == (5.0, 5.0)


def test_the_best_stretch_names_its_last_step() -> None:
    assert history([0.0] * 20 + [1.0] * 20 + [0.0] * 20).best("x") == (40, 1.0)


def test_steps_without_the_metric_do_not_count() -> None:
    some = history([None, 2.0, None, 4.0])
    assert some.series("x") == [(2, 2.0), (4, 4.0)]
    assert (some.first("x"), some.last("x")) == (2.0, 4.0)
    assert history([1.0, 1.0, None, None]).last("x") is None  # not what it was before
    assert (some.first("y"), some.last("y"), some.best("y")) == (None, None, None)


def test_a_folder_is_read_whatever_version_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[grpo]\ngroup_size = 4\nno_longer_known = 1\n")
    rows = [{"step": 1, "sft/loss": 2.0}, {"step": 2, "reward": 0.5}]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "rollouts").mkdir()
    for step, reason in enumerate(["equal", "no_answer", "no_answer", "no_answer"]):
        path = tmp_path / "rollouts" / f"step-{step:06d}.jsonl"
        path.write_text(json.dumps({"reason": reason}) + "\n")
    found = read_history(tmp_path)
    assert [row["step"] for row in found.rows] == [2]
    assert found.config["grpo"]["group_size"] == 4
    assert found.reasons == {"no_answer": 1.0}


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is no run: it lacks config\.toml"):
        read_history(tmp_path)
    (tmp_path / "config.toml").touch()
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "sft/loss": 2.0}\n')
    with pytest.raises(ValueError, match="no GRPO step yet"):
        read_history(tmp_path)
