from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlvr.learn.policy import Policy
from rlvr.learn.ranks import OneRank
from rlvr.learn.shards import load_shards
from tests.learn.learn_helpers import assert_same_gradients, assert_same_training, same_bits
from tests.learn.ranks_job import (
    JOBS,
    RESUMED,
    SPREAD,
    make_policy,
    make_trainer,
    resume,
    run,
    save,
    save_whole,
    supervise,
    train_adapters_of_bfloat16,
    whole_weights,
)
from tests.waiting import LIMIT

ROOT = Path(__file__).parents[2]
ONE = OneRank()
Results = dict[str, Any]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results, Results]:
    """A folder, and the same training on one process and on two of torchrun, in one launch."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("ranks")
    one: Results = {"saved": save(RESUMED, ONE, folder / "one")}
    save_whole(RESUMED, folder / "whole")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*launch, "--nproc-per-node", "2", "-m", "tests.learn.ranks_job", str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        one["runs"] = {job: run(job, ONE) for job in JOBS}
        output, _ = process.communicate(timeout=LIMIT)
    finally:
        process.terminate()  # torchrun ends its processes before itself
        process.wait(LIMIT)
    assert process.returncode == 0, output[-6_000:]
    return folder, one, torch.load(folder / "many.pt")


@pytest.mark.parametrize("job", JOBS)
def test_gradients_are_those_of_one_process(both: tuple[Path, Results, Results], job: str) -> None:
    _, one, two = both
    first, second = one["runs"][job]["gradients"], two["runs"][job]["gradients"]
    assert len(first) == len(second)
    update = 1 if job.startswith("lora") else 0  # with B at 0 the gradient of A is 0
    assert_same_gradients(first[update], second[update], rtol=2e-5)


@pytest.mark.parametrize("job", JOBS)
def test_weights_and_metrics_after_five_steps(
    both: tuple[Path, Results, Results], job: str
) -> None:
    _, one, two = both
    assert_same_training(job, one["runs"][job], two["runs"][job])
    for a, b in zip(one["runs"][job]["scores"], two["runs"][job]["scores"], strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5)


@pytest.mark.parametrize("job", JOBS)
def test_weights_that_were_kept_score_as_when_they_were_the_policys(
    both: tuple[Path, Results, Results], job: str
) -> None:
    for results in both[1:]:
        found = results["runs"][job]
        assert all(k.equal(s) for k, s in zip(found["kept"], found["scores"], strict=True))


def test_a_checkpoint_of_two_processes_resumes_on_one(both: tuple[Path, Results, Results]) -> None:
    folder, _, two = both
    assert_same_training(RESUMED, two["saved"], resume(RESUMED, ONE, folder / "many"))


def test_a_checkpoint_of_one_process_resumes_on_two(both: tuple[Path, Results, Results]) -> None:
    _, one, two = both
    assert_same_training(RESUMED, one["saved"], two["from_one"])


def test_a_run_of_one_process_goes_on_on_two(both: tuple[Path, Results, Results]) -> None:
    _, one, two = both
    assert_same_training(RESUMED, one["saved"], two["from_whole"])


def test_supervised_steps_are_those_of_one_process(both: tuple[Path, Results, Results]) -> None:
    assert_same_training("supervised", supervise(ONE), both[2]["supervised"])


def test_a_model_saved_by_two_processes_is_the_whole_model(
    both: tuple[Path, Results, Results],
) -> None:
    folder, _, _ = both
    expected = whole_weights(make_policy(ONE))
    found = whole_weights(Policy.load(folder / "model"))
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_adapters_saved_by_two_processes_are_merged_and_go_on_on_one(
    both: tuple[Path, Results, Results],
) -> None:
    folder, _, _ = both
    found = whole_weights(Policy.load(folder / "lora"))
    trainer = make_trainer("lora", ONE)
    load_shards(trainer, folder / "lora-shards")
    torch.testing.assert_close(found, whole_weights(trainer.policy), rtol=0, atol=0)
    base = whole_weights(make_policy(ONE))
    changed = {name for name in base if not found[name].equal(base[name])}
    assert changed == {name for name in base if name.endswith("_proj.weight")}
    tensors = load_file(folder / "lora" / "adapter" / "adapter_model.safetensors")
    trained = trainer.policy.trained()
    assert same_bits(
        {n.replace(".default", ""): t for n, t in trained.items()},
        {n.removeprefix("base_model.model."): t for n, t in tensors.items()},
    )


@pytest.mark.parametrize("name", SPREAD)
def test_weights_that_rank_0_alone_had_are_spread_to_the_bit(
    both: tuple[Path, Results, Results], name: str
) -> None:
    expected, found = make_policy(ONE, **SPREAD[name]), both[2]["spread"][name]
    assert same_bits(found["weights"], whole_weights(expected))
    buffers = dict(expected.model.named_buffers())
    assert buffers
    assert same_bits(found["buffers"], buffers)


def test_adapters_are_trained_over_frozen_weights_of_another_dtype(
    both: tuple[Path, Results, Results],
) -> None:
    found = both[2]["bfloat16"]
    # The first step moves B alone, away from 0; the second A too.
    assert found["changed"] == found["trained"]
    one = train_adapters_of_bfloat16(ONE)["metrics"]
    for first, second in zip(found["metrics"], one, strict=True):
        assert first["loss"] == pytest.approx(second["loss"], abs=0.02)
        assert first["grad_norm"] == pytest.approx(second["grad_norm"], rel=0.05)


def test_the_time_limit_is_that_of_rank_0(both: tuple[Path, Results, Results]) -> None:
    assert both[2]["timeouts"] == [60, 60]


def test_parts_that_cannot_be_written_or_read_are_errors_of_ours(
    both: tuple[Path, Results, Results], tmp_path: Path
) -> None:
    """DCP's are no Exceptions: nothing that handles or tells errors would see them."""
    assert "[Errno 20] the ranks' parts of a checkpoint: rank 0: " in both[2]["unwritten"]
    for job, folder in (("default", tmp_path / "nothing"), ("lora", both[0] / "many")):
        with pytest.raises(ValueError, match=f"parts of the checkpoint {folder}: rank 0: "):
            load_shards(make_trainer(job, ONE), folder)


def test_ranks_that_were_given_different_steps_say_so(both: tuple[Path, Results, Results]) -> None:
    assert "ValueError: the 2 ranks were given different sequences" in both[2]["different"]


def test_a_rank_that_is_gone_is_not_waited_for_in_vain(both: tuple[Path, Results, Results]) -> None:
    assert (
        "RankError: rank 0 of 2 waited for the totals of an update of the other ranks, which did "
        "not come" in both[2]["lost"]
    )
