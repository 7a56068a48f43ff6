"""The runs of the comparison with TRL: made once, read, and turned into tables; no TRL needed."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rlvr.config import Config
from rlvr.config_load import load_config
from scripts import compare_trl
from scripts.trl_comparison import environment
from scripts.trl_comparison.environment import trl_python
from scripts.trl_comparison.record import processor_seconds
from scripts.trl_comparison.results import curves, speed
from scripts.trl_comparison.runs import (
    Contestant,
    FailedError,
    make_config,
    read_rows,
    run_once,
    shared_machine,
)
from scripts.trl_comparison.settings import OURS
from scripts.trl_comparison.table import aims, sides_table


def config(*overrides: str) -> Config:
    return load_config("tiny", overrides=[*OURS, *overrides])


def rows(seconds: list[float], memory: float = 100.0) -> list[dict[str, float]]:
    steps = [
        {"seconds": s, "reward": 0.5, "completions": 8.0, "tokens": 80.0, "seconds/rollout": s / 2}
        for s in seconds
    ]
    return [*steps, {"peak_memory_mb": memory, "loaded_memory_mb": memory / 2}]


def test_speed_leaves_the_first_step_out_and_pools_the_seeds() -> None:
    found = speed([rows([9, 1, 2], 100), rows([9, 1, 4], 300)])
    assert found.completions_per_second == 8 * 4 / 8
    assert found.tokens_per_second == 80 * 4 / 8
    assert found.step_seconds == 1.5
    assert (found.peak_memory_mb, found.loaded_memory_mb) == (200, 100)
    assert found.stages == {"rollout": 0.75}
    assert curves([rows([1, 1])], "reward") == [[0.5, 0.5]]
    with pytest.raises(ValueError, match="nothing to take a speed from"):
        speed([rows([9])])


def test_the_aims_are_judged_and_the_ratios_shown() -> None:
    fast, slow = speed([rows([1, 1], 100)]), speed([rows([4, 4], 90)])
    assert "times TRL's completions a second: met (4.00)" in aims(fast, slow)
    assert "no more memory: NOT met (1.11" in aims(fast, slow)
    assert "| completions/s | 8 | 2 | 4.00 |" in sides_table(fast, slow)


def test_processor_time_of_children_counts() -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ninput()"
    before = processor_seconds()
    with subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()  # it has had its half second, and lives
        assert processor_seconds() - before >= 0.49
        child.communicate(b"\n")


CHILD = """
import json, sys
output = sys.argv[2]
with open(output, "w") as file:
    for _ in range(3):
        file.write(json.dumps({"reward": 1.0}) + "\\n")
    if "fail" in sys.argv:
        sys.exit("broken")
    file.write(json.dumps({"peak_memory_mb": 1.0}) + "\\n")
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contestant:
    (tmp_path / "stub_child.py").write_text(CHILD)
    # As datasets.map in several processes leaves it: os.environ is another object afterwards.
    monkeypatch.setattr(os, "environ", copy.deepcopy(os.environ))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Contestant(name="stub", label="stub", child="stub_child")


def test_a_whole_run_is_read_and_not_made_again(child: Contestant, tmp_path: Path) -> None:
    output, seen = tmp_path / "out/stub-0.jsonl", []
    python = Path(sys.executable)
    made = run_once(child, python, config(), output, lambda n, note: seen.append(n))
    assert [len(made), sum(seen)] == [4, 3]
    stamp = output.stat().st_mtime_ns
    assert run_once(child, python, config(), output, lambda n, note: seen.append(n)) == made
    assert output.stat().st_mtime_ns == stamp
    assert sum(seen) == 6
    with pytest.raises(ValueError, match="other settings"):
        run_once(child, python, config("seed=3"), output, lambda n, note: None)


def test_a_run_that_was_cut_short_is_made_anew(child: Contestant, tmp_path: Path) -> None:
    output = tmp_path / "stub-0.jsonl"
    output.write_text('{"reward": 0.0}\n{"rew')
    assert read_rows(output) == [{"reward": 0.0}]
    made = run_once(child, Path(sys.executable), config(), output, lambda n, note: None)
    assert [row.get("reward") for row in made] == [1.0, 1.0, 1.0, None]


