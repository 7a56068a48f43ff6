"""The estimate of the trainer's memory beside what a process really takes for a step."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import gc, sys
from pathlib import Path

from rlvr.config_load import load_config
from rlvr.estimate import estimate
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.newborn import make_tokenizer, save_newborn
from rlvr.types import TrainingSequence

def status(field):
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if field in x)
    return int(line.split()[1]) * 1024 / 1e6

def step(config, name):
    save_newborn(config.model, 0, Path(sys.argv[1]) / name)
    gc.collect()
    before = status("VmRSS")
    trainer = Trainer(Policy.load(Path(sys.argv[1]) / name), config.grpo, 1.0)
    length, count = config.model.max_length, config.grpo.micro_batch_tokens
    sequences = [
        TrainingSequence(
            prompt_ids=(5,),
            # None begins as another: what is shared is computed once, and takes no memory.
            completion_ids=tuple(5 + (row + j * (row + 1)) % 90 for j in range(length - 1)),
            rollout_logprobs=(-1.0,) * (length - 1),
        )
        for row in range(count // length)
    ]
    trainer.step(sequences, 0)
    return before

small = ["sft.steps=0", "model.max_length=64", "rollout.max_new_tokens=32"]
step(load_config("tiny", None, [*small, "grpo.micro_batch_tokens=64"]), "warm-up")
config = load_config("tiny", None, [
    *small, "model.width=256", "model.heads=4", "model.mlp_width=1024", "model.layers=4",
    "grpo.micro_batch_tokens=2048",
])
before = step(config, "measured")
print(status("VmHWM") - before, estimate(config, len(make_tokenizer())).trainer_mb)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_a_step_takes_what_the_estimate_says(tmp_path):
    # As in the scripts: glibc would keep freed blocks of each thread apart.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    output = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    measured, estimated = map(float, output.split())
    assert estimated > 200  # MB: large beside what a process takes for itself
    assert measured == pytest.approx(estimated, rel=0.25)
