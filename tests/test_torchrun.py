"""The whole job on two ranks of torchrun, with vLLM on each or servers; killed, interrupted."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import torch
from safetensors.torch import load_file

from rlvr.types import Completion
from tests.led.engine_job import REQUESTS, SAMPLING, scale
from tests.ranks_server import INTERRUPTED
from tests.rollout import tiny
from tests.rollout.tiny import load_reference, save_model
from tests.waiting import LIMIT

ROOT = Path(__file__).parent.parent
SFT_STEPS, GRPO_STEPS = 2, 3
SETTINGS = (
    f"sft.steps={SFT_STEPS}", "sft.optimizer.warmup_steps=0", f"grpo.steps={GRPO_STEPS}",
    "checkpoint.every=1", "data.sft_size=80", "data.train_size=12", "data.validation_size=4",
    "data.test_size=4", "data.shifted_size=2", "trace.probe_problems=2", "eval.pass_at_problems=2",
    "rollout.max_new_tokens=16", "trace.wandb=disabled", "grpo.kl=k2_in_loss",
)  # fmt: skip
ADAPTERS = "model.lora.rank=4"
EQUAL = ("metrics.jsonl", "eval", "rollouts", "probe", "models/sft", "models/final")
ENVIRONMENT = os.environ | {"WANDB_MODE": "disabled", "OMP_NUM_THREADS": "1"}


class Ranks:
    """Jobs one after the other, by ``tests/ranks_server.py``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ranks_server"], cwd=ROOT, env=ENVIRONMENT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        Thread(target=self._read, daemon=True).start()
        self._num_jobs = 0

    def start(self, *arguments: str, num_ranks: int = 2, restarts: int = 0) -> None:
        """``rlvr train`` with these arguments."""
        self.start_program("rlvr.cli", "train", *arguments, num_ranks=num_ranks, restarts=restarts)

    def start_program(
        self, program: str, *arguments: str, num_ranks: int = 2, restarts: int = 0
    ) -> None:
        """A module with a ``main``."""
        self._num_jobs += 1
        self.pids = self.folder / f"job-{self._num_jobs}"
        self.pids.mkdir()
        order = {"program": program, "arguments": arguments}
        order |= {"num_ranks": num_ranks, "restarts": restarts}
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order | {"pids": str(self.pids)}) + "\n")
        self.process.stdin.flush()

    def wait_for(self, path: Path) -> None:
        deadline = time.monotonic() + LIMIT
        while not path.exists():
            assert self.process.poll() is None
            assert time.monotonic() < deadline, f"{path} did not come: {list(self._lines.queue)}"
            time.sleep(0.005)

    def kill(self, rank: int) -> None:
        os.kill(int((self.pids / str(rank)).read_text()), signal.SIGKILL)

    def interrupt(self) -> None:
        (self.pids / INTERRUPTED).touch()
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> tuple[int, str]:
        """The exit status, and what the job printed."""
        lines: list[str] = []
        while not (lines and (found := re.fullmatch(r"done (\d+)\n", lines[-1]))):
            lines.append(self._lines.get(timeout=LIMIT))
        return int(found[1]), "".join(lines)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:  # in the midst of a job
            self.process.terminate()
            self.process.wait(LIMIT)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ranks]:
    found = Ranks(tmp_path_factory.mktemp("ranks"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def straight(ranks: Ranks) -> tuple[Path, str]:
    """A run that nothing happened to, and what it printed; all weights in its first stage, adapters
    in its second."""
    runs = ranks.folder / "straight"
    ranks.start("--preset", "smoke", *SETTINGS, ADAPTERS, f"runs={runs}")
    code, output = ranks.finish()
    assert code == 0, output
    return runs / "smoke", output


def files(folder: Path) -> dict[str, bytes]:
    """Everything that must be equal: weights, metrics, rollouts, probes, evaluations. The adapter's
    configuration names the folder of the run."""
    paths = [folder / name for name in EQUAL]
    found = [f for path in paths for f in ([path] if path.is_file() else path.rglob("*"))]
    found = [f for f in found if f.is_file() and f.name != "adapter_config.json"]
    return {str(f.relative_to(folder)): f.read_bytes() for f in found}


def rows(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_two_ranks_run_the_whole_job_and_one_of_them_speaks(straight: tuple[Path, str]) -> None:
    folder, output = straight
    assert json.loads((folder / "summary.json").read_text())["engine"] == "vllm"
    steps = [row for row in rows(folder) if "reward" in row]
    assert [row["step"] for row in steps] == [SFT_STEPS + n for n in (1, 2, 3)]
    # Each rank's engine wrote its part of them with the weights that the learner scores them with.
    assert max(row["sync/parity_max"] for row in steps) < 1e-3
    assert all(row["updated"] for row in steps)
    for said in ("run folder:", "engine: vllm", "before: ", "after: ", "summary: "):
        assert output.count(said) == 1, said
    *_, checkpoint = sorted((folder / "checkpoints").iterdir())
    assert len(list((checkpoint / "shards").glob("*.distcp"))) == 2
    start, final = (load_file(folder / f"models/{m}/model.safetensors") for m in ("sft", "final"))
    changed = {name for name, tensor in final.items() if not tensor.equal(start[name])}
    assert changed == {name for name in start if name.endswith("_proj.weight")}


def test_a_killed_rank_makes_torchrun_restart_and_the_end_is_the_same(
    ranks: Ranks, straight: tuple[Path, str]
) -> None:
    runs = ranks.folder / "killed"
    ranks.start("--preset", "smoke", *SETTINGS, ADAPTERS, f"runs={runs}", restarts=1)
    ranks.wait_for(runs / "smoke" / "checkpoints" / "2-grpo-000001")
    ranks.kill(rank=1)
    code, output = ranks.finish()
    assert code == 0, output
    assert output.count("run folder:") == 2  # it began twice, in one folder
    assert [path.name for path in runs.iterdir()] == ["smoke"]
    assert files(runs / "smoke") == files(straight[0])


def test_one_step_ahead_on_servers_ctrl_c_and_one_process_goes_on_with_the_batch(
    ranks: Ranks, straight: tuple[Path, str]
) -> None:
    """To what a run of one process comes to, from the same supervised model."""
    ahead = (*SETTINGS, f"model.path={straight[0] / 'models' / 'sft'}", "sft.steps=0",
             "grpo.max_staleness=1")  # fmt: skip
    one, two = ranks.folder / "one", ranks.folder / "interrupted"
    ranks.start("--preset", "smoke", *ahead, f"runs={one}", num_ranks=1)
    code, output = ranks.finish()
    assert code == 0, output

    servers = ("rollout.topology=server", "checkpoint.every=100")
    ranks.start("--preset", "smoke", *ahead, f"runs={two}", *servers)
    ranks.wait_for(two / "smoke" / "rollouts" / "step-000001.jsonl")
    ranks.interrupt()
    code, output = ranks.finish()
    assert code == 130
    assert "engine: vllm server\n" in output
    assert output.count("finishing this step") == 1
    assert output.count("to go on: rlvr train --resume name=smoke") == 1
    assert "error on rank" not in output
    (saved,) = (two / "smoke" / "checkpoints").iterdir()
    assert re.fullmatch(r"2-grpo-00000[12]", saved.name)
    assert {"shards", "manifest.json"} <= {path.name for path in saved.iterdir()}

    ranks.start("--resume", "name=smoke", f"runs={two}", "rollout.topology=colocated", num_ranks=1)
    code, output = ranks.finish()
    assert code == 0, output
    assert_about_equal(two / "smoke", one / "smoke")
    steps = [row for row in rows(two / "smoke") if "reward" in row]
    assert [row["staleness/max"] for row in steps] == [0, 1, 1]


def assert_about_equal(first: Path, second: Path) -> None:
    """Metrics and weights of two runs, up to the rounding that the number of ranks changes."""
    for one, two in zip(rows(first), rows(second), strict=True):
        for name, value in two.items():
            if not name.endswith(("padding_share", "shared_share")):  # the rows differ
                assert one[name] == pytest.approx(value, rel=1e-3, abs=1e-5), name
    weights = [load_file(path / "models/final/model.safetensors") for path in (first, second)]
    assert weights[0].keys() == weights[1].keys()
    for name, tensor in weights[0].items():
        assert (tensor - weights[1][name]).abs().max() < 1e-5, name


def test_two_ranks_that_share_an_engine_write_what_one_process_does(
    ranks: Ranks, tmp_path: Path
) -> None:
    from rlvr.rollout.vllm import VllmEngine

    model, file = save_model(tmp_path / "model", tied=True), tmp_path / "found"
    ranks.start_program("tests.led.engine_job", str(model), str(file))
    code, output = ranks.finish()
    for left in Path("/dev/shm").glob("rlvr*-cpushm_*"):  # forked ranks end without tidying up
        left.unlink()
    assert code == 0, output
    found: list[list[Completion]] = torch.load(file, weights_only=False)

    engine = VllmEngine(str(model), tiny.SETTINGS, tiny.MAX_LENGTH)
    try:
        expected = [engine.generate(REQUESTS, SAMPLING)]
        reference = load_reference(model)
        scale(reference)
        engine.update_weights(reference.named_parameters(), policy_version=7)
        expected.append(engine.generate(REQUESTS, SAMPLING))
    finally:
        engine.close()
    assert expected[0] != expected[1]
    for ours, theirs in zip(found, expected, strict=True):
        assert [c.token_ids for c in ours] == [c.token_ids for c in theirs]
        assert [c.policy_version for c in ours] == [c.policy_version for c in theirs]
        for one, two in zip(ours, theirs, strict=True):
            assert one.rollout_logprobs == pytest.approx(two.rollout_logprobs, abs=1e-4)


def test_what_is_wrong_on_every_rank_is_told_once(tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    job = ["--nproc-per-node", "2", "-m", "rlvr", "train", f"runs={tmp_path}", "grpo.step=1"]
    done = subprocess.run(
        [*torchrun, *job], env=ENVIRONMENT, text=True, timeout=LIMIT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode != 0
    said = re.findall(r"error on rank [01] of 2: 1 problem in the configuration", done.stdout)
    assert len(said) == 1, done.stdout
    assert "did you mean grpo.steps?" in done.stdout
    assert not list(tmp_path.iterdir())
