import subprocess
import sys
import time
from dataclasses import asdict

import pytest

from rlvr.config import Config
from rlvr.evaluate import summarise
from rlvr.loop import StepResult
from rlvr.memory import peak_memory_mb
from rlvr.stages.summary import Tally, summarise_run
from tests.helpers import make_rollout

STEP = StepResult(
    step=1,
    metrics={"num_tokens": 30.0},
    timings={"rollout": 2.0, "train": 0.5, "step": 3.0},
    groups=[(make_rollout(num_tokens=4), make_rollout(num_tokens=6))],
)


def test_tokens_are_counted_over_the_seconds_in_which_they_were_handled():
    tally = Tally()
    tally.add(STEP)
    tally.add(STEP)
    tally.add(StepResult(step=1, metrics={"num_tokens": 99.0}, timings={"train": 9.0}))  # SFT
    metrics = summarise([make_rollout()], [], [])
    summary = summarise_run(Config(seed=3), "vllm", metrics, metrics, tally, [])
    assert summary["tokens_per_second"] == {"rollout": 5.0, "train": 60.0}
    assert summary["seed"] == 3
    assert summary["before"]["accuracy"] == 1.0


def test_memory_counts_processes_that_have_ended_since():
    tally, alone = Tally(), peak_memory_mb()
    child = subprocess.Popen(
        [sys.executable, "-c", "held = bytearray(200_000_000); print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child, tally.clock("grpo"):
        assert child.stdin
        assert child.stdout
        child.stdout.readline()
    with tally.clock("eval"):
        pass
    metrics = summarise([make_rollout()], [], [])
    resumed = Tally(**tally.state())
    summary = summarise_run(Config(), "vllm", metrics, metrics, resumed, [])
    assert summary["peak_memory_mb"] > alone + 200


def test_a_clock_goes_on_after_a_resume():
    tally = Tally()
    with tally.clock("sft"):
        time.sleep(0.05)
        saved = tally.state()  # in the middle of the stage, as a checkpoint does
    assert 0.05 <= saved["seconds"]["sft"] <= tally.seconds["sft"]
    resumed = Tally(**saved)
    with resumed.clock("sft"):
        time.sleep(0.05)
    assert resumed.seconds["sft"] >= 0.1
    assert asdict(resumed)["clocks"] == {}


def test_the_total_is_the_sum_of_the_stages():
    tally = Tally()
    tally.seconds.update(data=1.0, sft=2.0, grpo=3.0, eval=4.0)
    metrics = summarise([make_rollout()], [], [])
    seconds = summarise_run(Config(), "vllm", metrics, metrics, tally, [])["seconds"]
    assert seconds["total"] == pytest.approx(10.0)
