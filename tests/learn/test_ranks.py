from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from rlvr.learn.policy import Policy
from rlvr.learn.ranks import OneRank
from rlvr.learn.trainer import Trainer
from rlvr.led import restore
from tests.learn.learn_helpers import assert_same_gradients
from tests.learn.ranks_job import (
    CONFIG,
    JOBS,
    NUM_STEPS,
    RESUMED,
    RESUMED_AFTER,
    make_policy,
    make_trainer,
    resume,
    run,
    save,
    train,
    whole_weights,
)

ROOT = Path(__file__).parents[2]
ONE = OneRank()
Results = dict[str, Any]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results, Results]:
    """A folder, and the same training on one process and on two of torchrun, in one launch."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("ranks")
    one: Results = {"saved": save(RESUMED, ONE, folder / "one")}
    trainer = make_trainer("default", ONE)
    train("default", trainer, range(RESUMED_AFTER))
    trainer.policy.save(folder / "start")
    torch.save(trainer.state_dict(), folder / "start.pt")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*launch, "--nproc-per-node", "2", "-m", "tests.learn.ranks_job", str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        one["runs"] = {job: run(job, ONE) for job in JOBS}
        output, _ = process.communicate(timeout=400)
    finally:
        process.kill()
    assert process.returncode == 0, output[-6_000:]
    return folder, one, torch.load(folder / "many.pt")


def assert_same_metrics(first: list[dict[str, float]], second: list[dict[str, float]]) -> None:
    for one, two in zip(first, second, strict=True):
        assert one.keys() == two.keys()
        for name, value in one.items():
            if name != "padding_share":  # the rows differ
                assert value == pytest.approx(two[name], rel=1e-4, abs=1e-6), name


def assert_same_weights(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        torch.testing.assert_close(tensor, second[name], rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("job", JOBS)
def test_gradients_are_those_of_one_process(both: tuple[Path, Results, Results], job: str) -> None:
    _, one, two = both
    first, second = one["runs"][job]["gradients"], two["runs"][job]["gradients"]
    assert len(first) == len(second)
    assert_same_gradients(first[0], second[0], rtol=1e-5)


@pytest.mark.parametrize("job", JOBS)
def test_weights_and_metrics_after_five_steps(
    both: tuple[Path, Results, Results], job: str
) -> None:
    _, one, two = both
    assert_same_metrics(one["runs"][job]["metrics"], two["runs"][job]["metrics"])
    assert_same_weights(one["runs"][job]["weights"], two["runs"][job]["weights"])
    for a, b in zip(one["runs"][job]["scores"], two["runs"][job]["scores"], strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5)


def test_a_checkpoint_of_two_processes_resumes_on_one(both: tuple[Path, Results, Results]) -> None:
    folder, _, two = both
    resumed = resume(RESUMED, ONE, folder / "many")
    assert_same_metrics(two["saved"]["metrics"], resumed["metrics"])
    assert_same_weights(two["saved"]["weights"], resumed["weights"])


def test_a_checkpoint_of_one_process_resumes_on_two(both: tuple[Path, Results, Results]) -> None:
    _, one, two = both
    assert_same_metrics(one["saved"]["metrics"], two["from_one"]["metrics"])
    assert_same_weights(one["saved"]["weights"], two["from_one"]["weights"])


def test_a_model_saved_by_two_processes_is_the_whole_model(
    both: tuple[Path, Results, Results],
) -> None:
    folder, _, _ = both
    expected = whole_weights(make_policy(ONE))
    found = whole_weights(Policy.load(folder / "model"))
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_rank_0_leads_a_job_that_one_process_began_and_goes_on_with(
    both: tuple[Path, Results, Results],
) -> None:
    folder, one, two = both
    assert_same_metrics(one["runs"]["default"]["metrics"][RESUMED_AFTER:], two["led"]["metrics"])
    assert_same_weights(one["runs"]["default"]["weights"], two["led"]["weights"])
    trainer = Trainer(Policy.load(folder / "led"), CONFIG, 0.9)
    restore(trainer, {}, folder / "led")
    whole = make_trainer("default", ONE)
    train("default", whole, range(NUM_STEPS["default"]))
    last = range(NUM_STEPS["default"], NUM_STEPS["default"] + 1)
    assert_same_metrics(train("default", whole, last), train("default", trainer, last))
    assert_same_weights(whole_weights(whole.policy), whole_weights(trainer.policy))


def test_ranks_that_were_given_different_steps_say_so(both: tuple[Path, Results, Results]) -> None:
    assert "ValueError: the 2 ranks were given different sequences" in both[2]["different"]


def test_a_rank_that_is_gone_is_not_waited_for_in_vain(both: tuple[Path, Results, Results]) -> None:
    assert (
        "RankError: rank 0 of 2 waited for the totals of an update of the other ranks, which did "
        "not come" in both[2]["lost"]
    )
