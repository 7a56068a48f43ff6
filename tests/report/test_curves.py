from __future__ import annotations

from rlvr.report.curves import curve_panels


def test_metrics_are_sorted_into_panels_with_units() -> None:
    rows = [
        {"step": 1, "reward": 0.25, "rewards/domain/mean": 0.1, "habits/factoring_rate": 0.5},
        {"step": 2, "reward": 0.5, "habits/factoring_rate": None, "my/own": 3, "flag": True},
        {"step": 2, "time/rollout": 1.25, "time/sft/step": 2.0, "sft/loss": 1.0, "sft/epoch": 1.0},
    ]
    panels = {panel["title"]: panel for panel in curve_panels(rows)}
    reward, term = panels["Reward"]["series"]
    assert (reward["name"], reward["x"], reward["y"]) == ("reward", [1, 2], [0.25, 0.5])
    assert (term["name"], term["x"]) == ("domain term", [1])
    assert panels["Habits"]["series"][0]["y"] == [0.5]
    assert panels["Habits"]["unit"] == "share"
    assert [series["key"] for series in panels["Time of a step"]["series"]] == ["time/rollout"]
    assert panels["my/own"]["section"] == "Other"
    titles = ["Reward", "Habits", "Time of a step", "Supervised loss", "Supervised step", "my/own"]
    assert list(panels) == titles


def test_the_probe_is_told_from_the_evaluation() -> None:
    """Names are what the legend shows, and decide the colour."""
    rows = [{"step": 1, "eval/accuracy": 0.5, "eval/pass_at_8": 0.9, "probe/accuracy": 0.6}]
    (panel,) = curve_panels(rows)
    names = [series["name"] for series in panel["series"]]
    assert names == ["accuracy", "pass at 8", "accuracy, probe"]


def test_no_metrics_no_panels() -> None:
    assert curve_panels([]) == []
