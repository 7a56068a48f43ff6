"""The learner on a device that mixes with no other: the same numbers as on the CPU."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from rlvr.learn.ranks import OneRank
from tests.learn.learn_helpers import assert_same_gradients, assert_same_training
from tests.learn.ranks_job import RESUMED, run, save, supervise
from tests.learn.strict_job import JOBS
from tests.waiting import LIMIT

ROOT = Path(__file__).parents[2]
ONE = OneRank()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("strict") / "found.pt"
    job = [sys.executable, "-m", "tests.learn.strict_job", str(file)]
    done = subprocess.run(
        job, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    found: dict[str, Any] = torch.load(file)
    return found


def test_it_refuses_what_a_gpu_refuses(strict: dict[str, Any]) -> None:
    mixed = dict.fromkeys(("sum", "product", "selection"), "MixedDevicesError")
    assert strict["refused"] == mixed | {"numpy": "RuntimeError"}


@pytest.mark.parametrize("job", JOBS)
def test_training_is_that_of_the_cpu(strict: dict[str, Any], job: str) -> None:
    found, expected = strict["runs"][job], run(job, ONE)
    update = 1 if job.startswith("lora") else 0  # with B at 0 the gradient of A is 0
    assert_same_gradients(found["gradients"][update], expected["gradients"][update], rtol=2e-5)
    assert_same_training(job, expected, found)


def test_supervised_steps_are_those_of_the_cpu(strict: dict[str, Any]) -> None:
    assert_same_training("supervised", supervise(ONE), strict["supervised"])


def test_a_state_read_onto_the_cpu_goes_on(strict: dict[str, Any], tmp_path: Path) -> None:
    assert_same_training(RESUMED, save(RESUMED, ONE, tmp_path), strict["resumed"])
