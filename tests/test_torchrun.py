"""The whole job on two ranks of torchrun, with vLLM on each; killed, interrupted, resumed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors.torch import load_file

from rlvr.processes import descendants

SFT_STEPS, GRPO_STEPS = 2, 3
SETTINGS = (
    f"sft.steps={SFT_STEPS}", "sft.optimizer.warmup_steps=0", f"grpo.steps={GRPO_STEPS}",
    "checkpoint.every=1", "data.sft_size=80", "data.train_size=12", "data.validation_size=4",
    "data.test_size=4", "data.shifted_size=2", "trace.probe_problems=2", "eval.pass_at_problems=2",
    "rollout.max_new_tokens=16",
)  # fmt: skip
EQUAL = ("metrics.jsonl", "eval", "rollouts", "probe", "models/sft", "models/final")
LIMIT = 300.0  # seconds, of a machine with much else to do


class Launch:
    """``rlvr train`` on two ranks; ended, with all it started, when the block is left."""

    def __init__(self, *arguments: str, restarts: int = 0) -> None:
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        torchrun += ["--nproc-per-node", "2", "--max-restarts", str(restarts)]
        job = ["-m", "rlvr", "train", "--preset", "smoke", *SETTINGS, *arguments]
        environment = os.environ | {"WANDB_MODE": "disabled", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [*torchrun, *job], env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __enter__(self) -> Launch:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()  # torchrun ends its ranks before itself
        self.process.wait(LIMIT)

    def output(self) -> str:
        return self.process.communicate(timeout=LIMIT)[0]

    def wait_for(self, path: Path) -> None:
        deadline = time.monotonic() + LIMIT
        while not path.exists():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, f"{path} did not come in time"
            time.sleep(0.005)

    def pid_of(self, rank: int) -> int:
        """Children come before theirs, which have the same environment."""
        for pid in descendants(self.process.pid):
            if f"RANK={rank}" in Path(f"/proc/{pid}/environ").read_text().split("\0"):
                return pid
        raise AssertionError(f"there is no rank {rank}")


def files(folder: Path) -> dict[str, bytes]:
    """Everything that must be equal: weights, metrics, rollouts, probes, evaluations."""
    paths = [folder / name for name in EQUAL]
    found = [f for path in paths for f in ([path] if path.is_file() else path.rglob("*"))]
    return {str(f.relative_to(folder)): f.read_bytes() for f in found if f.is_file()}


def rows(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A run that nothing happened to, and what it printed."""
    runs = tmp_path_factory.mktemp("straight")
    with Launch(f"runs={runs}") as launch:
        output = launch.output()
        assert launch.process.returncode == 0, output
        yield runs / "smoke", output


def test_two_ranks_run_the_whole_job_and_one_of_them_speaks(straight: tuple[Path, str]) -> None:
    folder, output = straight
    assert json.loads((folder / "summary.json").read_text())["engine"] == "vllm"
    steps = [row for row in rows(folder) if "reward" in row]
    assert [row["step"] for row in steps] == [SFT_STEPS + n for n in (1, 2, 3)]
    # Each rank's engine wrote its part of them with the weights that the learner scores them with.
    assert max(row["sync/parity_max"] for row in steps) < 1e-3
    assert len({json.dumps(row["grad_norm"]) for row in steps}) == GRPO_STEPS
    for said in ("run folder:", "engine: vllm", "before: ", "after: ", "summary: "):
        assert output.count(said) == 1, said
    checkpoint = sorted((folder / "checkpoints").iterdir())[-1]
    assert len(list((checkpoint / "shards").glob("*.distcp"))) == 2


def test_a_killed_rank_makes_torchrun_restart_and_the_end_is_the_same(
    straight: tuple[Path, str], tmp_path: Path
) -> None:
    with Launch(f"runs={tmp_path}", restarts=1) as launch:
        launch.wait_for(tmp_path / "smoke" / "checkpoints" / "2-grpo-000001")
        os.kill(launch.pid_of(rank=1), signal.SIGKILL)
        output = launch.output()
        assert launch.process.returncode == 0, output
    assert output.count("run folder:") == 2  # it began twice, in one folder
    assert [path.name for path in tmp_path.iterdir()] == ["smoke"]
    assert files(tmp_path / "smoke") == files(straight[0])


def test_ctrl_c_saves_once_and_one_process_goes_on_from_there(
    straight: tuple[Path, str], tmp_path: Path
) -> None:
    folder = tmp_path / "smoke"
    with Launch(f"runs={tmp_path}", "checkpoint.every=100") as launch:
        launch.wait_for(folder / "rollouts" / f"step-{SFT_STEPS + 1:06d}.jsonl")
        launch.process.send_signal(signal.SIGINT)
        output = launch.output()
    assert output.count("finishing this step") == 1
    assert output.count("to go on: rlvr train --resume name=smoke") == 1
    assert "error on rank" not in output
    *_, saved = sorted((folder / "checkpoints").iterdir())  # after that of the stage before
    assert re.fullmatch(r"2-grpo-00000[12]", saved.name)
    resume = [sys.executable, "-m", "rlvr", "train", "--resume", "name=smoke", f"runs={tmp_path}"]
    environment = os.environ | {"WANDB_MODE": "disabled", "OMP_NUM_THREADS": "1"}
    subprocess.run(resume, env=environment, check=True, timeout=LIMIT, capture_output=True)
    for one, two in zip(rows(folder), rows(straight[0]), strict=True):
        for name, value in two.items():
            if name not in ("padding_share", "sft/padding_share", "shared_share"):
                assert one[name] == pytest.approx(value, rel=1e-3, abs=1e-5), name
    weights = [load_file(path / "models/final/model.safetensors") for path in (folder, straight[0])]
    for name, tensor in weights[0].items():
        assert (tensor - weights[1][name]).abs().max() < 1e-5, name


def test_what_is_wrong_on_every_rank_is_told_once(tmp_path: Path) -> None:
    with Launch(f"runs={tmp_path}", "grpo.step=1") as launch:
        output = launch.output()
        assert launch.process.returncode != 0
    assert output.count("grpo.steps") == 1
    assert len(re.findall(r"error on rank [01] of 2: 1 problem in the configuration", output)) == 1
    assert not list(tmp_path.iterdir())