def test_a_run_that_fails_names_its_log(child: Contestant, tmp_path: Path) -> None:
    failing = Contestant(name="stub", label="stub", child=child.child, options=("fail",))
    with pytest.raises(FailedError, match="exit status 1, see") as error:
        run_once(
            failing, Path(sys.executable), config(), tmp_path / "a.jsonl", lambda n, note: None
        )
    assert "broken" in Path(str(error.value).split("see ")[1]).read_text()


def test_both_sides_start_from_the_files_of_one_run(tmp_path: Path) -> None:
    contestant = Contestant(name="a", label="a", child="", overrides=("rollout.dtype=float32",))
    with pytest.raises(ValueError, match="models/sft"):
        make_config(tmp_path, contestant, 0, [])
    (tmp_path / "models/sft").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    made = make_config(tmp_path, contestant, 3, ["grpo.steps=5"])
    assert (made.seed, made.grpo.steps, made.rollout.dtype) == (3, 5, "float32")
    assert json.loads(json.dumps(str(made.model.path))) == str(tmp_path / "models/sft")
    assert made.data.path == tmp_path / "data"


def test_the_environment_is_made_once_and_anew_for_other_pins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins, asked, made = tmp_path / "trl.txt", tmp_path / "trl.in", tmp_path / ".venv-trl"
    pins.write_text("trl==1.16.0\n")
    asked.write_text("trl==1.16.0\ntorch==2.13.0+cpu\n")
    for name, path in (("ROOT", tmp_path), ("PINS", pins), ("ASKED", asked), ("ENVIRONMENT", made)):
        monkeypatch.setattr(environment, name, path)
    commands: list[list[str]] = []

    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        made.mkdir(exist_ok=True)
        commands.append([str(part) for part in command])
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(environment.subprocess, "run", run)
    assert trl_python(None) == made / "bin/python"
    installed = [command[-1] for command in commands if "install" in command]
    assert installed == ["torch==2.13.0+cpu", str(pins)]
    count = len(commands)
    trl_python(None)
    assert len(commands) == count
    pins.write_text("trl==1.16.1\n")
    trl_python(None)
    assert len(commands) == 2 * count


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no Python at"):
        trl_python(tmp_path / "python")


def test_runs_at_a_time_share_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert shared_machine(4)["OMP_NUM_THREADS"] == "2"
    assert shared_machine(100)["OMP_NUM_THREADS"] == "1"
    assert shared_machine(1) == dict(os.environ)


def test_finished_runs_become_tables_a_summary_and_a_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start, runs = tmp_path / "start", tmp_path / "runs"
    for folder in (start / "models/sft", start / "data", runs / "curves"):
        folder.mkdir(parents=True)
    for side, seconds in (("rlvr", 1.0), ("trl", 4.0)):
        for seed in (0, 1):
            steps = [
                row | {"reward": 0.5 + seed / 10, "correct": 0.5, "mean_length": 9, "grad_norm": 1}
                for row in rows([seconds] * 12)[:-1]
            ]
            lines = [json.dumps(row) + "\n" for row in (*steps, rows([1])[-1])]
            (runs / f"curves/{side}-{seed}.jsonl").write_text("".join(lines))
    words = f"x --start {start} --runs {runs} --seeds 0 1 --steps 12 --trl-python {sys.executable}"
    monkeypatch.setattr(sys, "argv", words.split())
    compare_trl.main()
    shown = capsys.readouterr().out
    assert "| completions/s | 8 | 2 | 4.00 |" in shown
    assert "reward: the curves agree" in shown
    assert "- steps 3 to 12: +0.0000" in shown
    summary = json.loads((runs / "summary.json").read_text())
    assert summary["agreement"]["reward"]["holds"]
    assert summary["curves"]["trl"]["reward"][1] == [0.6] * 12
    assert (runs / "curves.png").stat().st_size > 1000
