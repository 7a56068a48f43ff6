from __future__ import annotations

from pathlib import Path

import pytest

from rlvr.trace.find import Wanted, find_rollouts, nothing_found
from tests.report.runs import AHA, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "tiny")


def test_a_problem_over_training_the_latest_first(run: Path) -> None:
    found = [row for row, _ in find_rollouts(run, Wanted(problem="train-rational-0"))]
    assert [row["step"] for row in found] == [12] * 4 + [8] * 4 + [4] * 4
    assert nothing_found(run, Wanted(problem="x")).endswith('"x"; one is "train-rational-2"')


def test_picked(run: Path) -> None:
    found = list(find_rollouts(run, Wanted(picked="aha")))
    assert [(row["completion"], reasons >= {"aha", "corrected"}) for row, reasons in found] == [
        (AHA, True)
    ]
    best = [row for row, _ in find_rollouts(run, Wanted(picked="best", step=4))]
    assert {row["verdict"] for row in best} == {"correct"}
    with pytest.raises(ValueError, match='--picked is "nice"; accepted: aha, corrected'):
        Wanted(picked="nice")
