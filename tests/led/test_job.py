from __future__ import annotations

from pathlib import Path

import pytest
import torch

from rlvr.config_load import load_config
from rlvr.led.calls import Bench
from rlvr.led.job import _begin, leading
from rlvr.led.place import check_place
from tests.led.test_calls import Wire


def test_one_process_has_no_others_to_lead(tmp_path: Path) -> None:
    with leading(load_config("smoke", None, ["grpo.max_staleness=1"]), tmp_path) as lead:
        assert lead is None


def test_a_rank_that_does_not_see_the_runs_folder_says_so(tmp_path: Path) -> None:
    bench = Bench(Wire(rank=1))
    with pytest.raises(ValueError, match=f"rank 1 does not see {tmp_path / 'run'}, which rank 0"):
        _begin(bench, tmp_path / "run", 0)
    check_place("a/hub-id", 1)


def test_a_rank_takes_as_many_threads_as_rank_0(tmp_path: Path) -> None:
    """Bits depend on them, and a run that is resumed has its configuration on rank 0 alone."""
    before = torch.get_num_threads()
    try:
        _begin(Bench(Wire(rank=1)), tmp_path, before + 1)
        assert torch.get_num_threads() == before + 1
        _begin(Bench(Wire(rank=1)), tmp_path, 0)
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)
