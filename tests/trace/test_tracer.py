from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rlvr.trace.jsonl import read_rows, rollouts_path
from rlvr.trace.tracer import Tracer
from rlvr.types import Rollout

MakeRollout = Callable[..., Rollout]


def log_step(tracer: Tracer, step: int, make_rollout: MakeRollout, seconds: float) -> None:
    groups = [[make_rollout(f"{step} {p} {g}") for g in range(3)] for p in range(2)]
    advantages = [[0.1 * g, None, -0.1 * g] for g in range(2)]
    tracer.log_rollouts(step, groups, advantages)
    tracer.log_metrics(step, {"reward": 1 / step, "time/step": seconds})
    tracer.log_metrics(step, {"eval/accuracy": 0.5})
    tracer.log_probe(step, [make_rollout(f"probe {step}", elapsed_ms=seconds)])


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run, but the timings, which differ in any two runs."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "timings.jsonl"
    }


@pytest.mark.parametrize("killed_after", [2, 3, 5])
def test_a_resumed_run_leaves_the_same_bytes(
    tmp_path: Path, make_rollout: MakeRollout, killed_after: int
) -> None:
    whole = Tracer(tmp_path / "whole")
    for step in range(1, 7):
        log_step(whole, step, make_rollout, seconds=1.0)

    first = Tracer(tmp_path / "parts")
    state: Mapping[str, Any] = {}
    for step in range(1, killed_after + 1):
        log_step(first, step, make_rollout, seconds=2.0)
        if step == 2:
            state = first.state()
    with (tmp_path / "parts" / "metrics.jsonl").open("a") as file:
        file.write('{"step": ')  # killed in the middle of a line

    resumed = Tracer(tmp_path / "parts")
    resumed.restore(state)
    for step in range(3, 7):
        log_step(resumed, step, make_rollout, seconds=3.0)
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
    timings = list(read_rows(tmp_path / "parts" / "timings.jsonl"))
    assert [row["step"] for row in timings] == [1, 2, 3, 4, 5, 6]
    assert [row["time/step"] for row in timings] == [2.0] * 2 + [3.0] * 4


def test_timings_are_kept_apart(tmp_path: Path) -> None:
    Tracer(tmp_path).log_metrics(4, {"reward": float("nan"), "time/step": 0.5, "tokens": 7})
    assert list(read_rows(tmp_path / "metrics.jsonl")) == [{"step": 4, "reward": None, "tokens": 7}]
    assert list(read_rows(tmp_path / "timings.jsonl")) == [{"step": 4, "time/step": 0.5}]


def test_a_run_that_begins_again_starts_with_nothing(
    tmp_path: Path, make_rollout: MakeRollout
) -> None:
    log_step(Tracer(tmp_path), 1, make_rollout, seconds=1.0)
    Tracer(tmp_path).restore({})
    assert contents(tmp_path) == {"metrics.jsonl": b""}
    assert Tracer(tmp_path / "new").state() == {
        "metrics_bytes": 0,
        "timings_bytes": 0,
        "last_rollouts": -1,
        "last_probe": -1,
    }


def test_files_that_were_cut_since_are_refused(tmp_path: Path) -> None:
    tracer = Tracer(tmp_path)
    tracer.log_metrics(1, {"reward": 1.0})
    state = tracer.state()
    (tmp_path / "metrics.jsonl").write_text("")
    with pytest.raises(ValueError, match="an exact resume needs the file back"):
        tracer.restore(state)


def test_advantages_must_fit_the_groups(tmp_path: Path, make_rollout: MakeRollout) -> None:
    with pytest.raises(ValueError, match="zip"):
        Tracer(tmp_path).log_rollouts(1, [[make_rollout()]], [[0.0, 1.0]])
    assert not (tmp_path / "rollouts").exists()


def test_metrics_go_to_the_sink_with_their_step(tmp_path: Path) -> None:
    class Sink:
        def __init__(self) -> None:
            self.calls: list[object] = []

        def log(self, step: int, metrics: Mapping[str, float]) -> None:
            self.calls.append((step, dict(metrics)))

        def table(self, step: int, path: Path) -> None:
            self.calls.append((step, path))

        def close(self, exit_code: int = 0) -> None:
            self.calls.append(exit_code)

    sink = Sink()
    tracer = Tracer(tmp_path, sink)  # type: ignore[arg-type]
    tracer.log_metrics(3, {"reward": 1.0, "time/step": 0.5})
    tracer.log_table(3)
    tracer.close(1)
    assert sink.calls == [
        (3, {"reward": 1.0, "time/step": 0.5}),
        (3, rollouts_path(tmp_path, 3)),
        1,
    ]


def test_the_probe_is_written_with_its_rates(tmp_path: Path, make_rollout: MakeRollout) -> None:
    hostile = make_rollout("\ud800 y != 0")
    Tracer(tmp_path).log_probe(7, [make_rollout(), hostile])
    first, second = read_rows(rollouts_path(tmp_path, 7, "probe"))
    assert (first["step"], first["index"], second["index"]) == (7, 0, 0)  # a group each
    assert "trace" in first
    assert second["completion"] == "\\ud800 y != 0"
    (metrics,) = read_rows(tmp_path / "metrics.jsonl")
    assert (metrics["step"], metrics["probe/accuracy"]) == (7, 1.0)
